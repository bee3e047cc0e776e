/**
 * What a unit's policies look at, one JSON object a line. Stored documents are put together as text: parsing and
 * writing a million of them again would cost more than judging them.
 */
import type { Store } from '../../lib/clickhouse/store.ts';
import { type Unit, unitKey } from '../../lib/resource.ts';
import { attributionsOf } from './attributions.ts';
import { type LastSeen, lastSeenAt, lastSeenOf } from './coverage.ts';
import { DEFAULT_LIMIT, readCursor, writeCursor } from './cursor.ts';
import { type Earlier, earlierVersions, lastResults, relatedTo } from './judging-joins.ts';
import { linesOf } from './lines.ts';

export interface JudgingPage {
  readonly unit: Unit;
  /** Only what changed after this revision, or refers to what did; the whole unit when absent. */
  readonly since?: string | undefined;
  /** Types whose referenced resources come along. */
  readonly join: readonly string[];
  readonly after?: string | undefined;
  readonly limit?: number | undefined;
}
export interface JudgingTime {
  /** Milliseconds. */
  readonly now: number;
  readonly retentionMs: number;
}
/** One resource of the page. */
export interface Judged {
  readonly rid: string;
  readonly rev: string;
  readonly at: number;
  readonly firstSeen: number;
  readonly stateSince: number;
  readonly refs: readonly string[];
  readonly body: string;
}

export async function readJudging(
  store: Store,
  page: JudgingPage,
  time: JudgingTime,
): Promise<{ lines: string; rows: number; next?: string }> {
  const { limit = DEFAULT_LIMIT, unit } = page;
  const found = await readRows(store, page, limit + 1);
  const rows = found.slice(0, limit);
  if (rows.length === 0) return { lines: '', rows: 0 };
  const [earlier, related, results, seen, who] = await Promise.all([
    earlierVersions(store, unit, rows),
    relatedTo(store, page.join, rows),
    lastResults(store, unit, rows),
    lastSeenOf(store, [unit]),
    attributionsOf(store, { ...unit, first: rows[0]?.rid ?? '0', last: rows.at(-1)?.rid ?? '0' }),
  ]);
  const facts = factsWriter(seen.get(unitKey(unit)), time);
  const last = found.length > limit ? rows.at(-1) : undefined;
  const lines = rows
    .map((row) => lineOf(row, { facts, earlier: earlier.get(row.rid), related, results, who }))
    .join('');
  return last ? { lines, rows: rows.length, next: writeCursor([last.rid]) } : { lines, rows: rows.length };
}

interface Joined {
  readonly facts: (row: Judged, changes: number) => string;
  readonly earlier: Earlier | undefined;
  readonly related: ReadonlyMap<string, string>;
  readonly results: ReadonlyMap<string, string>;
  readonly who: ReadonlyMap<string, string>;
}

function lineOf(row: Judged, { facts, earlier, related, results, who }: Joined): string {
  const history = earlier ? earlier.bodies.join(',') : '';
  const known = who.get(row.rid);
  const attribution = known === undefined ? '' : `${known},`;
  const refs = row.refs.flatMap((ref) => related.get(ref) ?? []).join(',');
  return (
    `{"resource":${row.body},"revision":"${row.rev}","history":[${history}],"facts":${facts(row, earlier?.changes ?? 0)},` +
    `"related":{${refs}},${attribution}"last":{${results.get(row.rid) ?? ''}}}\n`
  );
}

/** Changed rows by their own revision, or by that of what they refer to. */
const sinceSql = `AND (rev > {since:UInt64} OR rid IN (
    SELECT rid FROM resource_current ARRAY JOIN refs AS ref
    WHERE type = {type:String} AND account = {account:String} AND region = {region:String}
      AND ref IN (SELECT rid FROM resource_log WHERE rev > {since:UInt64}))
  OR rid IN (SELECT rid FROM attributions WHERE rev > {since:UInt64} AND actor != ''))`;

async function readRows(store: Store, { unit, since, after }: JudgingPage, limit: number): Promise<Judged[]> {
  const [rid] = after === undefined ? ['0'] : readCursor(after, 1);
  const text = await store.lines(
    `SELECT rid, rev, toUnixTimestamp64Milli(at), toUnixTimestamp64Milli(first_seen), toUnixTimestamp64Milli(state_since),
       arrayStringConcat(refs, ','), body
     FROM resource_current FINAL
     WHERE live AND type = {type:String} AND account = {account:String} AND region = {region:String}
       ${after === undefined ? '' : 'AND rid > {rid:UInt64}'} ${since === undefined ? '' : sinceSql}
     ORDER BY rid LIMIT {limit:UInt32}`,
    { ...unit, rid, limit, ...(since === undefined ? {} : { since }) },
  );
  return linesOf(text).map((line) => {
    const [id = '', rev = '', at, first, since_, refs = '', body = ''] = line.split('\t');
    return {
      rid: id,
      rev,
      at: Number(at),
      firstSeen: Number(first),
      stateSince: Number(since_),
      refs: splitList(refs),
      body,
    };
  });
}

function splitList(text: string): string[] {
  return text === '' ? [] : text.split(',');
}

const DAY_MS = 86_400_000;

function factsWriter(seen: LastSeen | undefined, { now, retentionMs }: JudgingTime) {
  const coverage = seen?.state ?? 'partial';
  return ({ rid, at, firstSeen, stateSince }: Judged, changes: number): string => {
    const watched = Math.max(0, Math.min(now - firstSeen, retentionMs)) / DAY_MS;
    return JSON.stringify({
      first_seen: new Date(firstSeen).toISOString(),
      last_seen: lastSeenAt(seen, rid, at),
      state_since: new Date(stateSince).toISOString(),
      changes,
      window_days: Math.round(watched * 1000) / 1000,
      coverage,
    });
  };
}
