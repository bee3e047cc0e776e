/** Which units there are: accounts × regions × types, a global type once per account. Never a list: an estate has millions. */
import type { Unit } from '../../lib/resource.ts';

export interface PlannedAccount {
  readonly id: string;
  readonly state: 'active' | 'suspended';
  /** Regions that are read in it. */
  readonly regions: readonly string[];
}
export interface UnitsOf {
  readonly accounts: readonly PlannedAccount[];
  readonly types: readonly { readonly type: string; readonly global: boolean }[];
  /** Whether the types without a region come along. */
  readonly global: boolean;
}

/** The region of a unit whose type has none. */
export const globalRegion = 'global';

/**
 * Accounts that are read side by side. AWS counts calls for each account and region, so that neighbours differ in those;
 * but an account whose turn comes again within a block still has its session and its connections.
 */
const BLOCK = 32;

/** Can be gone through again and again; `size` counts. */
export class Units implements Iterable<Unit> {
  readonly #of: UnitsOf;
  readonly #keep: ((unit: Unit) => boolean) | undefined;
  #size: number | undefined;

  constructor(of: UnitsOf, keep?: (unit: Unit) => boolean) {
    this.#of = of;
    this.#keep = keep;
  }

  get size(): number {
    if (this.#size === undefined) {
      let count = 0;
      for (const _ of this) count += 1;
      this.#size = count;
    }
    return this.#size;
  }

  *[Symbol.iterator](): Generator<Unit> {
    const { accounts } = this.#of;
    for (let from = 0; from < accounts.length; from += BLOCK) {
      for (const unit of this.#block(accounts.slice(from, from + BLOCK))) {
        if (!this.#keep || this.#keep(unit)) yield unit;
      }
    }
  }

  *#block(accounts: readonly PlannedAccount[]): Generator<Unit> {
    const { types, global } = this.#of;
    const regions = [...new Set(accounts.flatMap((account) => account.regions))].map((region) => ({
      region,
      there: accounts.filter((account) => account.state === 'active' && account.regions.includes(region)),
    }));
    // Neighbours differ in account and region: each has scanners and limits of its own, and none waits for another's.
    for (const type of types) {
      if (type.global) continue;
      for (const { region, there } of regions)
        for (const { id } of there) yield { account: id, region, type: type.type };
    }
    if (!global) return;
    for (const type of types) {
      // A suspended account has these too: by them its coverage says what is the matter with it.
      if (type.global) for (const { id } of accounts) yield { account: id, region: globalRegion, type: type.type };
    }
  }
}
