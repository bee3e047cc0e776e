/** How often each unit is scanned: the first tier that matches it says. Pure. */
import type { Config } from '../../lib/config/schema.ts';
import { type ErrorCode, errorTable } from '../../lib/errors.ts';
import { matchesAny } from '../../lib/pattern.ts';
import type { ObservationState, Unit } from '../../lib/resource.ts';

export type Tiers = Config['tiers'];
export type Tier = Tiers[string];

/** When a unit was last observed and how that went. */
export interface LastLook {
  /** Milliseconds since 1970. */
  readonly started: number;
  readonly state: ObservationState;
  /** Refused rather than failed: asking again soon would only be refused again. */
  readonly refused?: boolean;
  /** Times in a row that it was not read whole, this one included. */
  readonly streak?: number;
}

/** What a unit's own fields do not tell. */
export interface TierFacts {
  /** The account's name, "" when it has none. */
  readonly nameOf?: (account: string) => string;
  /** Whether the unit holds a resource that the tier's tags and status ask for, or may hold one for all that is known. */
  readonly holds?: (tier: string, unit: Unit) => boolean;
}

/** The name of the unit's tier, undefined when none matches: the loop leaves such a unit alone. */
export function tierOf(unit: Unit, tiers: Tiers, facts: TierFacts = {}): string | undefined {
  for (const [name, tier] of entriesOf(tiers)) {
    if (matchesUnit(tier, unit, facts) && (!asksResources(tier) || (facts.holds?.(name, unit) ?? true))) return name;
  }
  return undefined;
}

const entries = new WeakMap<Tiers, [string, Tier][]>();

/** Made once: a turn of the loop asks for each of millions of units. */
function entriesOf(tiers: Tiers): [string, Tier][] {
  const known = entries.get(tiers);
  if (known) return known;
  const made = Object.entries(tiers);
  entries.set(tiers, made);
  return made;
}

function matchesUnit({ types, accounts, regions }: Tier, unit: Unit, { nameOf }: TierFacts): boolean {
  if (!matchesAny(types, unit.type) || !matchesAny(regions, unit.region)) return false;
  return matchesAny(accounts, unit.account) || matchesAny(accounts, nameOf?.(unit.account) ?? '');
}

/** Whether it takes the resources of a unit to know if it belongs to the tier. */
export function asksResources({ tags, status }: Tier): boolean {
  return tags.length > 0 || status.length > 0;
}

const SOONEST_RETRY_MS = 60_000;
const DAY_MS = 86_400_000;

/**
 * When the unit is due, milliseconds since 1970; 0 for one that was never observed. What failed is tried again after a
 * quarter of its interval, each time twice as late, but no later than it would be due anyway: soon enough to matter, seldom
 * enough not to add to whatever the trouble was. What was refused keeps its interval. A region that is off or an account
 * that is suspended is looked at four times as seldom, once a day at least.
 */
export function dueAt(last: LastLook | undefined, intervalMs: number): number {
  if (!last) return 0;
  const { started, state, refused = false, streak = 1 } = last;
  if (state === 'skipped') return started + Math.max(intervalMs, Math.min(DAY_MS, 4 * intervalMs));
  if (state === 'complete' || refused) return started + intervalMs;
  const soon = Math.max(SOONEST_RETRY_MS, intervalMs / 4) * 2 ** (streak - 1);
  return started + Math.min(intervalMs, soon);
}

/** Whether a code says that somebody has forbidden it, which time alone does not mend. */
export function isRefusal(error: string): boolean {
  return error in errorTable && errorTable[error as ErrorCode].status === 403;
}
