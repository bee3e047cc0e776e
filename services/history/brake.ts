/**
 * Which of the resources that an observation missed are gone. Pure. Cloud listings are eventually consistent and
 * permissions come and go, so when much vanishes at once it is held until a second complete observation agrees.
 */
import type { ObservationState } from '../../lib/resource.ts';

/** More than this share of a unit, and more than this many, vanish at once: the brake holds them. */
const BRAKE_SHARE = 0.1;
export const BRAKE_COUNT = 20;

export interface Sight {
  readonly state: ObservationState;
  readonly scan: string;
  /** Milliseconds. */
  readonly started: number;
  readonly finished: number;
  /** Live resources that a complete listing did not return. */
  readonly missed: readonly string[];
  /** Live resources of the unit before the observation. */
  readonly live: number;
}
export interface Before {
  /** Finish of the last complete observation, 0 for none. */
  readonly last_complete: number;
  readonly held: readonly string[];
  /** The scan that made the brake hold; it cannot confirm itself. */
  readonly held_by: string;
  /** Finish of the last complete observation that saw what is held. */
  readonly held_seen: number;
}
export interface Verdict extends Before {
  /** Tombstones are written for these. */
  readonly gone: readonly string[];
}

/** Only a complete observation that began after the last complete one ended says anything about absence. */
export function judgeAbsence(sight: Sight, before: Before): Verdict {
  const { last_complete, held, held_by, held_seen } = before;
  if (sight.state !== 'complete') return { gone: [], last_complete, held, held_by, held_seen };
  const complete = Math.max(last_complete, sight.finished);
  if (sight.started < last_complete) return { gone: [], last_complete: complete, held, held_by, held_seen };
  const doubted = new Set(sight.scan === held_by ? [] : held);
  const confirmed = sight.missed.filter((id) => doubted.has(id));
  const fresh = sight.missed.filter((id) => !doubted.has(id));
  if (!tooMany(fresh.length, sight.live - confirmed.length)) {
    return { gone: [...confirmed, ...fresh], last_complete: complete, held: [], held_by: '', held_seen: 0 };
  }
  return { gone: confirmed, last_complete: complete, held: fresh, held_by: sight.scan, held_seen: last_complete };
}

/** A unit that vanishes as a whole is held whatever its size: an empty answer is what a broken listing looks like. */
function tooMany(missed: number, live: number): boolean {
  if (missed === 0) return false;
  return missed >= live || (missed > BRAKE_COUNT && missed > live * BRAKE_SHARE);
}
