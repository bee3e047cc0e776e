/** Which units there are: accounts × regions × types, a global type once per account. Pure. */
import type { Unit } from '../../lib/resource.ts';

export interface UnitsOf {
  readonly accounts: readonly string[];
  readonly regions: readonly string[];
  readonly types: readonly { readonly type: string; readonly global: boolean }[];
}

/** The region of a unit whose type has none. */
export const globalRegion = 'global';

/**
 * Units in an order that spreads calls: AWS counts them for each account and region, so neighbours differ in those first.
 * "global" in `regions` stands for the types without a region.
 */
export function unitsOf({ accounts, regions, types }: UnitsOf): Unit[] {
  const own = regions.filter((region) => region !== globalRegion);
  const withGlobal = regions.includes(globalRegion);
  return types.flatMap(({ type, global }) => {
    const places = global ? (withGlobal ? [globalRegion] : []) : own;
    return places.flatMap((region) => accounts.map((account) => ({ account, region, type })));
  });
}
