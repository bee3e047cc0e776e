/** Which units hold resources that tiers ask for by tags and status, and how many: the memory is asked now and then. */
import type { Client } from '../../lib/contract.ts';
import type { ResourceFilter } from '../../lib/resource.ts';
import { type Unit, unitKey } from '../../lib/resource.ts';
import type { historyContract } from '../history/history.contract.ts';
import { asksResources, type Tier, type Tiers } from './tiers.ts';

export type HoldingsMemory = Pick<Client<typeof historyContract>, 'counts'>;

/** Groups that one answer may have; the units of ten accounts are fewer, and fit into a message of the bus. */
const GROUPS = 10_000;
const ACCOUNTS = 10;

/** Unit → live resources. */
export type Held = ReadonlyMap<string, number>;

/** Live resources by unit that a tier's tags and status ask for; all of them for a tier that asks for none. */
export async function heldBy(
  tier: Pick<Tier, 'tags' | 'status'>,
  accounts: readonly string[],
  history: HoldingsMemory,
): Promise<Held> {
  const held = new Map<string, number>();
  for (let from = 0; from < accounts.length; from += ACCOUNTS) {
    for (const filter of filtersOf(tier)) {
      const of = { ...filter, accounts: accounts.slice(from, from + ACCOUNTS) };
      const { groups = [] } = await history.counts({ filter: of, by: ['account', 'region', 'type'], limit: GROUPS });
      for (const { key, count } of groups) {
        const unit = unitKey(key as unknown as Unit);
        held.set(unit, (held.get(unit) ?? 0) + count);
      }
    }
  }
  return held;
}

/** A resource has all of the tags and one of the states: each state is a question of its own. */
function filtersOf({ tags, status }: Pick<Tier, 'tags' | 'status'>): ResourceFilter[] {
  const pairs = tags.map((tag) => {
    const at = tag.indexOf('=');
    return at < 0 ? [tag, '*'] : [tag.slice(0, at), tag.slice(at + 1)];
  });
  const base = pairs.length > 0 ? { tags: Object.fromEntries(pairs) as Record<string, string> } : {};
  return status.length === 0 ? [base] : status.map((word) => ({ ...base, status: word }));
}

/** What the tiers that ask for resources hold, as of the last question. */
export class Holdings {
  readonly #tiers: Tiers;
  readonly #history: HoldingsMemory;
  #held = new Map<string, Held>();

  constructor(tiers: Tiers, history: HoldingsMemory) {
    this.#tiers = tiers;
    this.#history = history;
  }

  async refresh(accounts: readonly string[]): Promise<void> {
    const held = new Map<string, Held>();
    for (const [name, tier] of Object.entries(this.#tiers)) {
      if (asksResources(tier)) held.set(name, await heldBy(tier, accounts, this.#history));
    }
    this.#held = held;
  }

  /** Of a tier that asks for no resources: nothing is known, and nothing need be. */
  holds(tier: string, unit: Unit): boolean {
    return this.#held.get(tier)?.has(unitKey(unit)) ?? false;
  }
}
