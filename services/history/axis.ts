/** The time axis of a series: an instant, then every full hour, day or week (UTC, from Monday), then the end. Pure. */
import { elavaError } from '../../lib/errors.ts';
import type { Step } from './questions.schema.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** 1970-01-01 was a Thursday. */
const steps: Readonly<Record<Step, { readonly ms: number; readonly offset: number }>> = {
  hour: { ms: HOUR_MS, offset: 0 },
  day: { ms: DAY_MS, offset: 0 },
  week: { ms: 7 * DAY_MS, offset: 3 * DAY_MS },
};
/** More cannot be told apart on any screen, and each costs a number a series. */
export const MOST_POINTS = 1000;

export interface Axis {
  /** Milliseconds. */
  readonly from: number;
  readonly to: number;
  readonly step: number;
  /** The full step at or before `from`. */
  readonly origin: number;
  /** Milliseconds, rising. Of a series the instants; of buckets their starts. */
  readonly points: readonly number[];
}

/** Instants to count at: `from`, the full steps after it, `to`. Errors: INVALID_REQUEST. */
export function instantsAxis(from: number, to: number, step: Step): Axis {
  const { ms, origin } = checked(from, to, step);
  const points = [from];
  for (let at = origin + ms; at < to; at += ms) points.push(at);
  if (to > from) points.push(to);
  return { from, to, step: ms, origin, points };
}

/** Starts of the buckets that `[from, to)` falls into; the first begins at `from`. Errors: INVALID_REQUEST. */
export function bucketsAxis(from: number, to: number, step: Step): Axis {
  const { ms, origin } = checked(from, to, step);
  const points = [from];
  for (let at = origin + ms; at < to; at += ms) points.push(at);
  return { from, to, step: ms, origin, points };
}

function checked(from: number, to: number, step: Step): { ms: number; origin: number } {
  const { ms, offset } = steps[step];
  if (from > to) throw elavaError('INVALID_REQUEST', 'from is later than to');
  const origin = Math.floor((from + offset) / ms) * ms - offset;
  if ((to - origin) / ms > MOST_POINTS)
    throw elavaError('INVALID_REQUEST', `more than ${MOST_POINTS} steps of a ${step}; take longer steps`);
  return { ms, origin };
}

/** As SQL: the index of the first instant that is not before `at`; needs the params of `axisParams`. */
export const instantIndex = `toUInt32(if(toUnixTimestamp64Milli(at) <= {from:Int64}, 0,
  least(intDiv(toUnixTimestamp64Milli(at) - {origin:Int64} + {step:Int64} - 1, {step:Int64}), {last:Int64})))`;
/** As SQL: the index of the bucket that `at` falls into. */
export const bucketIndex = 'toUInt32(intDiv(toUnixTimestamp64Milli(at) - {origin:Int64}, {step:Int64}))';

export function axisParams({ from, to, step, origin, points }: Axis): Record<string, number> {
  return { from, to, step, origin, last: points.length - 1 };
}
