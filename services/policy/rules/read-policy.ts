/** Reads a rule policy and says, with line and column, what is wrong with it. */
import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import type { RegoFile } from '../compiler/requests.ts';
import { policyName } from '../packages.ts';
import type { Diagnostic, Effect } from '../policy.contract.ts';
import { Fields } from './fields.ts';
import { operators } from './operators.ts';
import { parsePath } from './path.ts';
import type { Condition, Group, RulePolicy, RulePolicyRule } from './rule-policy.ts';

const effects = ['allow', 'deny', 'warn', 'audit'] as const;
const severities = ['critical', 'high', 'medium', 'low', 'info'] as const;
const maxDepth = 16;
const maxRules = 500;

export type ReadPolicy = { readonly policy: RulePolicy } | { readonly errors: readonly Diagnostic[] };

export function readRulePolicy({ path: file, text }: RegoFile): ReadPolicy {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: true, uniqueKeys: true });
  const [broken] = document.errors;
  if (broken) {
    const { line: row, col } = lines.linePos(broken.pos[0]);
    return { errors: [{ code: 'rules_error', message: broken.message.split('\n')[0] ?? '', file, row, col }] };
  }
  const fields = new Fields(file, lines);
  const policy = policyOf(fields, document.contents);
  return fields.faults.length > 0 ? { errors: fields.faults } : { policy };
}

function policyOf(fields: Fields, node: Node | null): RulePolicy {
  const names = ['name', 'description', 'package', 'enabled', 'priority', 'default_effect', 'rules'];
  const at = fields.object(node, 'a rule policy', names);
  const rules = fields.list(at.get('rules'), 'rules').map((rule) => ruleOf(fields, rule));
  if (!at.has('rules')) fields.fault(node, 'a rule policy has rules');
  if (rules.length > maxRules) fields.fault(at.get('rules') ?? node, `more than ${maxRules} rules; use several files`);
  const name = fields.name(node, at.get('name'), 'a rule policy');
  refuseTwins(fields, rules, at.get('rules') ?? node);
  return {
    ...fields.place(node),
    file: fields.file,
    package: packageOf(fields, at.get('package')),
    name,
    description: fields.text(at.get('description'), 'description'),
    enabled: fields.flag(at.get('enabled'), 'enabled', true),
    priority: fields.whole(at.get('priority'), 'priority'),
    defaultEffect: at.has('default_effect')
      ? fields.oneOf(at.get('default_effect'), 'default_effect', effects)
      : undefined,
    rules,
  };
}

function packageOf(fields: Fields, node: Node | null | undefined): string {
  const name = policyName(fields.text(node, 'package') || 'rules');
  if (/^elava(\.[a-z][a-z0-9_]*)+$/.test(name)) return name;
  fields.fault(node, `package ${JSON.stringify(name)} is no name such as elava.rules`);
  return 'elava.rules';
}

function refuseTwins(fields: Fields, rules: readonly RulePolicyRule[], at: Node | null): void {
  const seen = new Set<string>();
  for (const { name } of rules) {
    if (seen.has(name)) fields.fault(at, `the rule ${name} is there twice`);
    seen.add(name);
  }
}

function ruleOf(fields: Fields, node: Node | null): RulePolicyRule {
  const at = fields.object(node, 'a rule', ['name', 'priority', 'effect', 'reason', 'severity', 'when']);
  if (!at.has('effect')) fields.fault(node, `a rule has an effect: ${effects.join(', ')}`);
  const reason = at.get('reason');
  refuseBadTemplate(fields, reason);
  const severity = at.get('severity');
  return {
    ...fields.place(node),
    name: fields.name(node, at.get('name'), 'a rule'),
    priority: fields.whole(at.get('priority'), 'priority'),
    effect: at.has('effect') ? fields.oneOf<Effect>(at.get('effect'), 'effect', effects) : 'deny',
    reason: fields.text(reason, 'reason'),
    severity: severity ? fields.oneOf(severity, 'severity', severities) : '',
    when: at.has('when') ? conditionOf(fields, at.get('when') ?? null, 0) : undefined,
  };
}

function refuseBadTemplate(fields: Fields, node: Node | null | undefined): void {
  for (const [part, path = ''] of fields.text(node, 'reason').matchAll(/\{([^{}]*)\}/g)) {
    const found = parsePath(path);
    if (!found || path.includes('[*]')) fields.fault(node, `${part} names no single field of the input`);
  }
}

/** `{all: […]}`, `{any: […]}`, `{not: …}`, `{field, <operator>: value}`, or a list, which is `all`. */
function conditionOf(fields: Fields, node: Node | null, depth: number): Condition {
  const nothing: Group = { ...fields.place(node), kind: 'all', conditions: [] };
  if (depth > maxDepth) {
    fields.fault(node, `conditions are nested deeper than ${maxDepth}`);
    return nothing;
  }
  if (isSeq(node)) return groupOf(fields, 'all', node, depth);
  if (!isMap(node)) {
    fields.fault(node, 'a condition is {field: …, equals: …}, {all: […]}, {any: […]} or {not: …}');
    return nothing;
  }
  const at = fields.object(node, 'a condition', ['all', 'any', 'not', 'field', ...Object.keys(operators)]);
  const kind = (['all', 'any', 'not'] as const).find((one) => at.has(one));
  if (kind === undefined) return comparisonOf(fields, node, at);
  if (at.size > 1) fields.fault(node, `${kind} stands alone in its condition`);
  return groupOf(fields, kind, at.get(kind) ?? null, depth);
}

function groupOf(fields: Fields, kind: Group['kind'], node: Node | null, depth: number): Group {
  const inside = kind === 'not' && !isSeq(node) ? [node] : fields.list(node, kind);
  if (inside.length === 0) fields.fault(node, `${kind} has no conditions`);
  return { ...fields.place(node), kind, conditions: inside.map((one) => conditionOf(fields, one, depth + 1)) };
}

function comparisonOf(fields: Fields, node: Node, at: ReadonlyMap<string, Node | null>): Condition {
  const place = fields.place(node);
  const field = at.get('field');
  const path = parsePath(fields.text(field, 'field'));
  if (!field) fields.fault(node, 'a condition has a field');
  else if (!path) fields.fault(field, 'field is no name such as resource.tags["cost-center"]');
  const asked = [...at.keys()].filter((key) => key in operators);
  if (asked.length === 0) fields.fault(node, `a condition has an operator: ${Object.keys(operators).join(', ')}`);
  const comparisons = asked.map((operator): Condition => {
    const operand = at.get(operator) ?? null;
    const value: unknown = isScalar(operand) ? operand.value : fields.plain(operand);
    const wrong = operators[operator]?.check(value) ?? '';
    if (wrong !== '') fields.fault(operand ?? node, `${operator}: ${wrong}`);
    return { ...place, kind: 'comparison', path: path ?? [], operator, value };
  });
  const [only] = comparisons;
  // Two operators on one field are both asked.
  return comparisons.length === 1 && only ? only : { ...place, kind: 'all', conditions: comparisons };
}
