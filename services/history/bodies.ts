/** Stored documents of given versions, wherever they stand: in the log, or folded into the base. */
import type { Store } from '../../lib/clickhouse/store.ts';
import { linesOf } from './lines.ts';

export interface VersionKey {
  readonly account: string;
  readonly type: string;
  readonly rid: string;
  readonly rev: string;
}
export type Body = Readonly<Record<string, unknown>>;

/** By `rid rev`; what is not there (any more) is left out. */
export async function readBodies(store: Store, keys: readonly VersionKey[]): Promise<Map<string, Body>> {
  if (keys.length === 0) return new Map();
  const picked = `account IN {accounts:Array(String)} AND type IN {types:Array(String)}
    AND (rid, rev) IN (SELECT arrayJoin(arrayZip({rids:Array(UInt64)}, {revs:Array(UInt64)})))`;
  const text = await store.lines(
    `SELECT rid, rev, body FROM resource_log WHERE ${picked} AND kind != 'disappeared'
     UNION ALL SELECT rid, rev, body FROM resource_base WHERE ${picked} AND live`,
    {
      accounts: [...new Set(keys.map(({ account }) => account))],
      types: [...new Set(keys.map(({ type }) => type))],
      rids: keys.map(({ rid }) => BigInt(rid)),
      revs: keys.map(({ rev }) => BigInt(rev)),
    },
  );
  return new Map(
    linesOf(text).map((line) => {
      const [rid = '', rev = '', body = ''] = line.split('\t');
      return [`${rid} ${rev}`, JSON.parse(body) as Body];
    }),
  );
}
