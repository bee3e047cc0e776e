/** How much a change matters at first sight, from the resource's type and the changed paths. Pure. */
import type { ChangeKind, FieldChange, Severity } from '../../lib/resource.ts';

interface Rule {
  /** Types that it holds for; all when absent. */
  readonly types?: readonly string[];
  /** Matches the dotted path. */
  readonly path: RegExp;
  readonly severity: Severity;
}

const order = ['info', 'low', 'medium', 'high'] as const;

/** What opens, exposes or unlocks is high; what decides who runs it or for how much is medium; labels are low. */
const rules: readonly Rule[] = [
  // Whether something is public, not at which address: that changes with every start.
  { path: /(^|\.)public(?!_?ip)/i, severity: 'high' },
  { path: /(^|\.)(encrypted|encryption|kms_key_id|deletion_protection)(\.|$)/i, severity: 'high' },
  { path: /(policy|assume_role)/i, severity: 'high' },
  { types: ['security_group'], path: /^(rules|ingress|egress|metadata\.Ip)/, severity: 'high' },
  { types: ['iam_role'], path: /^(attached|inline|trust|metadata\.(Attached|Assume))/i, severity: 'high' },
  {
    path: /(^|\.)(instance_type|instance_class|engine_version|runtime|handler|role|vpc_id|subnet_id|security_groups)(\.|$)/,
    severity: 'medium',
  },
  { path: /^(status|name)$/, severity: 'medium' },
  { path: /^tags\.(owner|elava_owner|team|environment|env)$/i, severity: 'medium' },
  { path: /^tags(\.|$)/, severity: 'low' },
  { path: /(last_|updated_at|modified|timestamp)/i, severity: 'info' },
];

/** Types whose disappearance loses data or access. */
const precious: ReadonlySet<string> = new Set(['rds', 'aurora', 'dynamodb', 's3', 'ebs', 'kms', 'iam_role', 'efs']);

export function severityOf(kind: ChangeKind, type: string, fields: readonly FieldChange[]): Severity {
  if (kind === 'disappeared') return precious.has(type) ? 'high' : 'medium';
  if (kind !== 'modified') return 'info';
  const found = fields.map(({ path }) => rules.find((rule) => applies(rule, type, path))?.severity ?? 'low');
  return found.reduce<Severity>((worst, next) => (order.indexOf(next) > order.indexOf(worst) ? next : worst), 'info');
}

function applies(rule: Rule, type: string, path: string): boolean {
  return (rule.types === undefined || rule.types.includes(type)) && rule.path.test(path);
}
