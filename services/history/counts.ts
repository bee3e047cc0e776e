/** Resources by type, account, region, status or owner. */
import type { Store } from '../../lib/clickhouse/store.ts';
import { groupsOf, keySql } from './cells.ts';
import type { SplitFilter } from './filter.ts';
import type { Dimension, Group } from './questions.schema.ts';
import { instantSql } from './sql.ts';
import { type AsOf, liveVersions, logUntil, type Source } from './versions.ts';

export interface CountQuestion {
  readonly filter: SplitFilter;
  readonly asOf?: AsOf | undefined;
  readonly by: readonly Dimension[];
  readonly ownerTags: readonly string[];
  readonly limit: number;
}

const HOUR_MS = 3_600_000;
/**
 * Up to here the log's deltas are added up already, by hour and type: its projection `hourly`. Revisions are not told
 * apart there, so that one whose writing begins meanwhile may be counted a moment before it is whole.
 */
const hourSql = instantSql('hour');

/** Of the identity: a resource's versions all have the same one, so that the log's deltas add up by it. */
const fixed: readonly Dimension[] = ['type', 'account', 'region'];
const ownerSql = "arrayFirst(owner -> owner != '', arrayMap(tag -> tags[tag], {owner_tags:Array(String)}))";

export function dimensionSql(by: readonly Dimension[]): string {
  return keySql(by.map((name) => (name === 'owner' ? ownerSql : name)));
}

export function isFixed(by: readonly Dimension[]): boolean {
  return by.every((name) => fixed.includes(name));
}

/** Then, the log's deltas and the base add up: no need to find each resource's newest version. */
export async function countByType(store: Store, filter: SplitFilter, asOf?: AsOf): Promise<Record<string, number>> {
  const { sql, params } = asOf !== undefined && filter.state.sql === '1' ? sums(filter, asOf) : rowsOf(filter, asOf);
  const rows = await store.rows<{ type: string; n: string }>(`${sql} ORDER BY type`, params);
  return Object.fromEntries(rows.map(({ type, n }) => [type, Number(n)]));
}

/** The largest first; `total` is of all groups, and the keys are as `seriesOf` takes them. */
export async function countGroups(store: Store, question: CountQuestion) {
  const { filter, asOf, by, ownerTags, limit } = question;
  const quick = asOf !== undefined && filter.state.sql === '1' && isFixed(by);
  const source = quick ? sums(filter, asOf, by) : liveVersions(filter, asOf);
  const key = dimensionSql(by);
  const grouped = quick
    ? `SELECT ${key} AS key, n FROM (${source.sql})`
    : `SELECT ${key} AS key, count() AS n FROM (${source.sql}) GROUP BY key`;
  const rows = await store.rows<{ key: string; n: string; total: string }>(
    `SELECT key, n, sum(n) OVER () AS total FROM (${grouped}) ORDER BY n DESC, key LIMIT {limit:UInt32}`,
    { ...source.params, owner_tags: ownerTags, limit },
  );
  const groups: Group[] = groupsOf(rows, by);
  return { groups, keys: rows.map((row) => row.key), total: Number(rows[0]?.total ?? 0) };
}

function rowsOf(filter: SplitFilter, asOf: AsOf | undefined): Source {
  const live = liveVersions(filter, asOf);
  return { sql: `SELECT type, count() AS n FROM (${live.sql}) GROUP BY type`, params: live.params };
}

function sums({ identity }: SplitFilter, asOf: AsOf, by: readonly Dimension[] = ['type']): Source {
  const then = logUntil(asOf);
  const columns = by.join(', ');
  const logged = (condition: string) =>
    `SELECT ${columns}, sum(delta)::Int64 AS part FROM resource_log WHERE ${identity.sql} AND ${condition} GROUP BY ${columns}`;
  const parts =
    columns === 'type' && asOf.whole && identity.ofTypes
      ? [logged(`toStartOfHour(at) < ${hourSql}`), logged(`at >= ${hourSql} AND ${then.sql}`)]
      : [logged(then.sql)];
  return {
    sql: `SELECT ${columns}, sum(part) AS n FROM (
        ${parts.join(' UNION ALL ')}
        UNION ALL
        SELECT ${columns}, countIf(live)::Int64 AS part FROM resource_base FINAL WHERE ${identity.sql} GROUP BY ${columns}
      ) GROUP BY ${columns} HAVING n != 0`,
    params: { ...identity.params, ...then.params, hour: asOf.at - (asOf.at % HOUR_MS) },
  };
}
