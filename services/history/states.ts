/** Resources by how long they are in their state. */
import type { Store } from '../../lib/clickhouse/store.ts';
import { DEFAULT_LIMIT, readCursor, writeCursor } from './cursor.ts';
import { both, type SplitFilter, where } from './filter.ts';
import type { Standing } from './questions.schema.ts';
import { type AsOf, liveVersions, type Source } from './versions.ts';

export interface StatesQuestion {
  readonly filter: SplitFilter;
  readonly asOf?: AsOf | undefined;
  /** Milliseconds: from here durations are counted. */
  readonly now: number;
  /** Milliseconds. */
  readonly sinceBefore?: number | undefined;
  readonly after?: string | undefined;
  readonly limit?: number | undefined;
}
type Counts = 'count' | 'day' | 'week' | 'month' | 'longer';
export type StateGroup = { type: string; status: string; oldest: string } & Record<Counts, number>;

const DAY_MS = 86_400_000;
const MOST_GROUPS = 1000;

export async function readStates(store: Store, question: StatesQuestion) {
  const [groups, page] = await Promise.all([groupsOf(store, question), longest(store, question)]);
  return { groups, ...page };
}

/** One level where the current table answers: planning a nest of subqueries costs more than reading it. */
function source({ filter, asOf, sinceBefore }: StatesQuestion): Source {
  const old =
    sinceBefore === undefined
      ? where([])
      : where(["state_since < fromUnixTimestamp64Milli({since_before:Int64}, 'UTC')"], { since_before: sinceBefore });
  if (asOf === undefined) {
    const { sql, params } = both(filter.identity, filter.state, old);
    return { sql: `resource_current FINAL WHERE live AND ${sql}`, params };
  }
  const live = liveVersions(filter, asOf);
  return { sql: `(${live.sql}) WHERE ${old.sql}`, params: { ...live.params, ...old.params } };
}

/** Until when a state has begun that lasts for so many days. */
const begun = (days: number): string => `fromUnixTimestamp64Milli({now:Int64} - ${days * DAY_MS}, 'UTC')`;

async function groupsOf(store: Store, question: StatesQuestion): Promise<StateGroup[]> {
  const { sql, params } = source(question);
  const rows = await store.rows<Record<Counts, string> & { type: string; status: string; oldest_ms: string }>(
    `SELECT type, status, count() AS count, countIf(state_since > ${begun(1)}) AS day,
       countIf(state_since > ${begun(7)}) - day AS week, countIf(state_since > ${begun(30)}) - week - day AS month,
       count - month - week - day AS longer, toUnixTimestamp64Milli(min(state_since)) AS oldest_ms
     FROM ${sql} GROUP BY type, status ORDER BY count DESC, type, status LIMIT {most:UInt32}`,
    { ...params, now: question.now, most: MOST_GROUPS },
  );
  return rows.map(({ type, status, oldest_ms, ...counts }) => ({
    type,
    status,
    ...(Object.fromEntries(Object.entries(counts).map(([name, n]) => [name, Number(n)])) as Record<Counts, number>),
    oldest: new Date(Number(oldest_ms)).toISOString(),
  }));
}

type Row = Omit<Standing, 'at_least' | 'state_since'> & { rid: string; since_ms: string; at_least: boolean };

async function longest(store: Store, question: StatesQuestion): Promise<{ resources: Standing[]; next?: string }> {
  const { after, limit = DEFAULT_LIMIT } = question;
  const { sql, params } = source(question);
  const start = startOf(after);
  const rows = await store.rows<Row>(
    `SELECT id, account, region, type, name, status, rid, toUnixTimestamp64Milli(state_since) AS since_ms,
       state_since = first_seen AS at_least
     FROM ${sql} AND ${start.sql} ORDER BY state_since, rid LIMIT {limit:UInt32}`,
    { ...params, ...start.params, limit: limit + 1 },
  );
  const shown = rows.slice(0, limit);
  const resources = shown.map(({ id, account, region, type, name, status, since_ms, at_least }) => ({
    id,
    account,
    region,
    type,
    name,
    status,
    state_since: new Date(Number(since_ms)).toISOString(),
    at_least: Boolean(at_least),
  }));
  const last = rows.length > limit ? shown.at(-1) : undefined;
  return last ? { resources, next: writeCursor([last.since_ms, last.rid]) } : { resources };
}

function startOf(after: string | undefined) {
  if (after === undefined) return where([]);
  const [since_ms, rid] = readCursor(after, 2);
  const since = "fromUnixTimestamp64Milli({last_since:Int64}, 'UTC')";
  return where([`(state_since > ${since} OR (state_since = ${since} AND rid > {last_rid:UInt64}))`], {
    last_since: since_ms,
    last_rid: rid,
  });
}
