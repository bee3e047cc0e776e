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

interface Item {
  readonly item: string;
  readonly action: string;
  readonly text: string;
}

/** Newest first. */
export async function readDeeds(store: Store, id: string, limit: number): Promise<Deed[]> {
  const named = await store.rows<Item>(
    `SELECT JSONExtractString(part, 'id') AS item, JSONExtractString(part, 'action') AS action, JSONExtractString(part, 'would') AS text
     FROM plans ARRAY JOIN JSONExtractArrayRaw(body, 'items') AS part
     WHERE position(body, {id:String}) > 0 AND JSONExtractString(part, 'resource_id') = {id:String}`,
    { id },
  );
  // Most resources are in no plan.
  if (named.length === 0) return [];
  const items = new Map(named.map((one) => [one.item, one]));
  const rows = await store.rows<Pick<Deed, 'plan' | 'kind' | 'by'> & { stream: string; ms: string }>(
    `SELECT stream, toUnixTimestamp64Milli(at) AS ms, plan, kind, by FROM records
     WHERE stream IN {streams:Array(String)} ORDER BY at DESC, seq DESC LIMIT {limit:UInt32}`,
    { streams: [...items.keys()], limit },
  );
  return rows.map(({ stream, ms, plan, kind, by }) => {
    const { action = '', text = '' } = items.get(stream) ?? {};
    return { at: new Date(Number(ms)).toISOString(), plan, action, kind, by, text };
  });
}
