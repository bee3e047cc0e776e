/** One resource: its versions, changes, evaluations and what was done to it, newest first. */
import type { Params, Store } from '../../lib/clickhouse/store.ts';
import { elavaError } from '../../lib/errors.ts';
import type { Change, Resource } from '../../lib/resource.ts';
import { answersOf, attributed } from './answers.ts';
import { type ChangeRow, changeColumns, changesOf } from './changes.ts';
import { coverageSummary } from './coverage-summary.ts';
import { type Deed, readDeeds } from './deeds.ts';
import { evaluationShown, toEvaluation } from './evaluations.ts';
import type { CoverageSummary, Evaluation } from './history.contract.ts';
import { type Life, livesOf } from './lives.ts';

export interface Timeline {
  readonly id: string;
  readonly live: boolean;
  readonly lives: Life[];
  readonly versions: { at: string; revision: string; resource: Resource }[];
  readonly changes: Change[];
  readonly evaluations: Evaluation[];
  readonly actions: Deed[];
  readonly coverage: CoverageSummary;
}
export interface Found {
  readonly account: string;
  readonly region: string;
  readonly type: string;
  readonly id: string;
  readonly live: boolean;
}

const MOST_NAMED = 5;
const DEFAULT_ENTRIES = 100;

/**
 * What is asked first is where it is; all the rest is asked at once. Errors: NOT_FOUND; INVALID_REQUEST when a part of an id
 * is in several, with some of them in the message.
 */
export async function readTimeline(store: Store, part: string, limit = DEFAULT_ENTRIES): Promise<Timeline> {
  const found = await resolveId(store, part);
  const { account, region, type, id, live } = found;
  const params = { account, region, type, id, limit, entries: 2 * limit + 1 };
  const [rows, evaluations, actions, answers, coverage] = await Promise.all([
    readEntries(store, params),
    store.rows<Parameters<typeof toEvaluation>[0]>(
      `SELECT ${evaluationShown}, rid FROM evaluation_log WHERE ${own} AND NOT cleared
       ORDER BY rev DESC, policy_name LIMIT {limit:UInt32}`,
      params,
    ),
    readDeeds(store, id, limit),
    answersOf(store, { sql: own, params: { account, region, type, id } }),
    coverageSummary(store, { accounts: [account], regions: [region], types: [type] }),
  ]);
  const versions = rows
    .filter(({ body }) => body !== '')
    .map(({ body, ...row }) => ({ ...row, resource: JSON.parse(body) as Resource }));
  const bodies = new Map(versions.map(({ rid, rev, resource }) => [`${rid} ${rev}`, resource]));
  const changes = changesOf(rows.filter(isLogged).slice(0, limit), bodies);
  const seen = versions.slice(0, limit);
  return {
    id,
    live,
    lives: livesOf(seen, changes),
    versions: seen.map(({ at, rev, resource }) => ({ at, revision: rev, resource })),
    changes: attributed(changes, answers),
    evaluations: evaluations.map(toEvaluation),
    actions,
    coverage,
  };
}

const own =
  'account = {account:String} AND region = {region:String} AND type = {type:String} AND rid = cityHash64({id:String})';

/** Stands for the kind of a version of which only the base knows. */
const FOLDED = 'folded';

type Entry = Omit<ChangeRow, 'kind'> & {
  readonly kind: ChangeRow['kind'] | typeof FOLDED;
  readonly first_seen: string;
  readonly body: string;
};

/**
 * Rows of the log and what the base has of it, newest first; `body` is "" where it disappeared. Twice as many as are shown:
 * of two that follow each other at most one is a disappearance, and what changed needs the version before.
 */
function readEntries(store: Store, params: Params): Promise<Entry[]> {
  const both = 'account, region, type, id, rid, name, at, rev, first_seen';
  return store.rows<Entry>(
    `SELECT ${changeColumns}, first_seen, body FROM (
       SELECT ${both}, toString(kind) AS kind, prev_rev, baseline, if(kind = 'disappeared', '', body) AS body
       FROM resource_log WHERE ${own}
       UNION ALL SELECT ${both}, '${FOLDED}' AS kind, 0 AS prev_rev, false AS baseline, body
       FROM resource_base FINAL WHERE ${own} AND live
     ) ORDER BY rev DESC, kind = '${FOLDED}' LIMIT 1 BY rev LIMIT {entries:UInt32}`,
    params,
  );
}

function isLogged(entry: Entry): entry is Entry & ChangeRow {
  return entry.kind !== FOLDED;
}

/** Errors: NOT_FOUND, INVALID_REQUEST as readTimeline. */
export async function resolveId(store: Store, part: string): Promise<Found> {
  const columns = 'account, region, type, id, live';
  const exact = await store.rows<Found>(
    `SELECT ${columns} FROM resource_current FINAL WHERE rid = cityHash64({part:String}) AND id = {part:String} LIMIT 1`,
    { part },
  );
  if (exact[0]) return exact[0];
  const some = await store.rows<Found>(
    `SELECT ${columns} FROM resource_current FINAL WHERE position(id, {part:String}) > 0
     ORDER BY live DESC, id LIMIT {most:UInt32}`,
    { part, most: MOST_NAMED + 1 },
  );
  if (some.length === 0) throw elavaError('NOT_FOUND', `no resource has ${JSON.stringify(part)} in its id`);
  // One that lives and others that are long gone: the one that lives is meant.
  const live = some.filter((row) => row.live);
  const [only, ...others] = live.length > 0 ? live : some;
  if (only && others.length === 0) return only;
  const named = some.slice(0, MOST_NAMED).map(({ id }) => id);
  const more = some.length > MOST_NAMED ? ' and more' : '';
  throw elavaError('INVALID_REQUEST', `${JSON.stringify(part)} is part of several ids: ${named.join(', ')}${more}`, {
    data: named,
  });
}
