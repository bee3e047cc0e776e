/** How complete and how fresh what we know is, now or as of an instant. Goes with every answer. */
import type { Store } from '../../lib/clickhouse/store.ts';
import type { ResourceFilter } from '../../lib/resource.ts';
import { unitWhere, type Where } from './filter.ts';
import type { CoverageSummary } from './history.contract.ts';
import { instantSql, unitHashSql } from './sql.ts';

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
    stale: number('units') - number('complete'),
    missing: number('missing'),
    oldest: oldest === 0 ? '' : new Date(oldest).toISOString(),
  };
}

async function sumNow(store: Store, { sql, params }: Where): Promise<Summed | undefined> {
  const [row] = await store.rows<Summed>(
    `SELECT count() AS units, countIf(state = 'complete') AS complete, countIf(last_complete = 0) AS missing,
       toUnixTimestamp64Milli(minIf(last_complete, last_complete != 0)) AS oldest
     FROM units FINAL WHERE ${sql}`,
    params,
  );
  return row;
}

const HOUR_MS = 3_600_000;
/** Tiers are scanned once a day or more often, as a rule. */
const FIRST_LOOK_MS = 26 * HOUR_MS;
/** How far back the last question of each store had to look: the next one looks little further. */
const reaches = new WeakMap<Store, number>();

const then = `finished <= ${instantSql('at')}`;
/** The newest mark of a unit has its newest state: COMPLETE in its last three bits, where it was complete. */
const columns = `${unitHashSql('c')} AS unit, c.rev * 8 + toUInt8(c.state) AS mark, c.last_complete AS whole, c.finished AS ended`;
const COMPLETE = 1;

function summaryOf(observations: string): string {
  return `SELECT count() AS units, countIf(bitAnd(newest, 7) = ${COMPLETE}) AS complete, countIf(seen = 0) AS missing,
      toUnixTimestamp64Milli(minIf(seen, seen != 0)) AS oldest, toUnixTimestamp64Milli(minIf(last, last > ${instantSql('from')})) AS back
    FROM (SELECT max(mark) AS newest, argMax(whole, mark) AS seen, max(ended) AS last FROM (${observations}) GROUP BY unit)`;
}

/**
 * Most units were observed shortly before. One that was not observed for weeks has its last observation in `units` only.
 * Where the count says that there are others, these are looked up by themselves: they were observed earlier, and later
 * again, or for the first time later.
 */
async function sumThen(store: Store, { sql, params }: Where, at: number): Promise<Summed | undefined> {
  const reach = reaches.get(store) ?? FIRST_LOOK_MS;
  const given = { ...params, at, from: at - reach };
  const lately = `${then} AND finished > ${instantSql('from')} AND ${sql}`;
  const recent = `SELECT ${columns} FROM coverage AS c WHERE ${lately}
    UNION ALL SELECT ${columns} FROM units AS c WHERE ${then} AND ${sql}`;
  const [row] = await store.rows<Summed & Record<'back' | 'known', string>>(
    `SELECT *, (SELECT count() FROM units FINAL WHERE ${sql}) AS known FROM (${summaryOf(recent)})`,
    given,
  );
  if (Number(row?.back ?? 0) > 0) remember(store, reach, at - Number(row?.back));
  if (!row || Number(row.units) >= Number(row.known)) return row;
  const others = `SELECT ${columns} FROM coverage AS c WHERE ${then} AND ${sql} AND (type, account, region) IN (
    SELECT type, account, region FROM units AS u WHERE ${sql}
      AND ${unitHashSql('u')} NOT IN (SELECT ${unitHashSql('c')} FROM coverage AS c WHERE ${lately}))`;
  const [whole] = await store.rows<Summed>(summaryOf(`${recent} UNION ALL ${others}`), given);
  return whole;
}

/** It shrinks slowly, for a question about one tier must not shorten it for the others. */
function remember(store: Store, reach: number, back: number): void {
  reaches.set(store, Math.round(Math.min(FIRST_LOOK_MS, Math.max(HOUR_MS, back * 1.25, reach * 0.8))));
}
