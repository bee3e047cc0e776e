/** What the analyzers measured and found: written as it comes, the newest word counts. */
import type { Static } from 'typebox';
import type { Store } from '../../lib/clickhouse/store.ts';
import { insertColumns, rowEncoder } from '../../lib/clickhouse/table.ts';
import * as tables from '../../lib/clickhouse/tables/analysis.ts';
import type { analysis, StoredFinding, StoredUsage } from './analysis.schema.ts';
import { DEFAULT_LIMIT, readCursor, writeCursor } from './cursor.ts';
import { splitFilter, where } from './filter.ts';
import { toMs } from './instant.ts';
import type { Memory } from './memory.ts';

type Params<K extends keyof typeof analysis> = Static<(typeof analysis)[K]['params']>;
const encodeUsage = rowEncoder(tables.usage);
const encodeFinding = rowEncoder(tables.findings);
const picked = 'rid IN (SELECT cityHash64(arrayJoin({ids:Array(String)})))';
const isoOf = (ms: string): string => new Date(Number(ms)).toISOString();

/** References are kept as hashes of ids: one look at the current table, whatever number is asked for. */
export async function linked({ store }: Memory, { ids }: Params<'linked'>) {
  if (ids.length === 0) return { referred: [], live: [] };
  const hashes = 'SELECT cityHash64(arrayJoin({ids:Array(String)}))';
  const named = (source: string) =>
    store.rows<{ id: string }>(
      `SELECT t.id AS id FROM (SELECT arrayJoin({ids:Array(String)}) AS id) AS t WHERE cityHash64(t.id) IN (${source})`,
      { ids },
    );
  const [referred, live] = await Promise.all([
    named(
      `SELECT DISTINCT ref FROM resource_current FINAL ARRAY JOIN refs AS ref WHERE live AND ref != rid AND ref IN (${hashes})`,
    ),
    named(`SELECT rid FROM resource_current FINAL WHERE live AND rid IN (${hashes})`),
  ]);
  return { referred: referred.map(({ id }) => id), live: live.map(({ id }) => id) };
}

export async function measured({ store }: Memory, { usage }: Params<'measured'>) {
  const lines = usage.map(({ figures, begun, measured_at, ...row }) =>
    encodeUsage({
      ...row,
      begun: toMs(begun, 'begun'),
      measured_at: toMs(measured_at, 'measured_at'),
      body: JSON.stringify(figures),
    }),
  );
  await store.insertText(tables.usage.name, insertColumns(tables.usage), lines.join(''));
  return {};
}

export async function usage({ store }: Memory, { ids, since }: Params<'usage'>): Promise<{ usage: StoredUsage[] }> {
  if (ids.length === 0) return { usage: [] };
  const rows = await store.rows<{ begun_ms: string; end_ms: string; body: string } & Omit<StoredUsage, 'figures'>>(
    `SELECT id, account, region, type, toUnixTimestamp64Milli(begun) AS begun_ms, toUnixTimestamp64Milli(measured_at) AS end_ms, body
     FROM usage FINAL WHERE ${picked} AND measured_at > fromUnixTimestamp64Milli({since:Int64}, 'UTC')`,
    { ids, since: since === undefined ? 0 : toMs(since, 'since') },
  );
  return {
    usage: rows.map(({ begun_ms, end_ms, body, ...row }) => ({
      ...row,
      begun: isoOf(begun_ms),
      measured_at: isoOf(end_ms),
      figures: JSON.parse(body) as Record<string, number>,
    })),
  };
}

export async function found({ store }: Memory, { findings }: Params<'found'>) {
  const lines = findings.map(({ since, first_found, changed_at, body, ...row }) =>
    encodeFinding({
      ...row,
      since: toMs(since, 'since'),
      first_found: toMs(first_found, 'first_found'),
      changed_at: toMs(changed_at, 'changed_at'),
      body: JSON.stringify(body),
    }),
  );
  await store.insertText(tables.findings.name, insertColumns(tables.findings), lines.join(''));
  return {};
}

type FindingRow = Omit<StoredFinding, 'since' | 'first_found' | 'changed_at' | 'body'> & {
  rid: string;
  since_ms: string;
  first_ms: string;
  changed_ms: string;
  body: string;
};

/** Of the filter only what is a resource's identity counts: a finding may be of one that is gone. */
export async function findings(
  memory: Memory,
  question: Params<'findings'>,
): Promise<{ findings: StoredFinding[]; next?: string }> {
  const { analyzer, filter, state, kinds, after, limit = DEFAULT_LIMIT } = question;
  const { identity } = splitFilter(filter);
  const conditions = ['analyzer = {analyzer:String}', identity.sql];
  if (state) conditions.push('state = {state:String}');
  if (kinds) conditions.push('kind IN {kinds:Array(String)}');
  const start = startOf(after);
  const rows = await memory.store.rows<FindingRow>(
    `SELECT id, account, region, type, rid, analyzer, kind, state, confidence, body, toUnixTimestamp64Milli(since) AS since_ms,
       toUnixTimestamp64Milli(first_found) AS first_ms, toUnixTimestamp64Milli(changed_at) AS changed_ms
     FROM findings FINAL WHERE ${conditions.join(' AND ')} AND ${start.sql}
     ORDER BY type, account, region, rid, kind LIMIT {limit:UInt32}`,
    {
      ...identity.params,
      ...start.params,
      analyzer,
      ...(state && { state }),
      ...(kinds && { kinds }),
      limit: limit + 1,
    },
  );
  const shown = rows.slice(0, limit);
  const last = rows.length > limit ? shown.at(-1) : undefined;
  const answer = { findings: shown.map(toFinding) };
  return last ? { ...answer, next: writeCursor([last.type, last.account, last.region, last.rid, last.kind]) } : answer;
}

function toFinding(row: FindingRow): StoredFinding {
  const { id, account, region, type, analyzer, kind, state } = row;
  return {
    id,
    account,
    region,
    type,
    analyzer,
    kind,
    state,
    since: isoOf(row.since_ms),
    first_found: isoOf(row.first_ms),
    changed_at: isoOf(row.changed_ms),
    confidence: Number(row.confidence),
    body: JSON.parse(row.body) as Record<string, unknown>,
  };
}

function startOf(after: string | undefined) {
  if (after === undefined) return where([]);
  const [type, account, region, rid, kind] = readCursor(after, 5);
  return where(
    [
      '(type, account, region, rid, kind) > ({l_type:String}, {l_account:String}, {l_region:String}, {l_rid:UInt64}, {l_kind:String})',
    ],
    { l_type: type, l_account: account, l_region: region, l_rid: rid, l_kind: kind },
  );
}

/** What was measured or resolved before the window is forgotten. */
export async function forgetAnalysis(store: Store, before: number): Promise<void> {
  const old = (column: string) => `${column} < fromUnixTimestamp64Milli({before:Int64}, 'UTC')`;
  await store.run(`ALTER TABLE usage DELETE WHERE ${old('measured_at')}`, { before });
  await store.run(`ALTER TABLE findings DELETE WHERE state = 'resolved' AND ${old('changed_at')}`, { before });
}
