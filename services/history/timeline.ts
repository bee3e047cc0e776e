/** One resource: its versions, changes, evaluations and what was done to it, newest first. */
import type { Store } from '../../lib/clickhouse/store.ts';
import { elavaError } from '../../lib/errors.ts';
import type { Change, Resource } from '../../lib/resource.ts';
import { type ChangeRow, changeColumns, toChanges } from './changes.ts';
import { type Deed, readDeeds } from './deeds.ts';
import { evaluationShown, toEvaluation } from './evaluations.ts';
import type { Evaluation } from './history.contract.ts';
import { type Life, livesOf } from './lives.ts';

export interface Timeline {
  readonly id: string;
  readonly account: string;
  readonly region: string;
  readonly type: string;
  readonly live: boolean;
  readonly lives: Life[];
  readonly versions: { at: string; revision: string; resource: Resource }[];
  readonly changes: Change[];
  readonly evaluations: Evaluation[];
  readonly actions: Deed[];
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

/** Errors: NOT_FOUND; INVALID_REQUEST when a part of an id is in several, with some of them in the message. */
export async function readTimeline(store: Store, part: string, limit = DEFAULT_ENTRIES): Promise<Timeline> {
  const found = await resolveId(store, part);
  const { account, region, type, id, live } = found;
  const params = { account, region, type, id, limit };
  const own =
    'account = {account:String} AND region = {region:String} AND type = {type:String} AND rid = cityHash64({id:String})';
  const [versions, changes, evaluations, actions] = await Promise.all([
    store.rows<{ instant: string; rev: string; first: string; body: string }>(
      `SELECT at AS instant, rev, first_seen AS first, body FROM (
         SELECT at, rev, first_seen, body FROM resource_log WHERE ${own} AND kind != 'disappeared'
         UNION ALL SELECT at, rev, first_seen, body FROM resource_base FINAL WHERE ${own} AND live
       ) ORDER BY rev DESC LIMIT 1 BY rev LIMIT {limit:UInt32}`,
      params,
    ),
    store.rows<ChangeRow>(
      `SELECT ${changeColumns} FROM resource_log WHERE ${own} ORDER BY rev DESC LIMIT {limit:UInt32}`,
      params,
    ),
    store.rows<Parameters<typeof toEvaluation>[0]>(
      `SELECT ${evaluationShown}, rid FROM evaluation_log WHERE ${own} AND NOT cleared
       ORDER BY rev DESC, policy_name LIMIT {limit:UInt32}`,
      params,
    ),
    readDeeds(store, id, limit),
  ]);
  const seen = versions.map(({ body, ...version }) => ({ ...version, resource: JSON.parse(body) as Resource }));
  return {
    ...found,
    live,
    lives: livesOf(
      seen.map(({ first, resource }) => ({ first_seen: first, resource })),
      changes,
    ),
    versions: seen.map(({ instant, rev, resource }) => ({ at: instant, revision: rev, resource })),
    changes: await toChanges(store, changes),
    evaluations: evaluations.map(toEvaluation),
    actions,
  };
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
