/** Which live resources refer to others: what would break if these went. */
import type { Store } from '../../lib/clickhouse/store.ts';

export interface Referrer {
  readonly target: string;
  readonly id: string;
  readonly type: string;
  readonly name: string;
}

/** References are kept as hashes of ids, so that asking for those to a few is one look at the current table. */
export async function readReferrers(store: Store, ids: readonly string[], limit = 10_000): Promise<Referrer[]> {
  return store.rows<Referrer>(
    `WITH arrayMap(id -> cityHash64(id), {ids:Array(String)}) AS hashes
     SELECT target, id, type, name FROM
       (SELECT id, type, name, arrayJoin(arrayIntersect(refs, hashes)) AS hit
        FROM resource_current FINAL WHERE live AND hasAny(refs, hashes)) AS r
     INNER JOIN (SELECT arrayJoin({ids:Array(String)}) AS target) AS t ON cityHash64(t.target) = r.hit
     WHERE id != target ORDER BY target, type, id LIMIT {limit:UInt32}`,
    { ids, limit },
  );
}
