/** The first resources that an enforcing policy acts on, and when it stops by itself. Pure. */
import { createHash } from 'node:crypto';

const SPAN = 2 ** 32;

/** The same resources at every run, and a larger share holds every smaller one. */
export function inCanary(policy: string, resourceId: string, share: number): boolean {
  const draw = createHash('sha256').update(`${policy}\n${resourceId}`).digest().readUInt32BE(0) / SPAN;
  return draw < share;
}

/** What a policy did since it was last let go on, oldest first. */
export interface Outcome {
  readonly at: number;
  readonly kind: 'done' | 'failed' | 'objected';
}
export interface HaltLimits {
  /** Objections of owners (cancelled, rejected, undone) that stop it. */
  readonly objections: number;
  /** How many times the usual day's actions one day may have. */
  readonly rate: number;
}

const DAY_MS = 86_400_000;
/** Days that "usual" is taken from, today not counted. */
const USUAL_DAYS = 7;
/** A rate is out of line only when it comes to something. */
const FEW = 10;

/** Why the policy must not act any more, or undefined. One action whose effect was not seen is enough. */
export function haltOf(outcomes: readonly Outcome[], now: number, limits: HaltLimits): string | undefined {
  const count = (kind: Outcome['kind']): number => outcomes.filter((one) => one.kind === kind).length;
  const failed = count('failed');
  if (failed > 0) return `${failed} of its actions failed or had no effect`;
  const objected = count('objected');
  if (objected >= limits.objections) return `${objected} owners objected`;
  return outOfLine(outcomes, now, limits.rate);
}

function outOfLine(outcomes: readonly Outcome[], now: number, rate: number): string | undefined {
  const done = outcomes.filter(({ kind }) => kind === 'done');
  const today = done.filter(({ at }) => at > now - DAY_MS).length;
  const before = done.filter(({ at }) => at <= now - DAY_MS && at > now - (USUAL_DAYS + 1) * DAY_MS);
  if (before.length === 0 || today < FEW) return undefined;
  const usual = before.length / USUAL_DAYS;
  return today > usual * rate ? `${today} actions in a day, where ${usual.toFixed(1)} are usual` : undefined;
}
