/**
 * Forgetting. A version is never dropped for its age: an unchanged resource has only one. The newest of each goes into
 * the base before its week leaves the log.
 */
import type { Store } from '../../lib/clickhouse/store.ts';
import { stateColumns } from '../../lib/clickhouse/tables/resources.ts';

const WEEK_MS = 7 * 86_400_000;
const state = stateColumns.join(', ');
/** Folding and merging a million rows takes seconds; a slow disk may take minutes. Seconds. */
const patient = { max_execution_time: 600 };

export interface Window {
  /** Milliseconds. */
  readonly now: number;
  readonly retentionMs: number;
  readonly decisionRetentionMs: number;
}

/** Partitions of a table by their first day, oldest first. */
async function partitions(store: Store, table: string): Promise<string[]> {
  const rows = await store.rows<{ day: string }>(
    `SELECT DISTINCT replaceAll(partition, '''', '') AS day FROM system.parts
     WHERE database = {database:String} AND table = {table:String} AND active ORDER BY day`,
    { database: store.database, table },
  );
  return rows.map(({ day }) => day);
}

/** `day` is what `partitions` gave: digits and hyphens, so that it may stand in the statement. */
async function drop(store: Store, table: string, day: string): Promise<void> {
  await store.run(`ALTER TABLE ${table} DROP PARTITION '${day.replace(/[^0-9-]/g, '')}'`, {}, { settings: patient });
}

/** Weeks that ended before the window began. Pure. */
export function oldWeeks(days: readonly string[], { now, retentionMs }: Pick<Window, 'now' | 'retentionMs'>): string[] {
  return days.filter((day) => Date.parse(day) + WEEK_MS <= now - retentionMs);
}

/** Up to when (ms, exclusive) the log is folded: instants before it cannot be asked for. 0 when nothing is. */
export async function foldedUntil(store: Store): Promise<number> {
  const [row] = await store.rows<{ day: string; n: string }>(
    'SELECT toString(toMonday(max(at))) AS day, count() AS n FROM resource_base',
  );
  return row && Number(row.n) > 0 ? Date.parse(row.day) + WEEK_MS : 0;
}

/** Folds these weeks, then drops them. A crash in between is made good by folding them again. */
async function fold(store: Store, weeks: readonly string[]): Promise<void> {
  for (const week of weeks) {
    await store.run(
      `INSERT INTO resource_base (${state}, live)
       SELECT ${state}, kind != 'disappeared' FROM resource_log WHERE toMonday(at) = {week:Date}
       ORDER BY rev DESC LIMIT 1 BY account, type, region, rid`,
      { week },
      { settings: patient },
    );
    await drop(store, 'resource_log', week);
  }
}

/** At open: completes a fold that a crash interrupted. Until then counts as of an instant would count twice. */
export async function completeFold(store: Store): Promise<void> {
  const until = await foldedUntil(store);
  const weeks = await partitions(store, 'resource_log');
  await fold(
    store,
    weeks.filter((day) => Date.parse(day) < until),
  );
}

/** Folds what is older than the window. Nobody may ask for the past meanwhile. Returns the weeks. */
export async function foldOldWeeks(store: Store, window: Window): Promise<string[]> {
  const weeks = oldWeeks(await partitions(store, 'resource_log'), window);
  await fold(store, weeks);
  return weeks;
}

/** Drops old observations, commits (never the newest: they hold the count of revisions) and evaluations. */
export async function dropOldPartitions(store: Store, window: Window): Promise<void> {
  for (const table of ['coverage', 'commits']) {
    const days = await partitions(store, table);
    for (const day of oldWeeks(days.slice(0, -1), window)) await drop(store, table, day);
  }
  const before = window.now - window.decisionRetentionMs;
  for (const table of ['evaluation_log', 'plans', 'records', 'decision_log']) {
    const months = await partitions(store, table);
    // A month is over 31 days after its first at the latest.
    for (const day of months.filter((first) => Date.parse(first) + 31 * 86_400_000 <= before)) {
      await drop(store, table, day);
    }
  }
}

/** Tables of which only the newest row of a key counts: merged, so that reading them stays cheap. */
const replacing = ['resource_current', 'resource_base', 'units', 'judged', 'evaluations', 'usage', 'findings'];

/** Merges what lies in several parts. Reading goes on meanwhile. */
export async function mergeParts(store: Store): Promise<void> {
  const rows = await store.rows<{ table: string }>(
    `SELECT table FROM system.parts WHERE database = {database:String} AND active AND table IN {replacing:Array(String)}
     GROUP BY table HAVING count() > 1`,
    { database: store.database, replacing },
  );
  for (const { table } of rows) {
    await store.run(`OPTIMIZE TABLE ${table} FINAL`, {}, { settings: { ...patient, optimize_throw_if_noop: 1 } });
  }
}

/**
 * Forgets resources that are gone for longer than the window. Only after mergeParts: an older row of such a resource in
 * another part would bring it back. The base keeps those of its newest week, which says how far it reaches.
 */
export async function forgetGone(store: Store, { now, retentionMs }: Window): Promise<void> {
  const until = await foldedUntil(store);
  const before = (ms: number) => ({ before: ms });
  const gone = "NOT live AND at < fromUnixTimestamp64Milli({before:Int64}, 'UTC')";
  await store.run(`ALTER TABLE resource_current DELETE WHERE ${gone}`, before(now - retentionMs));
  await store.run(`ALTER TABLE resource_base DELETE WHERE ${gone}`, before(until - WEEK_MS));
}
