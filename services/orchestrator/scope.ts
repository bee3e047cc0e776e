/** From what a caller asks to scan to units; every name is checked, and a wrong one is told the nearest right one. Pure. */
import { nearest } from '../../lib/config/nearest.ts';
import { type ErrorCode, elavaError } from '../../lib/errors.ts';
import type { Scope } from './orchestrator.contract.ts';
import { type TierFacts, type Tiers, tierOf } from './tiers.ts';
import { globalRegion, type PlannedAccount, Units } from './units.ts';

export interface EstateAccount extends PlannedAccount {
  /** "" where nobody told it. */
  readonly name: string;
}

/** What is configured or was found, and what there is. */
export interface Estate {
  readonly accounts: readonly EstateAccount[];
  /** As configured; `all` stands for what each account has. */
  readonly regions: readonly string[];
  readonly types: readonly string[];
  readonly tiers: Tiers;
  readonly allRegions: readonly string[];
  readonly allTypes: readonly { readonly type: string; readonly global: boolean; readonly shallow?: boolean }[];
}

/** Stands for the regions that each account has enabled; among types, for the shallow ones too. */
const everywhere = 'all';

/**
 * The units of a scope. Accounts go by id or name. Any region of the provider may be asked for, configured or not; global
 * types come along unless regions are named and the type is not. Throws ACCOUNT_UNKNOWN, REGION_UNKNOWN, TYPE_UNKNOWN or
 * TIER_UNKNOWN.
 */
export function scopeUnits(scope: Scope, estate: Estate, facts: TierFacts = {}): Units {
  checked(estate.regions, regionNames(estate));
  const tiers = scope.tiers && checked(scope.tiers, names('tier', 'TIER_UNKNOWN', Object.keys(estate.tiers)));
  const units = { accounts: placed(scope, estate), types: typesOf(scope, estate), global: withGlobal(scope) };
  return tiers ? new Units(units, (unit) => tiers.includes(tierOf(unit, estate.tiers, facts) ?? '')) : new Units(units);
}

/** All units of the configuration. Throws as `scopeUnits` does for what the configuration names wrongly. */
export function allUnits(estate: Estate): Units {
  return scopeUnits({}, estate);
}

/** The accounts with the regions that are wanted of each. */
function placed({ accounts, regions }: Scope, estate: Estate): readonly PlannedAccount[] {
  const wanted = accounts ? chosenAccounts(accounts, estate.accounts) : estate.accounts;
  if (!regions || regions.includes(everywhere)) return wanted;
  const named = [...new Set(checked(regions, regionNames(estate)))].filter((name) => name !== globalRegion);
  return wanted.map(({ id, state }) => ({ id, state, regions: named }));
}

function chosenAccounts(asked: readonly string[], accounts: readonly EstateAccount[]): readonly EstateAccount[] {
  const known = accounts.flatMap(({ id, name }) => (name === '' ? [id] : [id, name]));
  const wanted = new Set(checked(asked, names('account', 'ACCOUNT_UNKNOWN', known)));
  return accounts.filter(({ id, name }) => wanted.has(id) || wanted.has(name));
}

function typesOf({ types }: Scope, estate: Estate): Estate['allTypes'] {
  const known = names('type', 'TYPE_UNKNOWN', [...estate.allTypes.map(({ type }) => type), everywhere]);
  const asked = checked(types ?? estate.types, known);
  if (asked.includes(everywhere)) return estate.allTypes;
  if (types === undefined && asked.length === 0) return estate.allTypes.filter(({ shallow }) => !shallow);
  const wanted = new Set(asked);
  return estate.allTypes.filter(({ type }) => wanted.has(type));
}

function withGlobal({ regions, types }: Scope): boolean {
  return !regions || types !== undefined || regions.includes(globalRegion) || regions.includes(everywhere);
}

function regionNames({ allRegions }: Estate): Names {
  return names('region', 'REGION_UNKNOWN', [...allRegions, globalRegion, everywhere]);
}

interface Names {
  readonly noun: string;
  readonly code: ErrorCode;
  readonly of: readonly string[];
}

function names(noun: string, code: ErrorCode, of: readonly string[]): Names {
  return { noun, code, of };
}

function checked(asked: readonly string[], { of, code, noun }: Names): readonly string[] {
  const known = new Set(of);
  for (const name of asked) {
    if (known.has(name)) continue;
    const near = nearest(name, of);
    const hint = near === undefined ? `none is configured` : `did you mean ${near}?`;
    throw elavaError(code, `there is no ${noun} ${name}; ${hint}`, { data: { name, nearest: near ?? '' } });
  }
  return asked;
}
