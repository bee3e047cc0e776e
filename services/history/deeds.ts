/** What was proposed for one resource, and what became of it. Plans name resources; records name a plan's items. */
import type { Store } from '../../lib/clickhouse/store.ts';

export interface Deed {
  readonly at: string;
  readonly plan: string;
  readonly action: string;
  /** proposed, approved, refused, done …: the record's own word. */
  readonly kind: string;
  readonly by: string;
  /** What is done, in words. */
  readonly text: string;
}

/** Newest first. */
export async function readDeeds(store: Store, id: string, limit: number): Promise<Deed[]> {
  const rows = await store.rows<Omit<Deed, 'at'> & { ms: string }>(
    `WITH items AS (
       SELECT JSONExtractString(item, 'id') AS item_id, JSONExtractString(item, 'action') AS action, JSONExtractString(item, 'would') AS text
       FROM (SELECT arrayJoin(JSONExtractArrayRaw(body, 'items')) AS item FROM plans WHERE position(body, {id:String}) > 0)
       WHERE JSONExtractString(item, 'resource_id') = {id:String})
     SELECT toUnixTimestamp64Milli(r.at) AS ms, toString(r.plan) AS plan, i.action AS action, toString(r.kind) AS kind, r.by AS by, i.text AS text
     FROM (SELECT stream, seq, plan, kind, at, by FROM records WHERE stream IN (SELECT item_id FROM items)) AS r
     INNER JOIN items AS i ON r.stream = i.item_id ORDER BY r.at DESC, r.seq DESC LIMIT {limit:UInt32}`,
    { id, limit },
  );
  return rows.map(({ ms, ...row }) => ({ at: new Date(Number(ms)).toISOString(), ...row }));
}
