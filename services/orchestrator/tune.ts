/** An interval that fits how often something changes. Pure. */

/** What the last looks at the units of a tier came to. */
export interface Pace {
  /** Units that were read whole twice at least, and those of them in which the second look saw a change. */
  readonly looks: number;
  readonly changed: number;
  /** Sum of the times between the two looks, milliseconds. */
  readonly betweenMs: number;
}

/** Fewer looks than this say nothing. */
const FEWEST_LOOKS = 20;
/** The share of looks that should see a change: a scan that finds nothing nine times in ten is not wasted, one that always does is late. */
const WANTED = 0.1;

/**
 * The interval at which one look in ten sees a change, at most `factor` times shorter or longer than the configured one.
 * Changes are taken to come at random at a steady rate λ: a look after t sees some with p = 1 − e^(−λt), which gives λ from
 * the share that was seen, and t from the share that is wanted. Half a change is added, so that none at all is no certainty.
 */
export function tunedInterval(intervalMs: number, factor: number, { looks, changed, betweenMs }: Pace): number {
  if (looks < FEWEST_LOOKS || betweenMs <= 0) return intervalMs;
  const share = Math.min((changed + 0.5) / (looks + 1), 0.99);
  const rate = -Math.log(1 - share) / (betweenMs / looks);
  const wanted = -Math.log(1 - WANTED) / rate;
  return Math.round(Math.min(intervalMs * factor, Math.max(intervalMs / factor, wanted)));
}
