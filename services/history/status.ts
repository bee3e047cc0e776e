/** What the store holds. */
import type { Store } from '../../lib/clickhouse/store.ts';

export interface StoreStatus {
  readonly engine: string;
  readonly revision: string;
  readonly resources: number;
  readonly versions: number;
  /** On the disk, of all tables of the database. */
  readonly bytes: number;
  /** ISO instant, "" when nothing was ever written. */
  readonly last_commit: string;
}

export async function readStatus(store: Store, committed: number): Promise<StoreStatus> {
  const [row] = await store.rows<Record<'resources' | 'versions' | 'bytes' | 'last_commit', string>>(
    `SELECT (SELECT count() FROM resource_current FINAL WHERE live) AS resources,
       (SELECT count() FROM resource_log) + (SELECT count() FROM resource_base) AS versions,
       (SELECT sum(bytes_on_disk) FROM system.parts WHERE database = {database:String} AND active) AS bytes,
       (SELECT toUnixTimestamp64Milli(max(at)) FROM commits) AS last_commit`,
    { database: store.database },
  );
  return {
    engine: store.engine,
    revision: String(committed),
    resources: Number(row?.resources ?? 0),
    versions: Number(row?.versions ?? 0),
    bytes: Number(row?.bytes ?? 0),
    last_commit: Number(row?.last_commit ?? 0) === 0 ? '' : new Date(Number(row?.last_commit)).toISOString(),
  };
}
