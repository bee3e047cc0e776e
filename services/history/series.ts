/** How many resources there were, instant by instant. */
import type { Store } from '../../lib/clickhouse/store.ts';
import type { ResourceFilter } from '../../lib/resource.ts';
import { type Axis, axisParams, instantIndex } from './axis.ts';
import { addAt, type Cell, type SeriesOf, seriesOf, topKeySql, zeros } from './cells.ts';
import { type CountQuestion, countGroups, dimensionSql, isFixed } from './counts.ts';
import { unitWhere, type Where } from './filter.ts';
import type { Source } from './versions.ts';

export interface SeriesQuestion extends Omit<CountQuestion, 'asOf' | 'limit'> {
  readonly axis: Axis;
  /** The newest whole revision. */
  readonly committed: number;
  readonly top: number;
}

/** Series are told apart by what they come to at the end. */
export async function readSeries(store: Store, question: SeriesQuestion): Promise<SeriesOf> {
  const { axis, by, top, committed, ownerTags, filter } = question;
  const asOf = { at: axis.to, rev: committed, whole: false };
  const tops = by.length === 0 ? [''] : (await countGroups(store, { ...question, asOf, limit: top })).keys;
  const plain = filter.state.sql === '1' && isFixed(by);
  const { sql, params } = plain ? deltas(question) : moves(question);
  const cells = await store.rows<Cell>(sql, {
    ...params,
    ...axisParams(axis),
    tops,
    committed,
    owner_tags: ownerTags,
  });
  return seriesOf(cells, { length: axis.points.length, tops, by, running: true });
}

const until = "rev <= {committed:UInt64} AND at <= fromUnixTimestamp64Milli({to:Int64}, 'UTC')";
const ownKey = (by: SeriesQuestion['by']): string => topKeySql(by.length === 0 ? "''" : dimensionSql(by));

/** Each entry of the log says by how much it changes the count. */
function deltas({ filter: { identity }, by }: SeriesQuestion): Source {
  const key = ownKey(by);
  return {
    sql: `SELECT i, key, sum(part) AS n FROM (
        SELECT ${instantIndex} AS i, ${key} AS key, sum(delta)::Int64 AS part FROM resource_log
        WHERE ${identity.sql} AND ${until} GROUP BY i, key
        UNION ALL
        SELECT toUInt32(0) AS i, ${key} AS key, countIf(live)::Int64 AS part FROM resource_base FINAL
        WHERE ${identity.sql} GROUP BY key
      ) GROUP BY i, key HAVING n != 0`,
    params: identity.params,
  };
}

/** Where what is counted can change from version to version, each version takes one away from where the one before it was. */
function moves({ filter: { identity, state }, by }: SeriesQuestion): Source {
  const key = by.length === 0 ? "''" : dimensionSql(by);
  const columns = 'account, type, region, rid, rev, at, id, name, status, tags';
  const versions = `SELECT ${columns}, live FROM resource_base FINAL WHERE ${identity.sql}
    UNION ALL SELECT ${columns}, kind != 'disappeared' AS live FROM resource_log WHERE ${identity.sql} AND ${until}`;
  return {
    sql: `SELECT i, key, sum(part) AS n FROM (
        SELECT ${instantIndex} AS i, moved.1 AS key, moved.2 AS part FROM (
          SELECT at, ${topKeySql(key)} AS own, toInt64(live AND ${state.sql}) AS here,
            lagInFrame(own, 1, '') OVER versions AS before, lagInFrame(here, 1, 0) OVER versions AS was
          FROM (${versions})
          WINDOW versions AS (PARTITION BY account, type, region, rid ORDER BY rev ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
        ) ARRAY JOIN [(own, here), (before, -was)] AS moved
      ) GROUP BY i, key HAVING n != 0`,
    params: { ...identity.params, ...state.params },
  };
}

const firstIndex = instantIndex.replaceAll('(at)', '(finished)');

/** Units that had been observed completely by each instant. An observation that is forgotten was before all of them. */
export async function observedUnits(store: Store, filter: ResourceFilter | undefined, axis: Axis): Promise<number[]> {
  const units: Where = unitWhere(filter);
  const [all] = await store.rows<{ n: string }>(
    `SELECT count() AS n FROM units FINAL WHERE last_complete != 0 AND ${units.sql}`,
    units.params,
  );
  const first = await store.rows<{ i: number; n: string }>(
    `SELECT if(finished > fromUnixTimestamp64Milli({to:Int64}, 'UTC'), {last:UInt32} + 1, ${firstIndex}) AS i, uniqExact(type, account, region) AS n FROM coverage
     WHERE baseline AND ${units.sql} AND finished > fromUnixTimestamp64Milli({from:Int64}, 'UTC') GROUP BY i`,
    { ...units.params, ...axisParams(axis) },
  );
  const length = axis.points.length;
  const later = zeros(length + 1);
  for (const { i, n } of first) addAt(later, i, Number(n));
  const known = zeros(length);
  let count = Number(all?.n ?? 0) - (later[length] ?? 0);
  // From the end backwards: before its first observation a unit was not known.
  for (let i = length - 1; i >= 0; i -= 1) {
    known[i] = count;
    count -= later[i] ?? 0;
  }
  return known;
}
