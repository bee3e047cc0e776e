/** What the orchestrator's tests share. */
import type { Tier } from './tiers.ts';

/** A tier that asks for nothing, but for what a test gives it. */
export function tierWith(parts: Partial<Tier> = {}): Tier {
  return { types: [], accounts: [], regions: [], tags: [], status: [], interval: 1000, tune: 1, ...parts };
}
