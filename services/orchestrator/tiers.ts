/** How often each unit is scanned: the first tier that matches it says. Pure. */
import type { Config } from '../../lib/config/schema.ts';
import type { ObservationState, Unit } from '../../lib/resource.ts';

export type Tiers = Config['tiers'];

/** When a unit was last observed and how that went. */
export interface LastLook {
  /** Milliseconds since 1970. */
  readonly started: number;
  readonly state: ObservationState;
}

/** The name of the unit's tier, undefined when none matches: the loop leaves such a unit alone. */
export function tierOf(unit: Unit, tiers: Tiers): string | undefined {
  const match = (wanted: readonly string[], value: string): boolean => wanted.length === 0 || wanted.includes(value);
  for (const [name, { types, accounts, regions }] of Object.entries(tiers)) {
    if (match(types, unit.type) && match(accounts, unit.account) && match(regions, unit.region)) return name;
  }
  return undefined;
}

const SOONEST_RETRY_MS = 60_000;

/**
 * When the unit is due, milliseconds since 1970; 0 for one that was never observed. What was not read whole is tried
 * again after a quarter of its interval: soon enough to matter, seldom enough not to add to whatever the trouble was.
 */
export function dueAt(last: LastLook | undefined, intervalMs: number): number {
  if (!last) return 0;
  const again = last.state === 'partial' || last.state === 'failed';
  return last.started + (again ? Math.min(intervalMs, Math.max(SOONEST_RETRY_MS, intervalMs / 4)) : intervalMs);
}
