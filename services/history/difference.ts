/** The net difference of two instants: what came, went and changed between them, however often in the meantime. */
import type { Store } from '../../lib/clickhouse/store.ts';
import type { Change, ChangeKind, FieldChange } from '../../lib/resource.ts';
import { type Body, readBodies } from './bodies.ts';
import { DEFAULT_LIMIT, readCursor, writeCursor } from './cursor.ts';
import { diffResources } from './diff.ts';
import { type SplitFilter, where } from './filter.ts';
import { severityOf } from './severity.ts';

export interface DifferencePage {
  readonly filter: SplitFilter;
  /** Milliseconds; changes after `from` up to and with `to`. */
  readonly from: number;
  readonly to: number;
  readonly committed: number;
  readonly after?: string | undefined;
  readonly limit?: number | undefined;
}
interface Row {
  readonly account: string;
  readonly region: string;
  readonly type: string;
  readonly rid: string;
  readonly id: string;
  readonly name: string;
  readonly before: string;
  readonly now: string;
  readonly before_rev: string;
  readonly rev: string;
  readonly at: string;
  readonly first_kind: ChangeKind;
  readonly baseline: boolean;
}

/** Touches the window only: each entry of the log says what was before it. */
export async function readDifference(
  store: Store,
  page: DifferencePage,
): Promise<{ changes: Change[]; next?: string }> {
  const { limit = DEFAULT_LIMIT, filter, from, to, committed, after } = page;
  const start = startOf(after);
  const rows = await store.rows<Row>(
    `SELECT account, region, type, rid, any(l.id) AS id, argMax(l.name, l.rev) AS name, argMin(l.prev_hash, l.rev) AS before,
       argMax(l.hash, l.rev) AS now, argMin(l.prev_rev, l.rev) AS before_rev, max(l.rev) AS newest, newest AS rev, max(l.at) AS at,
       argMin(l.kind, l.rev) AS first_kind, argMin(l.baseline, l.rev) AS baseline
       ${filter.state.sql === '1' ? '' : ', argMax(l.status, l.rev) AS status, argMax(l.tags, l.rev) AS tags'}
     FROM resource_log AS l
     WHERE ${filter.identity.sql} AND l.rev <= {committed:UInt64}
       AND l.at > fromUnixTimestamp64Milli({from:Int64}, 'UTC') AND l.at <= fromUnixTimestamp64Milli({to:Int64}, 'UTC')
     GROUP BY account, type, region, rid
     HAVING before != now AND ${filter.state.sql} AND ${start.sql}
     ORDER BY newest DESC, rid LIMIT {limit:UInt32}`,
    { ...filter.identity.params, ...filter.state.params, ...start.params, committed, from, to, limit: limit + 1 },
  );
  const shown = rows.slice(0, limit);
  const bodies = await bothEnds(store, shown);
  const changes = shown.map((row) => toChange(row, bodies));
  const last = rows.length > limit ? shown.at(-1) : undefined;
  return last ? { changes, next: writeCursor([last.rev, last.rid]) } : { changes };
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
