/** How many changes there were, hour by hour, day by day or week by week. */
import type { Params, Store } from '../../lib/clickhouse/store.ts';
import { type ActorFilter, actorWhere, ofActors, withActors } from './actors.ts';
import { type Axis, axisParams, bucketIndex } from './axis.ts';
import { type Cell, keySql, type SeriesOf, seriesOf, topKeySql } from './cells.ts';
import { both, type SplitFilter, where } from './filter.ts';
import type { ChangeDimension } from './questions.schema.ts';
import { resourceHashSql } from './sql.ts';

export interface ActivityQuestion extends ActorFilter {
  readonly filter: SplitFilter;
  readonly axis: Axis;
  readonly by: readonly ChangeDimension[];
  readonly top: number;
  /** The newest whole revision. */
  readonly committed: number;
}

const window =
  "at >= fromUnixTimestamp64Milli({from:Int64}, 'UTC') AND at < fromUnixTimestamp64Milli({to:Int64}, 'UTC')";

/** Of few values: their cells are few too, so the changes need not be read beforehand to find the largest. */
const ofFew: readonly ChangeDimension[] = ['kind', 'actor_kind'];

async function topKeys(
  store: Store,
  { key, source, params }: { key: string; source: string; params: Params },
): Promise<string[]> {
  const rows = await store.rows<{ key: string }>(
    `SELECT ${key} AS key FROM (${source}) GROUP BY key ORDER BY count() DESC, key LIMIT {top:UInt32}`,
    params,
  );
  return rows.map((row) => row.key);
}

function largest(cells: readonly Cell[], top: number): string[] {
  const sums = new Map<string, number>();
  for (const { key, n } of cells) sums.set(key, (sums.get(key) ?? 0) + Number(n));
  const keys = [...sums].toSorted(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)).map(([key]) => key);
  return keys.slice(0, top);
}

/** Reads the window's changes, not what they changed. */
export async function readActivity(store: Store, question: ActivityQuestion): Promise<SeriesOf> {
  const { filter, axis, by, top, committed } = question;
  const picked = both(
    filter.identity,
    filter.state,
    actorWhere(question),
    where(['NOT baseline AND rev <= {committed:UInt64}']),
  );
  const changes = `SELECT ${resourceHashSql('l')} AS own, account, type, region, rev, at, kind FROM resource_log AS l WHERE ${window} AND ${picked.sql}`;
  const source = by.some((name) => ofActors.includes(name)) ? withActors(changes, by, window) : changes;
  const params = { ...picked.params, ...axisParams(axis), committed };
  const key = by.length === 0 ? "''" : keySql(by);
  const few = by.every((name) => ofFew.includes(name));
  const keys = few ? undefined : await topKeys(store, { key, source, params: { ...params, top } });
  const cells = await store.rows<Cell>(
    `SELECT ${bucketIndex} AS i, ${keys ? topKeySql(key) : key} AS key, count() AS n FROM (${source}) GROUP BY i, key`,
    { ...params, ...(keys && { tops: keys }) },
  );
  return seriesOf(cells, { length: axis.points.length, tops: keys ?? largest(cells, top), by, running: false });
}
