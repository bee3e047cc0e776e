/** From what a caller asks to scan to units; every name is checked, and a wrong one is told the nearest right one. Pure. */
import { nearest } from '../../lib/config/nearest.ts';
import { type ErrorCode, elavaError } from '../../lib/errors.ts';
import type { Unit } from '../../lib/resource.ts';
import type { Scope } from './orchestrator.contract.ts';
import { type Tiers, tierOf } from './tiers.ts';
import { globalRegion, unitsOf } from './units.ts';

/** What is configured, and what there is. */
export interface Estate {
  readonly accounts: readonly string[];
  readonly regions: readonly string[];
  readonly types: readonly string[];
  readonly tiers: Tiers;
  readonly allRegions: readonly string[];
  readonly allTypes: readonly { readonly type: string; readonly global: boolean }[];
}

/**
 * The units of a scope. Any region of the provider may be asked for, configured or not; global types come along unless
 * regions are named and the type is not. Throws ACCOUNT_UNKNOWN, REGION_UNKNOWN, TYPE_UNKNOWN or TIER_UNKNOWN.
 */
export function scopeUnits(scope: Scope, estate: Estate): Unit[] {
  const typeNames = estate.allTypes.map(({ type }) => type);
  const tierNames = Object.keys(estate.tiers);
  const accounts = chosen(scope.accounts, estate.accounts, {
    of: estate.accounts,
    code: 'ACCOUNT_UNKNOWN',
    noun: 'account',
  });
  const known = { of: [...estate.allRegions, globalRegion], code: 'REGION_UNKNOWN', noun: 'region' } as const;
  const named = chosen(scope.regions, [...configuredRegions(estate), globalRegion], known);
  const types = chosen(scope.types, estate.types.length > 0 ? estate.types : typeNames, {
    of: typeNames,
    code: 'TYPE_UNKNOWN',
    noun: 'type',
  });
  const tiers = scope.tiers && chosen(scope.tiers, [], { of: tierNames, code: 'TIER_UNKNOWN', noun: 'tier' });
  const regions = scope.types ? [...new Set([...named, globalRegion])] : named;
  const units = unitsOf({ accounts, regions, types: estate.allTypes.filter(({ type }) => types.includes(type)) });
  return tiers ? units.filter((unit) => tiers.includes(tierOf(unit, estate.tiers) ?? '')) : units;
}

/** All units of the configuration. Throws as `scopeUnits` does for what the configuration names wrongly. */
export function allUnits(estate: Estate): Unit[] {
  return scopeUnits({}, estate);
}

function configuredRegions({ regions, allRegions }: Estate): readonly string[] {
  return checked(regions, { of: allRegions, code: 'REGION_UNKNOWN', noun: 'region' });
}

interface Names {
  readonly of: readonly string[];
  readonly code: ErrorCode;
  readonly noun: string;
}

function chosen(asked: readonly string[] | undefined, otherwise: readonly string[], names: Names): readonly string[] {
  return [...new Set(checked(asked ?? otherwise, names))];
}

function checked(asked: readonly string[], { of, code, noun }: Names): readonly string[] {
  for (const name of asked) {
    if (of.includes(name)) continue;
    const near = nearest(name, of);
    const hint = near === undefined ? `none is configured` : `did you mean ${near}?`;
    throw elavaError(code, `there is no ${noun} ${name}; ${hint}`, { data: { name, nearest: near ?? '' } });
  }
  return asked;
}
