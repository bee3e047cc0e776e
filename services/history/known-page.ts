/** Content hashes of a unit's live resources: what a scanner compares with. */
import type { Store } from '../../lib/clickhouse/store.ts';
import { type Unit, unitKey } from '../../lib/resource.ts';
import { hashSql } from './content-hash.ts';
import { DEFAULT_LIMIT, readCursor, writeCursor } from './cursor.ts';
import { unitStates } from './known.ts';

export interface KnownPage {
  readonly entries: { id: string; hash: string }[];
  readonly next?: string;
  readonly baseline: boolean;
}

export async function readKnown(
  store: Store,
  unit: Unit,
  { after, limit = DEFAULT_LIMIT }: { readonly after?: string | undefined; readonly limit?: number | undefined },
): Promise<KnownPage> {
  const [rid] = after === undefined ? ['0'] : readCursor(after, 1);
  const [rows, states] = await Promise.all([
    store.rows<{ id: string; digits: string; rid: string }>(
      `SELECT id, ${hashSql('hash')} AS digits, rid FROM resource_current FINAL
       WHERE live AND type = {type:String} AND account = {account:String} AND region = {region:String}
         ${after === undefined ? '' : 'AND rid > {rid:UInt64}'}
       ORDER BY rid LIMIT {limit:UInt32}`,
      { ...unit, rid, limit: limit + 1 },
    ),
    unitStates(store, [unit]),
  ]);
  const page = rows.slice(0, limit);
  const last = rows.length > limit ? page.at(-1) : undefined;
  const baseline = (states.get(unitKey(unit))?.last_complete ?? 0) === 0;
  const entries = page.map(({ id, digits }) => ({ id, hash: digits }));
  return last ? { entries, baseline, next: writeCursor([last.rid]) } : { entries, baseline };
}
