/** Which of two decisions, or effects, is the stronger one (DESIGN: policy contract). */
import type { Decision, Effect } from './policy.contract.ts';

/** Strongest first. */
const decisions: readonly Decision[] = ['deny', 'require_approval', 'flag', 'allow'];
const effects: readonly Effect[] = ['deny', 'warn', 'audit', 'allow'];

export function isDecision(value: unknown): value is Decision {
  return decisions.includes(value as Decision);
}

/** For sorting: the weakest first. */
export function byStrength(a: Decision, b: Decision): number {
  return decisions.indexOf(b) - decisions.indexOf(a);
}

export function stronger(a: Decision, b: Decision): Decision {
  return byStrength(a, b) >= 0 ? a : b;
}

export function strongerEffect(a: Effect, b: Effect): Effect {
  return effects.indexOf(a) <= effects.indexOf(b) ? a : b;
}

/** The effect that a decision has by itself. */
export function effectOf(decision: Decision): Effect {
  if (decision === 'flag') return 'warn';
  return decision === 'allow' ? 'allow' : 'deny';
}
