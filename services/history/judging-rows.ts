/** The resources that are to be judged, with what their own rows say of them. */
import type { Store } from '../../lib/clickhouse/store.ts';
import type { Unit } from '../../lib/resource.ts';
import { both, type Where, where } from './filter.ts';
import { linesOf } from './lines.ts';

/** Instants in milliseconds; `body` is JSON text. */
export interface JudgingRowSource extends Unit {
  readonly rid: string;
  readonly rev: string;
  readonly at: number;
  readonly firstSeen: number;
  readonly stateSince: number;
  /** Hashes of the ids that it refers to. */
  readonly refs: readonly string[];
  readonly body: string;
}

const columns = `account, region, type, rid, rev, toUnixTimestamp64Milli(at), toUnixTimestamp64Milli(first_seen),
  toUnixTimestamp64Milli(state_since), arrayStringConcat(refs, ','), body`;

/** Of one unit after a rid; with `since` only what changed then, or refers to what did, or was explained. */
export function unitRows(
  store: Store,
  { unit, since, after }: { readonly unit: Unit; readonly since?: string | undefined; readonly after: string },
  limit: number,
): Promise<JudgingRowSource[]> {
  const own = where(['type = {type:String} AND account = {account:String} AND region = {region:String}'], { ...unit });
  const rest = after === '' ? where([]) : where(['rid > {rid:UInt64}'], { rid: after });
  const changed = since === undefined ? where([]) : where([sinceSql], { since });
  return readRows(store, both(own, rest, changed), limit);
}

const sinceSql = `(rev > {since:UInt64} OR rid IN (
    SELECT rid FROM resource_current ARRAY JOIN refs AS ref
    WHERE type = {type:String} AND account = {account:String} AND region = {region:String}
      AND ref IN (SELECT rid FROM resource_log WHERE rev > {since:UInt64}))
  OR rid IN (SELECT rid FROM attributions WHERE rev > {since:UInt64} AND actor != ''))`;

/** Of this unit and of those of its type that follow it in the table. */
export function followingRows(store: Store, unit: Unit, limit: number): Promise<JudgingRowSource[]> {
  const from =
    'type = {type:String} AND account >= {account:String} AND (account, region) >= ({account:String}, {region:String})';
  return readRows(store, where([from], { ...unit }), limit);
}

/** Read as text and split here: the documents are only passed on. */
async function readRows(store: Store, { sql, params }: Where, limit: number): Promise<JudgingRowSource[]> {
  const text = await store.lines(
    `SELECT ${columns} FROM resource_current FINAL WHERE live AND ${sql} ORDER BY type, account, region, rid LIMIT {limit:UInt32}`,
    { ...params, limit },
  );
  return linesOf(text).map((line) => {
    const [account = '', region = '', type = '', rid = '', rev = '', ...rest] = line.split('\t');
    const [at, first, since, refs = '', body = ''] = rest;
    const instants = { at: Number(at), firstSeen: Number(first), stateSince: Number(since) };
    return { account, region, type, rid, rev, ...instants, refs: refs === '' ? [] : refs.split(','), body };
  });
}

/** As few as these are named one by one. */
const FEW = 100;

/** What picks the rows' entries from the tables that are ordered by unit: log, base, evaluations, attributions. */
export function scopeOf(rows: readonly JudgingRowSource[]): Where {
  const units = [...new Map(rows.map((row) => [`${row.account}/${row.region}/${row.type}`, row])).values()];
  const [first] = units;
  if (units.length !== 1 || !first) return ofUnits(units);
  const { account, region, type } = first;
  const own = 'account = {account:String} AND type = {type:String} AND region = {region:String}';
  if (rows.length <= FEW) {
    const rids = rows.map(({ rid }) => BigInt(rid));
    return where([own, 'rid IN {rids:Array(UInt64)}'], { account, region, type, rids });
  }
  const range = { first: rows[0]?.rid ?? first.rid, last: rows.at(-1)?.rid ?? first.rid };
  return where([own, 'rid BETWEEN {first:UInt64} AND {last:UInt64}'], { account, region, type, ...range });
}

function ofUnits(units: readonly Unit[]): Where {
  const list = 'SELECT arrayJoin(arrayZip({accounts:Array(String)}, {types:Array(String)}, {regions:Array(String)}))';
  return where([`(account, type, region) IN (${list})`], {
    accounts: units.map(({ account }) => account),
    types: units.map(({ type }) => type),
    regions: units.map(({ region }) => region),
  });
}
