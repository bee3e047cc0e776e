/** What is joined to the resources of a judging page: one question each for the whole page. */
import type { Store } from '../../lib/clickhouse/store.ts';
import type { Where } from './filter.ts';
import type { JudgingRowSource } from './judging-rows.ts';
import { linesOf } from './lines.ts';

/** Earlier versions that a policy is shown of one resource, the newest ones. */
const MAX_HISTORY = 50;

export interface Earlier {
  /** JSON documents, newest first. */
  readonly bodies: string[];
  /** Entries of the log, the baseline not counted. */
  readonly changes: number;
}

/** By rid, of the life that the resource lives now. Most resources have one version only: whose bodies are worth reading is asked first. */
export async function earlierVersions(
  store: Store,
  scope: Where,
  rows: readonly JudgingRowSource[],
): Promise<Map<string, Earlier>> {
  const counted = await store.lines(
    `SELECT rid, toUnixTimestamp64Milli(first_seen) AS life, countIf(logged AND NOT first), count() FROM (
       SELECT rid, first_seen, true AS logged, baseline AS first FROM resource_log WHERE ${scope.sql}
       UNION ALL SELECT rid, first_seen, false AS logged, false AS first FROM resource_base FINAL WHERE ${scope.sql}
     ) GROUP BY rid, life HAVING count() > 1 OR countIf(logged AND NOT first) > 0`,
    scope.params,
  );
  const lives = new Map(rows.map(({ rid, firstSeen }) => [rid, firstSeen]));
  const found = new Map<string, Earlier>();
  const several: string[] = [];
  for (const line of linesOf(counted)) {
    const [rid = '', life, changes, versions] = line.split('\t');
    if (lives.get(rid) !== Number(life)) continue;
    found.set(rid, { bodies: [], changes: Number(changes) });
    if (Number(versions) > 1) several.push(rid);
  }
  if (several.length > 0) await readBodies(store, { scope, several, rows, found });
  return found;
}

interface Reading {
  readonly scope: Where;
  readonly several: readonly string[];
  readonly rows: readonly JudgingRowSource[];
  readonly found: ReadonlyMap<string, Earlier>;
}

async function readBodies(store: Store, { scope, several, rows, found }: Reading): Promise<void> {
  const current = new Map(rows.map((row) => [row.rid, row]));
  const text = await store.lines(
    `SELECT rid, rev, toUnixTimestamp64Milli(first_seen), body FROM (
       SELECT rid, rev, first_seen, body FROM resource_log WHERE ${scope.sql} AND rid IN {several:Array(UInt64)} AND kind != 'disappeared'
       UNION ALL SELECT rid, rev, first_seen, body FROM resource_base FINAL WHERE ${scope.sql} AND rid IN {several:Array(UInt64)} AND live
     ) ORDER BY rid, rev DESC LIMIT {most:UInt32} BY rid`,
    { ...scope.params, several: several.map(BigInt), most: MAX_HISTORY + 1 },
  );
  let previous = '';
  for (const line of linesOf(text)) {
    const [rid = '', rev = '', life, body = ''] = line.split('\t');
    const row = current.get(rid);
    const bodies = found.get(rid)?.bodies;
    // While the log is folded, a version may stand in both tables.
    const twice = previous === `${rid} ${rev}`;
    previous = `${rid} ${rev}`;
    if (bodies && !twice && isEarlier(row, rev, Number(life)) && bodies.length < MAX_HISTORY) bodies.push(body);
  }
}

/** Of the same life: a name that was made again has nothing to do with what had it before. */
function isEarlier(row: JudgingRowSource | undefined, rev: string, life: number): boolean {
  return row !== undefined && row.rev !== rev && row.firstSeen === life;
}

/** Current versions of what the page refers to, by rid, as `"id":document`. */
export async function relatedTo(
  store: Store,
  types: readonly string[],
  rows: readonly JudgingRowSource[],
): Promise<Map<string, string>> {
  const refs = [...new Set(rows.flatMap((row) => row.refs))];
  if (types.length === 0 || refs.length === 0) return new Map();
  const text = await store.lines(
    `SELECT rid, toJSONString(id), body FROM resource_current FINAL
     WHERE live AND type IN {types:Array(String)} AND rid IN {refs:Array(UInt64)}`,
    { types, refs: refs.map(BigInt) },
  );
  return new Map(
    linesOf(text).map((line) => {
      const [rid = '', id, body] = line.split('\t');
      return [rid, `${id}:${body}`];
    }),
  );
}

/** Stored hash of each policy's newest result, by rid, as the inside of a JSON object. */
export async function lastResults(store: Store, scope: Where): Promise<Map<string, string>> {
  const text = await store.lines(
    `SELECT rid, arrayStringConcat(groupArray(concat(toJSONString(toString(policy_name)), ':', toJSONString(hash))), ',')
     FROM evaluations FINAL WHERE ${scope.sql} AND NOT cleared GROUP BY rid`,
    scope.params,
  );
  return new Map(
    linesOf(text).map((line) => {
      const tab = line.indexOf('\t');
      return [line.slice(0, tab), line.slice(tab + 1)];
    }),
  );
}
