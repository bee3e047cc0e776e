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
  const [[row], [commit]] = await Promise.all([
    store.rows<Record<'resources' | 'versions' | 'bytes', string>>(
      `SELECT (SELECT count() FROM resource_current FINAL WHERE live) AS resources,
         (SELECT count() FROM resource_log) + (SELECT count() FROM resource_base) AS versions,
         (SELECT sum(bytes_on_disk) FROM system.parts WHERE database = {database:String} AND active) AS bytes`,
      { database: store.database },
    ),
    store.rows<{ at: string }>('SELECT at FROM commits ORDER BY rev DESC LIMIT 1'),
  ]);
  const number = (name: 'resources' | 'versions' | 'bytes'): number => Number(row?.[name] ?? 0);
  return {
    engine: store.engine,
    revision: String(committed),
    resources: number('resources'),
    versions: number('versions'),
    bytes: number('bytes'),
    last_commit: commit?.at ?? '',
  };
}
