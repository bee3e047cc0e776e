/** A decision in the form of OPA's decision log, with what its mask takes out. Pure. */
import { mask } from '../../lib/mask.ts';
import type { DecisionRecord } from '../../lib/policy-event/record.ts';

/** https://www.openpolicyagent.org/docs/management-decision-logs */
export interface DecisionEvent {
  readonly labels: Readonly<Record<string, string>>;
  readonly decision_id: string;
  readonly bundles: Readonly<Record<string, { readonly revision: string }>>;
  readonly path: string;
  input?: unknown;
  result?: unknown;
  readonly error?: { readonly code: string };
  readonly requested_by: string;
  readonly timestamp: string;
  readonly metrics: Readonly<Record<string, number>>;
  readonly trace_id?: string;
  erased?: string[];
  masked?: string[];
}

/** Values under names of secrets, and those that look like one, are masked before any policy sees the event. */
export function eventOfDecision(record: DecisionRecord, labels: Readonly<Record<string, string>>): DecisionEvent {
  const { id, tenant, path, input, result, error, principal, at, micros, bundle, correlation } = record;
  return {
    labels: { ...labels, tenant_id: tenant },
    decision_id: id,
    bundles: { [tenant]: { revision: bundle } },
    path,
    ...(input === '' ? {} : { input: mask(JSON.parse(input) as unknown) }),
    ...(result === '' ? {} : { result: mask(JSON.parse(result) as unknown) }),
    ...(error === '' ? {} : { error: { code: error } }),
    requested_by: principal,
    timestamp: at,
    metrics: { timer_rego_query_eval_ns: micros * 1000 },
    ...(/^[0-9a-f]{32}$/.test(correlation) ? { trace_id: correlation } : {}),
  };
}

/**
 * Applies what `data.system.log.mask` says: pointers under /input or /result that are removed, or `{op, path, value}`.
 * The event that is given is left as it is.
 */
export function masked(event: DecisionEvent, rules: readonly unknown[]): DecisionEvent {
  const copy = structuredClone(event);
  for (const rule of rules) {
    const { op, path, value } = ruleOf(rule);
    const parts = path
      .split('/')
      .slice(1)
      .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
    if (parts[0] !== 'input' && parts[0] !== 'result') continue;
    if (!put(copy, parts, op === 'upsert' ? { value } : undefined)) continue;
    if (op === 'upsert') copy.masked = [...(copy.masked ?? []), path];
    else copy.erased = [...(copy.erased ?? []), path];
  }
  return copy;
}

/** What stands for an event whose mask could not be asked: nothing of it may get out. */
export function withoutContent(event: DecisionEvent): DecisionEvent {
  const { input, result, ...rest } = event;
  const erased = [...(input === undefined ? [] : ['/input']), ...(result === undefined ? [] : ['/result'])];
  return { ...rest, erased };
}

function ruleOf(rule: unknown): { op: string; path: string; value?: unknown } {
  if (typeof rule === 'string') return { op: 'remove', path: rule };
  const { op = 'remove', path = '', value } = (rule ?? {}) as { op?: string; path?: string; value?: unknown };
  return { op, path, value };
}

/** Sets or removes what the parts lead to. False where there is nothing to remove, or no way to it. */
function put(root: unknown, parts: readonly string[], upsert: { value: unknown } | undefined): boolean {
  const holder = parts.slice(0, -1).reduce(stepInto, root);
  const last = parts.at(-1) ?? '';
  if (!isHolder(holder) || last === '__proto__') return false;
  if (upsert) holder[last] = upsert.value;
  else if (!Object.hasOwn(holder, last)) return false;
  else if (Array.isArray(holder)) holder.splice(Number(last), 1);
  else delete holder[last];
  return true;
}

function stepInto(at: unknown, part: string): unknown {
  return isHolder(at) && Object.hasOwn(at, part) ? at[part] : undefined;
}

function isHolder(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
