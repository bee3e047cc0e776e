/** The net difference of two instants: what came, went and changed between them, however often in the meantime. */
import type { Store } from '../../lib/clickhouse/store.ts';
import type { Change, ChangeKind, FieldChange } from '../../lib/resource.ts';
import { type ActorFilter, actorWhere, ofActors, withActors } from './actors.ts';
import { type Body, readBodies } from './bodies.ts';
import { groupsOf, keySql } from './cells.ts';
import { DEFAULT_LIMIT, readCursor, writeCursor } from './cursor.ts';
import { diffResources } from './diff.ts';
import { type SplitFilter, where } from './filter.ts';
import type { ChangeDimension, Group } from './questions.schema.ts';
import { severityOf } from './severity.ts';
import { instantSql, resourceHashSql } from './sql.ts';
import type { Source } from './versions.ts';

export interface DifferencePage extends ActorFilter {
  readonly filter: SplitFilter;
  /** Milliseconds; changes after `from` up to and with `to`. */
  readonly from: number;
  readonly to: number;
  readonly committed: number;
  /** false leaves out what a first scan found. */
  readonly baseline?: boolean | undefined;
  readonly after?: string | undefined;
  readonly limit?: number | undefined;
}
interface NetRow {
  readonly account: string;
  readonly region: string;
  readonly type: string;
  readonly rid: string;
  readonly before: string;
  readonly now: string;
  readonly before_rev: string;
  readonly rev: string;
  readonly first_kind: ChangeKind;
  readonly baseline: boolean;
}
interface Row extends NetRow {
  readonly id: string;
  readonly name: string;
  readonly at: string;
}

/**
 * Touches the window only: each entry of the log says what was before it. Of the whole only what tells whether it differs,
 * and with `shown` what a page needs; grouped by one number, as that costs half of what grouping by the four columns does.
 */
function netRows({ filter, from, to, committed, baseline, ...actors }: DifferencePage, shown: boolean): Source {
  const who = actorWhere(actors, 'newest');
  const state = filter.state.sql === '1' ? [] : ['id', 'name', 'status', 'tags'];
  const fixed = [...(shown ? ['account', 'region', 'rid'] : []), 'type'].map((name) => `, any(l.${name}) AS ${name}`);
  const last = state.map((name) => `, argMax(l.${name}, l.rev) AS ${name}`);
  return {
    sql: `SELECT ${resourceHashSql('l')} AS own, max(l.rev) AS newest, newest AS rev,
         argMin(l.prev_hash, l.rev) AS before, argMax(l.hash, l.rev) AS now, argMin(l.kind, l.rev) AS first_kind
       ${shown ? ', argMin(l.prev_rev, l.rev) AS before_rev' : ''}
       ${shown || baseline === false ? ', argMin(l.baseline, l.rev) AS baseline' : ''} ${fixed.join('')} ${last.join('')}
     FROM (SELECT * FROM resource_log WHERE ${filter.identity.sql} AND rev <= {committed:UInt64}
       AND at > ${instantSql('from')} AND at <= ${instantSql('to')}) AS l
     GROUP BY own
     HAVING before != now AND ${filter.state.sql} AND ${who.sql} ${baseline === false ? 'AND NOT baseline' : ''}`,
    params: { ...filter.identity.params, ...filter.state.params, ...who.params, committed, from, to },
  };
}

export async function readDifference(
  store: Store,
  page: DifferencePage,
): Promise<{ changes: Change[]; next?: string }> {
  const { limit = DEFAULT_LIMIT, after } = page;
  const start = startOf(after);
  if (limit === 0) return { changes: [] };
  const net = netRows(page, true);
  const rows = await store.rows<NetRow>(`${net.sql} AND ${start.sql} ORDER BY newest DESC, rid LIMIT {limit:UInt32}`, {
    ...net.params,
    ...start.params,
    limit: limit + 1,
  });
  const shown = await named(store, rows.slice(0, limit));
  const bodies = await bothEnds(store, shown);
  const changes = shown.map((row) => toChange(row, bodies));
  const last = rows.length > limit ? shown.at(-1) : undefined;
  return last ? { changes, next: writeCursor([last.rev, last.rid]) } : { changes };
}

