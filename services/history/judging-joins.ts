/** What is joined to the resources of a judging page: one question each for the whole page. */
import type { Store } from '../../lib/clickhouse/store.ts';
import type { Unit } from '../../lib/resource.ts';
import type { Judged } from './judging.ts';
import { linesOf } from './lines.ts';

/** Earlier versions that a policy is shown of one resource, the newest ones. */
export const MAX_HISTORY = 50;

export interface Earlier {
  /** JSON documents, newest first. */
  readonly bodies: string[];
  /** Entries of the log, the baseline not counted. */
  readonly changes: number;
}

const ofUnit =
  'account = {account:String} AND type = {type:String} AND region = {region:String} AND rid BETWEEN {first:UInt64} AND {last:UInt64}';

function rangeOf(unit: Unit, rows: readonly Judged[]) {
  return { ...unit, first: rows[0]?.rid ?? '0', last: rows.at(-1)?.rid ?? '0' };
}

/** By rid. Most resources have one version only: whose bodies are worth reading is asked first. */
export async function earlierVersions(
  store: Store,
  unit: Unit,
  rows: readonly Judged[],
): Promise<Map<string, Earlier>> {
  const range = rangeOf(unit, rows);
  const counted = await store.lines(
    `SELECT rid, countIf(logged AND NOT first) , count() FROM (
       SELECT rid, true AS logged, baseline AS first FROM resource_log WHERE ${ofUnit}
       UNION ALL SELECT rid, false AS logged, false AS first FROM resource_base FINAL WHERE ${ofUnit}
     ) GROUP BY rid HAVING count() > 1 OR countIf(logged AND NOT first) > 0`,
    range,
  );
  const wanted = new Set(rows.map(({ rid }) => rid));
  const found = new Map<string, Earlier>();
  const several: string[] = [];
  for (const line of linesOf(counted)) {
    const [rid = '', changes, versions] = line.split('\t');
    if (!wanted.has(rid)) continue;
    found.set(rid, { bodies: [], changes: Number(changes) });
    if (Number(versions) > 1) several.push(rid);
  }
  if (several.length > 0) await readBodies(store, { range, several, rows, found });
  return found;
}

interface Reading {
  readonly range: ReturnType<typeof rangeOf>;
  readonly several: readonly string[];
  readonly rows: readonly Judged[];
  readonly found: ReadonlyMap<string, Earlier>;
}

async function readBodies(store: Store, { range, several, rows, found }: Reading): Promise<void> {
  const current = new Map(rows.map(({ rid, rev }) => [rid, rev]));
  const text = await store.lines(
    `SELECT rid, rev, body FROM (
       SELECT rid, rev, body FROM resource_log WHERE ${ofUnit} AND rid IN {rids:Array(UInt64)} AND kind != 'disappeared'
       UNION ALL SELECT rid, rev, body FROM resource_base FINAL WHERE ${ofUnit} AND rid IN {rids:Array(UInt64)} AND live
     ) ORDER BY rid, rev DESC LIMIT {most:UInt32} BY rid`,
    { ...range, rids: several.map(BigInt), most: MAX_HISTORY + 1 },
  );
  let previous = '';
  for (const line of linesOf(text)) {
    const [rid = '', rev = '', body = ''] = line.split('\t');
    const bodies = found.get(rid)?.bodies;
    // While the log is folded, a version may stand in both tables.
    const twice = previous === `${rid} ${rev}`;
    previous = `${rid} ${rev}`;
    if (bodies && !twice && rev !== current.get(rid) && bodies.length < MAX_HISTORY) bodies.push(body);
  }
}

/** Current versions of what the page refers to, by rid, as `"id":document`. */
export async function relatedTo(
  store: Store,
  types: readonly string[],
  rows: readonly Judged[],
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
export async function lastResults(store: Store, unit: Unit, rows: readonly Judged[]): Promise<Map<string, string>> {
  const text = await store.lines(
    `SELECT rid, arrayStringConcat(groupArray(concat(toJSONString(toString(policy_name)), ':', toJSONString(hash))), ',')
     FROM evaluations FINAL WHERE ${ofUnit} AND NOT cleared GROUP BY rid`,
    rangeOf(unit, rows),
  );
  return new Map(
    linesOf(text).map((line) => {
      const tab = line.indexOf('\t');
      return [line.slice(0, tab), line.slice(tab + 1)];
    }),
  );
}
