/** What a value that a policy gives comes to: may it be done, and what is told of it. Pure. */
import { isObject } from '../../lib/is-object.ts';
import type { Verdict } from '../../lib/policy-event/record.ts';

export interface Outcome {
  readonly allowed: boolean;
  readonly effect: Verdict;
  readonly reason: string;
  readonly policy: string;
  readonly rule: string;
}

const effects: readonly unknown[] = ['allow', 'deny', 'warn', 'audit'];

/**
 * A decision is a boolean, or an object with `allow`; nothing but true allows, and what is undefined where a decision
 * was asked for denies. Any other value decides nothing, which is told as allowed.
 */
export function outcomeOf(value: unknown, path: readonly string[]): Outcome {
  if (typeof value === 'boolean') return plain(value);
  if (isObject(value) && 'allow' in value) return ofObject(value);
  return plain(value !== undefined || path.at(-1) !== 'allow');
}

/** A rule may say more than yes and no: `effect: warn` with `warnings`, `effect: audit`. */
function ofObject(value: Record<string, unknown>): Outcome {
  const said = effects.includes(value['effect']) ? (value['effect'] as Verdict) : undefined;
  const allowed = value['allow'] === true && said !== 'deny';
  const effect = allowed ? (said ?? 'allow') : 'deny';
  return {
    allowed,
    effect,
    reason: text(value['reason']),
    policy: text(value['policy']),
    rule: text(value['rule']),
  };
}

function plain(allowed: boolean): Outcome {
  return { allowed, effect: allowed ? 'allow' : 'deny', reason: '', policy: '', rule: '' };
}

/** What `…/allow` answers: the rule itself where it is an object, else what the package says beside it. */
export function allowObject(allow: unknown, redact: unknown, reason: unknown): unknown {
  if (isObject(allow)) return allow;
  return {
    allow: allow === true,
    redact: Array.isArray(redact) ? redact : [],
    reason: typeof reason === 'string' ? reason : '',
  };
}

/** The text itself, "" for anything else. */
export function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
