/** DriftAnalyzer: what of a change is drift, how much each field matters, and why. Pure. */
import type { Change, FieldChange, Severity } from '../../lib/resource.ts';
import type { DriftFinding } from './analyzer.contract.ts';
import { driftRules, isNoise } from './drift-table.ts';

/** From configuration: the first one of the type and path goes before the table; `ignore` says that it is no drift. */
export interface Override {
  readonly type: string;
  readonly path: string;
  readonly severity: Severity | 'ignore';
}

const order = ['info', 'low', 'medium', 'high'] as const;
/** A field of one resource that came back to where it was so often, with no other change, flaps. */
const FLAPS = 3;

/** Drift among changes of one window, in their order. `metadata` repeats the flat fields: it counts where nothing else does. */
export function driftOf(changes: readonly Change[], overrides: readonly Override[] = []): DriftFinding[] {
  const flapping = flappingFields(changes);
  return changes.flatMap((change) => findingOf(change, { flapping, overrides }) ?? []);
}

interface Known {
  readonly flapping: ReadonlySet<string>;
  readonly overrides: readonly Override[];
}

function findingOf(change: Change, known: Known): DriftFinding | undefined {
  if (change.baseline || isMadeByAws(change)) return undefined;
  if (change.kind !== 'modified')
    return { ...shared(change), severity: change.severity, what: kindWords[change.kind], fields: [] };
  const plain = change.fields.filter(({ path }) => !path.startsWith('metadata.') && !isNoise(path));
  const candidates =
    plain.length > 0 ? plain : change.fields.filter(({ path }) => !isNoise(path.replace(/^metadata\./, '')));
  const fields = candidates
    .filter(({ path }) => !known.flapping.has(`${change.id} ${path}`))
    .flatMap((field) => judged(field, change.type, known.overrides) ?? [])
    .sort((a, b) => order.indexOf(b.severity) - order.indexOf(a.severity));
  const [worst] = fields;
  return worst ? { ...shared(change), severity: worst.severity, what: worst.what, fields } : undefined;
}

const kindWords = {
  appeared: 'it appeared',
  disappeared: 'it disappeared',
  reappeared: 'it is back',
} as const;

/** Service-linked roles come and go with the services that use them. */
function isMadeByAws({ id, type, attribution }: Change): boolean {
  return (
    (type === 'iam_role' && id.includes(':role/aws-')) || (attribution?.actor_kind === 'service' && type === 'iam_role')
  );
}

function shared({ id, account, region, type, name, at, kind, revision, attribution }: Change) {
  return { id, account, region, type, name, at, kind, revision, ...(attribution ? { attribution } : {}) };
}

function judged(field: FieldChange, type: string, overrides: readonly Override[]) {
  const path = field.path.replace(/^metadata\./, '');
  const own = overrides.find((rule) => (rule.type === '' || rule.type === type) && isUnder(path, rule.path));
  if (own?.severity === 'ignore') return undefined;
  const rule = driftRules.find(
    ({ types, path: pattern, when }) =>
      (types?.includes(type) ?? true) && pattern.test(path) && (when?.(field) ?? true),
  );
  return {
    ...field,
    severity: own?.severity ?? rule?.severity ?? ('low' as const),
    what: rule?.what ?? 'its configuration changed',
  };
}

function isUnder(path: string, prefix: string): boolean {
  return path === prefix || path.startsWith(`${prefix}.`);
}

/** `id path` of fields that return to an earlier value again and again. */
export function flappingFields(changes: readonly Change[]): Set<string> {
  const seen = new Map<string, { values: Set<string>; returns: number }>();
  for (const { id, fields, kind } of changes.toSorted((a, b) => (a.at < b.at ? -1 : 1))) {
    if (kind !== 'modified') continue;
    for (const { path, old, new: now } of fields) {
      const key = `${id} ${path}`;
      const known = seen.get(key) ?? { values: new Set([JSON.stringify(old)]), returns: 0 };
      if (known.values.has(JSON.stringify(now))) known.returns += 1;
      known.values.add(JSON.stringify(now));
      seen.set(key, known);
    }
  }
  return new Set([...seen].flatMap(([key, { returns }]) => (returns >= FLAPS ? [key] : [])));
}
