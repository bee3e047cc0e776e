/** The log of changes, newest first. */
import type { Store } from '../../lib/clickhouse/store.ts';
import type { Change } from '../../lib/resource.ts';
import { type ActorFilter, actorWhere } from './actors.ts';
import { type Body, readBodies } from './bodies.ts';
import { DEFAULT_LIMIT, readCursor, writeCursor } from './cursor.ts';
import { diffResources } from './diff.ts';
import { both, type SplitFilter, where } from './filter.ts';
import { severityOf } from './severity.ts';

export interface ChangesPage extends ActorFilter {
  readonly filter: SplitFilter;
  /** Milliseconds; `since` is left out, `until` counts. */
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  readonly sinceRevision?: string | undefined;
  /** With the first scan of each unit. */
  readonly baseline?: boolean | undefined;
  readonly after?: string | undefined;
  readonly limit?: number | undefined;
  /** The newest whole revision. */
  readonly committed: number;
}
export interface ChangeRow extends Omit<Change, 'revision' | 'fields' | 'severity'> {
  readonly rid: string;
  readonly rev: string;
  readonly prev_rev: string;
}

export const changeColumns = 'account, region, type, id, rid, name, kind, at, rev, prev_rev, baseline';

export async function readChanges(store: Store, page: ChangesPage): Promise<{ changes: Change[]; next?: string }> {
  const { limit = DEFAULT_LIMIT, after } = page;
  const { sql, params } = both(
    page.filter.identity,
    page.filter.state,
    window(page),
    actorWhere(page),
    ...(after === undefined ? [] : [before(after)]),
  );
  const rows = await store.rows<ChangeRow>(
    `SELECT ${changeColumns} FROM resource_log WHERE ${sql} ORDER BY rev DESC, rid LIMIT {limit:UInt32}`,
    { ...params, limit: limit + 1 },
  );
  const shown = rows.slice(0, limit);
  const last = rows.length > limit ? shown.at(-1) : undefined;
  const changes = await toChanges(store, shown);
  return last ? { changes, next: writeCursor([last.rev, last.rid]) } : { changes };
}

/** Rows of the log as changes: what was modified is found by comparing the version with the one before it. */
export async function toChanges(store: Store, rows: readonly ChangeRow[]): Promise<Change[]> {
  const modified = rows.filter(({ kind }) => kind === 'modified');
  const bodies = await readBodies(
    store,
    modified.flatMap((row) => [row, { ...row, rev: row.prev_rev }]),
  );
  return changesOf(rows, bodies);
}

/** As toChanges, where the bodies are at hand: by `rid rev`. Pure. */
export function changesOf(rows: readonly ChangeRow[], bodies: ReadonlyMap<string, Body>): Change[] {
  return rows.map((row) => {
    const { id, account, region, type, name, kind, at, rev, baseline } = row;
    const [before, after] = [bodies.get(`${row.rid} ${row.prev_rev}`), bodies.get(`${row.rid} ${rev}`)];
    const fields = kind === 'modified' && before && after ? diffResources(before, after) : [];
    const severity = severityOf(kind, type, fields);
    return { id, account, region, type, name, kind, at, revision: rev, baseline, severity, fields };
  });
}

function window({ since, until, sinceRevision, baseline, committed }: ChangesPage) {
  const conditions = ['rev <= {committed:UInt64}'];
  const params: Record<string, unknown> = { committed };
  if (since !== undefined) {
    conditions.push("at > fromUnixTimestamp64Milli({since:Int64}, 'UTC')");
    params.since = since;
  }
  if (until !== undefined) {
    conditions.push("at <= fromUnixTimestamp64Milli({until:Int64}, 'UTC')");
    params.until = until;
  }
  if (sinceRevision !== undefined) {
    conditions.push('rev > {since_revision:UInt64}');
    params.since_revision = sinceRevision;
  }
  if (!baseline) conditions.push('NOT baseline');
  return where(conditions, params);
}

function before(after: string) {
  const [rev, rid] = readCursor(after, 2);
  return where(['(rev < {last_rev:UInt64} OR (rev = {last_rev:UInt64} AND rid > {last_rid:UInt64}))'], {
    last_rev: rev,
    last_rid: rid,
  });
}