/** What the page's entries are called, and when the last of each was: only of those that are shown. */
async function named(store: Store, rows: readonly NetRow[]): Promise<Row[]> {
  if (rows.length === 0) return [];
  const found = await store.rows<Pick<Row, 'rid' | 'rev' | 'id' | 'name' | 'at'>>(
    `SELECT rid, rev, id, name, at FROM resource_log
     WHERE account IN {accounts:Array(String)} AND type IN {types:Array(String)}
       AND (rid, rev) IN (SELECT arrayJoin(arrayZip({rids:Array(UInt64)}, {revs:Array(UInt64)})))`,
    {
      accounts: [...new Set(rows.map(({ account }) => account))],
      types: [...new Set(rows.map(({ type }) => type))],
      rids: rows.map(({ rid }) => BigInt(rid)),
      revs: rows.map(({ rev }) => BigInt(rev)),
    },
  );
  const names = new Map(found.map(({ rid, rev, id, name, at }) => [`${rid} ${rev}`, { id, name, at }]));
  return rows.flatMap((row) => {
    const name = names.get(`${row.rid} ${row.rev}`);
    return name ? [{ ...row, ...name }] : [];
  });
}

const kindSql = `multiIf(now = 0, 'disappeared', before != 0, 'modified', first_kind = 'reappeared', 'reappeared', 'appeared')`;
const MOST_GROUPS = 1000;
/** What a count needs no more of a row for than tells whether it differs. */
const plain: readonly ChangeDimension[] = ['kind', 'type', ...ofActors];

/** The whole difference, counted; who is behind it is whoever made the last change to it. */
export async function countDifference(
  store: Store,
  page: DifferencePage,
  by: readonly ChangeDimension[],
): Promise<Group[]> {
  const filtered = page.actors !== undefined || page.actor_kinds !== undefined;
  const net = netRows(page, filtered || !by.every((name) => plain.includes(name)));
  const window = `at > ${instantSql('from')} AND at <= ${instantSql('to')}`;
  const kinds = `SELECT *, ${kindSql} AS kind FROM (${net.sql})`;
  const source = by.some((name) => ofActors.includes(name)) ? withActors(kinds, by, window) : kinds;
  // Words are put together for each group, not for each row.
  const columns = by.join(', ');
  const rows = await store.rows<{ key: string; n: string }>(
    `SELECT ${keySql(by)} AS key, n FROM (SELECT ${columns}, count() AS n FROM (${source}) GROUP BY ${columns})
     ORDER BY n DESC, key LIMIT {most:UInt32}`,
    { ...net.params, most: MOST_GROUPS },
  );
  return groupsOf(rows, by);
}

function startOf(after: string | undefined) {
  if (after === undefined) return where([]);
  const [rev, rid] = readCursor(after, 2);
  return where(['(newest < {last_rev:UInt64} OR (newest = {last_rev:UInt64} AND rid > {last_rid:UInt64}))'], {
    last_rev: rev,
    last_rid: rid,
  });
}

function kindOf({ before, now, first_kind }: Row): ChangeKind {
  if (now === '0') return 'disappeared';
  if (before !== '0') return 'modified';
  return first_kind === 'reappeared' ? 'reappeared' : 'appeared';
}

function toChange(row: Row, bodies: ReadonlyMap<string, Body>): Change {
  const { account, region, type, id, name, at, rev, baseline } = row;
  const kind = kindOf(row);
  const fields = kind === 'modified' ? fieldsOf(row, bodies) : [];
  return {
    id,
    account,
    region,
    type,
    name,
    kind,
    at,
    revision: rev,
    baseline,
    severity: severityOf(kind, type, fields),
    fields,
  };
}

function fieldsOf({ rid, before_rev, rev }: Row, bodies: ReadonlyMap<string, Body>): FieldChange[] {
  return diffResources(bodies.get(`${rid} ${before_rev}`) ?? {}, bodies.get(`${rid} ${rev}`) ?? {});
}

/** The earlier one may be folded into the base already. */
function bothEnds(store: Store, rows: readonly Row[]): Promise<Map<string, Body>> {
  const modified = rows.filter((row) => kindOf(row) === 'modified');
  return readBodies(
    store,
    modified.flatMap((row) => [row, { ...row, rev: row.before_rev }]),
  );
}
