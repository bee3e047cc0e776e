/** Who is behind a call: rules in order, each with its name, so that every answer can say which of them spoke. Pure. */
import { type Actor, type Found, type Opened, rules } from './actor-rules.ts';
import type { AuditRecord } from './record.ts';

/** Events that opened sessions, by the access key that they handed out; several accounts may see one. */
export type Openings = ReadonlyMap<string, readonly AuditRecord[]>;

/** Roles may be taken from roles; AWS itself allows no longer chains than people can follow. */
const LONGEST_CHAIN = 6;

export function actorOf(record: AuditRecord, openings: Openings, depth = 0): Actor {
  const opened = depth < LONGEST_CHAIN ? openedBy(record, openings) : undefined;
  const opener = opened && { record: opened, actor: actorOf(opened, openings, depth + 1) };
  const tool = toolOf(record);
  for (const { rule, judge, certainty } of rules) {
    const found = judge(record, opener);
    if (found) return { certainty, ...found, rule, tool, chain: chainOf(record, found, opener) };
  }
  const actor = nameOf(record);
  const reason = 'no rule knows such a caller';
  return { actor, kind: 'automation', chain: [actor], rule: 'unknown', reason, certainty: 0.4, tool };
}

function chainOf(record: AuditRecord, found: Found, opener: Opened | undefined): string[] {
  const before = opener && opener.record.caller.type !== 'AWSAccount' ? opener.actor.chain : [];
  const through = found.kind === 'service' ? '' : record.caller.invokedBy;
  const chain = [...before, nameOf(record) || found.actor, through];
  return chain.filter((name, i) => name !== '' && name !== chain[i - 1]);
}

/** The account that was called sees a stranger; the stranger's own account sees who it was. */
function openedBy({ caller, id }: AuditRecord, openings: Openings): AuditRecord | undefined {
  if (caller.accessKey === '') return undefined;
  const found = (openings.get(caller.accessKey) ?? []).filter((opening) => opening.id !== id);
  return found.find((opening) => opening.caller.type !== 'AWSAccount') ?? found[0];
}

function nameOf({ caller }: AuditRecord): string {
  return caller.issuer.arn || caller.arn || caller.userName || caller.invokedBy || caller.principal;
}

/** By the user agent's own words; the console says so in a field of its own. */
const tools: readonly (readonly [RegExp, string])[] = [
  [/opentofu/i, 'opentofu'],
  [/terraform/i, 'terraform'],
  [/pulumi/i, 'pulumi'],
  [/crossplane/i, 'crossplane'],
  [/aws-cdk|cdk-assets/i, 'cdk'],
  [/^cloudformation\.amazonaws\.com|CloudFormation/, 'cloudformation'],
  [/ansible/i, 'ansible'],
  [/^aws-cli|^\[aws-cli/i, 'cli'],
  [/boto|aws-sdk|AWSPowerShell|aws-toolkit|^ElasticWolf|Botocore/i, 'sdk'],
  [/\.amazonaws\.com$/, 'service'],
];

function toolOf({ console: fromConsole, userAgent, sourceIp }: AuditRecord): string {
  const named = tools.find(([pattern]) => pattern.test(userAgent))?.[1];
  if (fromConsole) return 'console';
  return named ?? (sourceIp.endsWith('.amazonaws.com') ? 'service' : '');
}
