/** How complete and how fresh what we know is. */
import type { Store } from '../../lib/clickhouse/store.ts';
import type { Coverage, ObservationState, ResourceFilter, Unit } from '../../lib/resource.ts';
import { both, unitWhere, type Where, where } from './filter.ts';
import type { CoverageSummary } from './history.contract.ts';
import type { StoredObservation } from './known.ts';
import { toCoverage } from './observe.ts';

const summaryColumns = `count() AS units, countIf(state = 'complete') AS complete, countIf(state != 'complete') AS stale,
  countIf(last_complete = 0) AS missing, toUnixTimestamp64Milli(minIf(last_complete, last_complete != 0)) AS oldest`;

type Summed = Record<keyof CoverageSummary, string>;

/** Of the units that a filter names, now or as of an instant (ms). */
export async function coverageSummary(
  store: Store,
  filter: ResourceFilter = {},
  at?: number,
): Promise<CoverageSummary> {
  const units = unitWhere(filter);
  const row = at === undefined ? await sumNow(store, units) : await sumThen(store, units, at);
  const number = (name: keyof CoverageSummary): number => Number(row?.[name] ?? 0);
  const oldest = number('oldest');
  return {
    units: number('units'),
    complete: number('complete'),
    stale: number('stale'),
    missing: number('missing'),
    oldest: oldest === 0 ? '' : new Date(oldest).toISOString(),
  };
}

async function sumNow(store: Store, { sql, params }: Where): Promise<Summed | undefined> {
  const [row] = await store.rows<Summed>(`SELECT ${summaryColumns} FROM units FINAL WHERE ${sql}`, params);
  return row;
}

/** Tiers are scanned once a day or more often, as a rule; what is older need seldom be read. */
const LOOK_BACK_MS = 26 * 3_600_000;
const then = "finished <= fromUnixTimestamp64Milli({at:Int64}, 'UTC')";
const columns = 'type, account, region, rev, state, last_complete';

/**
 * A unit that was not observed for weeks has its last observation in `units` only. One that was observed since then, and not
 * in the day before it, makes all observations be read.
 */
async function sumThen(store: Store, { sql, params }: Where, at: number): Promise<Summed | undefined> {
  const question = `SELECT countIf(known) AS units, countIf(known AND state = 'complete') AS complete,
      countIf(known AND state != 'complete') AS stale, countIf(known AND last_complete = 0) AS missing,
      toUnixTimestamp64Milli(minIf(last_complete, known AND last_complete != 0)) AS oldest, countIf(NOT known) AS older
    FROM (
      SELECT max(o.known) AS known, argMaxIf(o.state, o.rev, o.known) AS state, argMaxIf(o.last_complete, o.rev, o.known) AS last_complete FROM (
        SELECT ${columns}, true AS known FROM coverage
        WHERE ${sql} AND ${then} AND finished > fromUnixTimestamp64Milli({from:Int64}, 'UTC')
        UNION ALL SELECT ${columns}, ${then} AS known FROM units FINAL WHERE ${sql}
      ) AS o GROUP BY type, account, region)`;
  const ask = async (from: number) =>
    (await store.rows<Summed & { older: string }>(question, { ...params, at, from }))[0];
  const day = await ask(at - LOOK_BACK_MS);
  return Number(day?.older ?? 0) === 0 ? day : ask(0);
}

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
      { state, complete: Number(ms), held: new Set(held), heldSeen: Number(held_ms) },
    ]),
  );
}

/** ISO instant at which a live resource was last seen: by the last complete observation, or by a later partial one. */
export function lastSeenAt(seen: LastSeen | undefined, rid: string, versionAt: number): string {
  const complete = seen?.held.has(rid) ? seen.heldSeen : (seen?.complete ?? 0);
  return new Date(Math.max(complete, versionAt)).toISOString();
}
