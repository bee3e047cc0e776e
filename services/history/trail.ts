/** The provider's audit events, as attribution sends and asks for them, and how far each of its sources was read. */
import type { Store } from '../../lib/clickhouse/store.ts';
import { insertColumns, rowEncoder } from '../../lib/clickhouse/table.ts';
import { trailCursors, trailEvents } from '../../lib/clickhouse/tables/attribution.ts';
import { both, where } from './filter.ts';
import { toMs } from './instant.ts';
import type { TrailCursor, TrailEvent, TrailQuestion } from './trail.schema.ts';

/** One audit event may hold a policy document; one beyond this says no more of who did it. Characters. */
const LONGEST_BODY = 131_072;

const encodeEvent = rowEncoder(trailEvents);
const encodeCursor = rowEncoder(trailCursors);

/** Stores events; one that is known is replaced by itself. Returns how many were taken. */
export async function storeEvents(store: Store, events: readonly TrailEvent[], now: number): Promise<number> {
  const fit = events.filter(({ body }) => body.length <= LONGEST_BODY);
  const lines = fit.map(({ id, at, ...event }) =>
    encodeEvent({ ...event, event_id: id, at: toMs(at, 'at'), stored_at: now }),
  );
  await store.insertText(trailEvents.name, insertColumns(trailEvents), lines.join(''));
  return fit.length;
}

/** Events of a window that may be about something; oldest first. */
export async function readEvents(store: Store, question: TrailQuestion): Promise<{ events: TrailEvent[] }> {
  const { sql, params } = both(placeOf(question), aboutOf(question));
  const rows = await store.rows<Omit<TrailEvent, 'id' | 'at'> & { event_id: string; instant: string }>(
    `SELECT account, region, toUnixTimestamp64Milli(at) AS instant, event_id, name, source, keys, grants, body
     FROM trail_events WHERE ${sql} ORDER BY at, event_id LIMIT 1 BY account, region, at, event_id LIMIT {limit:UInt32}`,
    { ...params, limit: question.limit ?? 10_000 },
  );
  return {
    events: rows.map(({ event_id, instant, ...row }) => ({
      ...row,
      id: event_id,
      at: new Date(Number(instant)).toISOString(),
    })),
  };
}

function placeOf({ accounts, from, to }: TrailQuestion) {
  return both(
    accounts ? where(['account IN {accounts:Array(String)}'], { accounts }) : where([]),
    where(
      ["at >= fromUnixTimestamp64Milli({from:Int64}, 'UTC') AND at <= fromUnixTimestamp64Milli({to:Int64}, 'UTC')"],
      {
        from: toMs(from, 'from'),
        to: toMs(to, 'to'),
      },
    ),
  );
}

function aboutOf({ keys, grants }: TrailQuestion) {
  if (grants) return where(['grants IN {grants:Array(String)}'], { grants });
  return keys ? where(['hasAny(keys, {keys:Array(String)})'], { keys }) : where([]);
}

export async function storeCursor(store: Store, cursor: TrailCursor, now: number): Promise<void> {
  const row = { ...cursor, upto: toMs(cursor.upto, 'upto'), read_at: now };
  await store.insertText(trailCursors.name, insertColumns(trailCursors), encodeCursor(row));
}

export async function readCursors(store: Store): Promise<TrailCursor[]> {
  const rows = await store.rows<Omit<TrailCursor, 'upto'> & { upto_ms: string }>(
    `SELECT source, account, region, position, toUnixTimestamp64Milli(upto) AS upto_ms, state, error, detail, events
     FROM trail_cursors FINAL ORDER BY source, account, region`,
  );
  return rows.map(({ upto_ms, ...row }) => ({ ...row, upto: new Date(Number(upto_ms)).toISOString() }));
}

/** Weeks of events that ended before the window are forgotten, and attributions of changes that are folded. */
export async function dropOldTrail(store: Store, { now, retentionMs }: { now: number; retentionMs: number }) {
  for (const table of [trailEvents.name, 'attributions']) {
    const rows = await store.rows<{ day: string }>(
      `SELECT DISTINCT replaceAll(partition, '''', '') AS day FROM system.parts
       WHERE database = {database:String} AND table = {table:String} AND active`,
      { database: store.database, table },
    );
    const old = rows.filter(({ day }) => Date.parse(day) + 7 * 86_400_000 <= now - retentionMs);
    for (const { day } of old) {
      await store.run(`ALTER TABLE ${table} DROP PARTITION '${day.replace(/[^0-9-]/g, '')}'`);
    }
  }
}
