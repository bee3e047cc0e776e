/** Resources by type. */
import type { Store } from '../../lib/clickhouse/store.ts';
import type { SplitFilter } from './filter.ts';
import { type AsOf, liveVersions, logUntil } from './versions.ts';

/** Then, the log's deltas and the base add up: no need to find each resource's newest version. */
export async function countByType(store: Store, filter: SplitFilter, asOf?: AsOf): Promise<Record<string, number>> {
  const { sql, params } = asOf !== undefined && filter.state.sql === '1' ? sums(filter, asOf) : rowsOf(filter, asOf);
  const rows = await store.rows<{ type: string; n: string }>(`${sql} ORDER BY type`, params);
  return Object.fromEntries(rows.map(({ type, n }) => [type, Number(n)]));
}

function rowsOf(filter: SplitFilter, asOf: AsOf | undefined) {
  const live = liveVersions(filter, asOf);
  return { sql: `SELECT type, count() AS n FROM (${live.sql}) GROUP BY type`, params: live.params };
}

function sums({ identity }: SplitFilter, asOf: AsOf) {
  const then = logUntil(asOf);
  return {
    sql: `SELECT type, sum(part) AS n FROM (
        SELECT type, sum(delta)::Int64 AS part FROM resource_log WHERE ${identity.sql} AND ${then.sql} GROUP BY type
        UNION ALL
        SELECT type, countIf(live)::Int64 AS part FROM resource_base FINAL WHERE ${identity.sql} GROUP BY type
      ) GROUP BY type HAVING n != 0`,
    params: { ...identity.params, ...then.params },
  };
}
