/** Observations of units: the last of each, and when each was last seen as a whole. */
import type { Store } from '../../lib/clickhouse/store.ts';
import type { Coverage, ObservationState, ResourceFilter, Unit } from '../../lib/resource.ts';
import { both, unitWhere, where } from './filter.ts';
import type { StoredObservation } from './known.ts';
import { toCoverage } from './observe.ts';

/** The last observation of each unit, or those of one scan. */
export async function coverageOf(store: Store, filter: ResourceFilter = {}, scan?: string): Promise<Coverage[]> {
  const units = unitWhere(filter);
  const picked = scan === undefined ? units : both(units, where(['scan = {scan:String}'], { scan }));
  const rows = await store.rows<
    Omit<StoredObservation, 'started' | 'finished' | 'held'> & Record<'start_ms' | 'end_ms' | 'holds', string>
  >(
    `SELECT account, region, type, scan, state, error, detail, count, changed, gone, length(held) AS holds, baseline,
       toUnixTimestamp64Milli(started) AS start_ms, toUnixTimestamp64Milli(finished) AS end_ms
     FROM ${scan === undefined ? 'units FINAL' : 'coverage'} WHERE ${picked.sql} ORDER BY account, region, type`,
    picked.params,
  );
  return rows.map(({ start_ms, end_ms, holds, ...row }) =>
    toCoverage({ ...row, started: Number(start_ms), finished: Number(end_ms), held: Number(holds) }),
  );
}

/** When each of these units was last seen as a whole, by `account/region/type`. */
export interface LastSeen {
  readonly state: ObservationState;
  readonly complete: number;
  /** The same, as it is told. */
  readonly completeIso: string;
  readonly held: ReadonlySet<string>;
  readonly heldSeen: number;
}

/** As of `at` (ms) when it is given. */
export async function lastSeenOf(store: Store, units: readonly Unit[], at?: number): Promise<Map<string, LastSeen>> {
  const params = {
    accounts: units.map((u) => u.account),
    regions: units.map((u) => u.region),
    types: units.map((u) => u.type),
  };
  const inUnits =
    '(type, account, region) IN (SELECT arrayJoin(arrayZip({types:Array(String)}, {accounts:Array(String)}, {regions:Array(String)})))';
  const columns =
    'account, region, type, state, held, toUnixTimestamp64Milli(last_complete) AS ms, toUnixTimestamp64Milli(held_seen) AS held_ms';
  const source =
    at === undefined
      ? `units FINAL WHERE ${inUnits}`
      : `coverage WHERE ${inUnits} AND finished <= fromUnixTimestamp64Milli({at:Int64}, 'UTC')
         ORDER BY rev DESC LIMIT 1 BY account, region, type`;
  const rows = await store.rows<Unit & { state: ObservationState; held: string[]; ms: string; held_ms: string }>(
    `SELECT ${columns} FROM ${source}`,
    { ...params, ...(at === undefined ? {} : { at }) },
  );
  return new Map(
    rows.map(({ account, region, type, state, held, ms, held_ms }) => [
      `${account}/${region}/${type}`,
      {
        state,
        complete: Number(ms),
        completeIso: new Date(Number(ms)).toISOString(),
        held: new Set(held),
        heldSeen: Number(held_ms),
      },
    ]),
  );
}

/** ISO instant at which a live resource was last seen: by the last complete observation, or by a later partial one. */
export function lastSeenAt(seen: LastSeen | undefined, rid: string, versionAt: number): string {
  // Of nearly all of a page, so that no date is written out for each.
  if (seen && seen.complete >= versionAt && seen.held.size === 0) return seen.completeIso;
  const complete = seen?.held.has(rid) ? seen.heldSeen : (seen?.complete ?? 0);
  return new Date(Math.max(complete, versionAt)).toISOString();
}
