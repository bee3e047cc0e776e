/**
 * How sure an attribution is, 0 to 1: the product of what speaks for it. Each factor is the share of labelled changes for
 * which such evidence was right; loadtest/attribution-report.ts measures that again, docs/attribution.md shows it. Pure.
 */

/** How the event names the resource. */
export type IdentityEvidence = 'parameter' | 'resource' | 'id' | 'name' | 'reference';
/** How the event's effect fits the change. */
export type EffectEvidence = 'value' | 'field' | 'whole' | 'partly' | 'unlisted' | 'unknown';

const identityFactor: Readonly<Record<IdentityEvidence, number>> = {
  parameter: 0.998,
  resource: 0.99,
  id: 0.95,
  name: 0.8,
  reference: 0.97,
};
const effectFactor: Readonly<Record<EffectEvidence, number>> = {
  value: 0.998,
  whole: 0.995,
  field: 0.99,
  partly: 0.93,
  unlisted: 0.45,
  unknown: 0.35,
};

export interface Evidence {
  readonly identity: IdentityEvidence;
  readonly effect: EffectEvidence;
  /** Certainty of the rule that named the actor. */
  readonly actor: number;
  /** Strength of the best event of somebody else, 0 when there is none; both before the actor counts. */
  readonly rival: number;
  /** The event lies in the change's window; outside it by clock skew only. */
  readonly inWindow: boolean;
  /** A late event may still fit better. */
  readonly pending: boolean;
}

const OUTSIDE = 0.8;
const PENDING = 0.98;
const MOST = 0.99;

export function strengthOf({ identity, effect, inWindow }: Pick<Evidence, 'identity' | 'effect' | 'inWindow'>): number {
  return identityFactor[identity] * effectFactor[effect] * (inWindow ? 1 : OUTSIDE);
}

/** strength × strength / (strength + half the rival's) × actor × pending. */
export function confidenceOf(evidence: Evidence): number {
  const strength = strengthOf(evidence);
  const alone = strength / (strength + evidence.rival / 2);
  const value = strength * alone * evidence.actor * (evidence.pending ? PENDING : 1);
  return Math.round(Math.min(MOST, value) * 1000) / 1000;
}
