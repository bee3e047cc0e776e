/** What belonged together: the references of all versions of a resource, and of all that ever referred to it, as spans of time. */
import type { Store } from '../../lib/clickhouse/store.ts';
import { DEFAULT_LIMIT } from './cursor.ts';
import type { Related } from './questions.schema.ts';
import { type Found, resolveId } from './timeline.ts';

export interface RelationsQuestion {
  readonly id: string;
  /** Milliseconds: only those that lasted then. */
  readonly at?: number | undefined;
  readonly limit?: number | undefined;
}

/** One version of whoever refers: what it refers to, and whether it was there at all. Instants in milliseconds. */
export interface Referring {
  readonly at: number;
  readonly refs: readonly string[];
  /** There may have been an earlier version that had the same: a baseline, or one that was folded. */
  readonly first: boolean;
}
export interface Span {
  readonly ref: string;
  readonly from: number;
  readonly began: boolean;
  /** Milliseconds; undefined while it lasts. */
  readonly until: number | undefined;
}

/** From versions, oldest first, to the spans in which each reference stood. Pure. */
export function spansOf(versions: readonly Referring[]): Span[] {
  const open = new Map<string, Span>();
  const spans: Span[] = [];
  for (const { at, refs, first } of versions) {
    const now = new Set(refs);
    for (const [ref, span] of open) {
      if (now.has(ref)) continue;
      spans.push({ ...span, until: at });
      open.delete(ref);
    }
    for (const ref of now) if (!open.has(ref)) open.set(ref, { ref, from: at, began: !first, until: undefined });
  }
  return [...spans, ...open.values()];
}

interface VersionRow {
  readonly ms: string;
  readonly live: boolean;
  readonly first: boolean;
  readonly ref_ids: string[];
}

export async function readRelations(store: Store, question: RelationsQuestion) {
  const { at, limit = DEFAULT_LIMIT } = question;
  const own = await resolveId(store, question.id);
  const [to, from] = await Promise.all([referredBy(store, own), referringTo(store, own.id, limit)]);
  const lasted = ({ from: begin, until }: Span) =>
    at === undefined || (begin <= at && (until === undefined || until > at));
  const known = await namesOf(store, [...to.map(({ ref }) => ref), ...from.map(({ ref }) => ref)]);
  const all = [
    ...to.filter(lasted).map((span) => related(span, 'to', known)),
    ...from.filter(lasted).map((span) => related(span, 'from', known)),
  ];
  const relations = all
    .sort(
      (a, b) =>
        Number(a.until !== '') - Number(b.until !== '') ||
        (a.from < b.from ? 1 : a.from > b.from ? -1 : a.id < b.id ? -1 : 1),
    )
    .slice(0, limit);
  return { own, relations };
}

function related(
  { ref, from, began, until }: Span,
  direction: 'to' | 'from',
  known: ReadonlyMap<string, Named>,
): Related {
  const { account = '', region = '', type = '', name = '', live = false } = known.get(ref) ?? {};
  const instant = (ms: number) => new Date(ms).toISOString();
  const span = { from: instant(from), began, until: until === undefined ? '' : instant(until) };
  return { id: ref, account, region, type, name, live: Boolean(live), direction, ...span };
}

/** `first` is a version before which others may have been. */
const versionColumns = `toUnixTimestamp64Milli(at) AS ms, rev, kind != 'disappeared' AS live, baseline AS first`;
const baseColumns = 'toUnixTimestamp64Milli(at) AS ms, rev, live, true AS first';

async function referredBy(store: Store, { account, region, type, id }: Found): Promise<Span[]> {
  const own =
    'account = {account:String} AND region = {region:String} AND type = {type:String} AND rid = cityHash64({id:String})';
  const refs = "JSONExtract(body, 'refs', 'Array(String)') AS ref_ids";
  const rows = await store.rows<VersionRow>(
    `SELECT * FROM (SELECT ${versionColumns}, ${refs} FROM resource_log WHERE ${own}
      UNION ALL SELECT ${baseColumns}, ${refs} FROM resource_base FINAL WHERE ${own}) ORDER BY rev`,
    { account, region, type, id },
  );
  return spansOf(rows.map(versionOf));
}

function versionOf({ ms, live, first, ref_ids }: VersionRow): Referring {
  return { at: Number(ms), refs: live ? ref_ids : [], first: Boolean(first) };
}

/** All versions of whatever had the id among its references at any time. */
async function referringTo(store: Store, id: string, limit: number): Promise<Span[]> {
  const holds = 'has(refs, cityHash64({id:String}))';
  const ever = `(account, type, region, rid) IN (SELECT account, type, region, rid FROM resource_log WHERE ${holds}
    UNION DISTINCT SELECT account, type, region, rid FROM resource_base WHERE ${holds})`;
  const rows = await store.rows<{ other: string; versions: [string, boolean, boolean][] }>(
    `SELECT any(id) AS other, arrayMap(v -> (toString(v.2), v.3, v.4), arraySort(groupArray((rev, ms, live AND holds, first)))) AS versions
     FROM (SELECT account, type, region, rid, id, ${versionColumns}, ${holds} AS holds FROM resource_log WHERE ${ever}
       UNION ALL
       SELECT account, type, region, rid, id, ${baseColumns}, ${holds} AS holds FROM resource_base FINAL WHERE ${ever})
     GROUP BY account, type, region, rid ORDER BY max(rev) DESC LIMIT {limit:UInt32}`,
    { id, limit },
  );
  return rows.flatMap(({ other, versions }) =>
    spansOf(
      versions.map(([ms, holds, first]) => ({ at: Number(ms), refs: holds ? [other] : [], first: Boolean(first) })),
    ),
  );
}

interface Named {
  readonly account?: string;
  readonly region?: string;
  readonly type?: string;
  readonly name?: string;
  readonly live?: boolean;
}

async function namesOf(store: Store, ids: readonly string[]): Promise<Map<string, Named>> {
  if (ids.length === 0) return new Map();
  const rows = await store.rows<Named & { id: string }>(
    `SELECT id, account, region, type, name, live FROM resource_current FINAL
     WHERE rid IN (SELECT cityHash64(arrayJoin({ids:Array(String)})))`,
    { ids: [...new Set(ids)] },
  );
  return new Map(rows.map((row) => [row.id, row]));
}
