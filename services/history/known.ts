/** What the store knows of the resources and units that a commit is about: one question for the whole commit. */
import type { Store } from '../../lib/clickhouse/store.ts';
import type { ObservationState, Unit } from '../../lib/resource.ts';
import { hashSql } from './content-hash.ts';
import { linesOf } from './lines.ts';

/** Newest version of a resource, gone ones as well. Instants in milliseconds, numbers of 64 bits as decimal text. */
export interface KnownVersion {
  readonly rev: string;
  readonly at: number;
  readonly hash: string;
  readonly status: string;
  readonly state_since: number;
  readonly first_seen: number;
  readonly live: boolean;
}

/** What a tombstone keeps of a resource. */
export interface KnownResource extends KnownVersion {
  readonly id: string;
  readonly rid: string;
  readonly name: string;
  readonly tags: Record<string, string>;
}

/** Newest observation of a unit. `last_complete` is 0 when there was none. */
export interface UnitState {
  readonly last_complete: number;
  readonly held: readonly string[];
  readonly held_by: string;
  readonly held_seen: number;
}
export const NEVER: UnitState = { last_complete: 0, held: [], held_by: '', held_seen: 0 };

/** A stored observation with the counts of what its scan wrote so far. */
export interface StoredObservation {
  readonly account: string;
  readonly region: string;
  readonly type: string;
  readonly scan: string;
  readonly started: number;
  readonly finished: number;
  readonly state: ObservationState;
  readonly error: string;
  readonly detail: string;
  readonly count: number;
  readonly changed: number;
  readonly gone: number;
  readonly held: number;
  readonly baseline: boolean;
}

/** Of these units; with `unitParams`. */
export const inUnits =
  '(account, region, type) IN (SELECT arrayJoin(arrayZip({accounts:Array(String)}, {regions:Array(String)}, {types:Array(String)})))';

export function unitParams(units: readonly Unit[]) {
  return {
    accounts: units.map((u) => u.account),
    regions: units.map((u) => u.region),
    types: units.map((u) => u.type),
  };
}

export type ById<T> = ReadonlyMap<string, T>;

/** Key of a resource within several units. */
export function resourceKey({ account, region, type }: Unit, id: string): string {
  return `${account}/${region}/${type}/${id}`;
}

/**
 * Ids of one unit begin alike: sent as beginnings and ends they are a third as long, and reading long lists is what such a
 * question costs most.
 */
const ridsSql = `SELECT cityHash64(concat(beginning, arrayJoin(ends))) FROM (
    SELECT arrayJoin(arrayZip({beginnings:Array(String)}, {ends:Array(Array(String))})) AS pair, pair.1 AS beginning, pair.2 AS ends)`;

const BLOCK = 200;

function ridParams(ids: readonly string[]) {
  const blocks = Array.from({ length: Math.ceil(ids.length / BLOCK) }, (_, i) => ids.slice(i * BLOCK, (i + 1) * BLOCK));
  const beginnings = blocks.map(commonBeginning);
  return { beginnings, ends: blocks.map((block, i) => block.map((id) => id.slice(beginnings[i]?.length ?? 0))) };
}

function commonBeginning(ids: readonly string[]): string {
  let length = ids[0]?.length ?? 0;
  for (const id of ids) while (!id.startsWith((ids[0] ?? '').slice(0, length))) length -= 1;
  return (ids[0] ?? '').slice(0, length);
}

const picked = `FROM resource_current FINAL
  WHERE ${inUnits} AND rid IN (${ridsSql})`;
const instants = 'toUnixTimestamp64Milli(at), toUnixTimestamp64Milli(state_since), toUnixTimestamp64Milli(first_seen)';

/** By resourceKey. Read as text: a scan of a large change asks for thousands. */
export async function knownVersions(
  store: Store,
  units: readonly Unit[],
  ids: readonly string[],
): Promise<ById<KnownVersion>> {
  if (ids.length === 0) return new Map();
  const text = await store.lines(
    `SELECT account, region, type, toJSONString(id), rev, ${hashSql('hash')}, toJSONString(toString(status)), live, ${instants} ${picked}`,
    { ...unitParams(units), ...ridParams(ids) },
  );
  return new Map(linesOf(text).map(versionOf));
}

function versionOf(line: string): [string, KnownVersion] {
  const [account = '', region = '', type = '', id = '', rev = '', hash = '', status = '', ...rest] = line.split('\t');
  const [live, at, since, first] = rest;
  return [
    resourceKey({ account, region, type }, fromJson(id)),
    {
      rev,
      hash,
      status: fromJson(status),
      live: live === 'true',
      at: Number(at),
      state_since: Number(since),
      first_seen: Number(first),
    },
  ];
}

/** A JSON string; few of them hold anything that must be unescaped. */
function fromJson(text: string): string {
  return text.includes('\\') ? (JSON.parse(text) as string) : text.slice(1, -1);
}

type Instants = Record<'at_ms' | 'since_ms' | 'first_ms', string>;

/** By resourceKey. */
export async function knownResources(
  store: Store,
  units: readonly Unit[],
  ids: readonly string[],
): Promise<ById<KnownResource>> {
  if (ids.length === 0) return new Map();
  const rows = await store.rows<
    Omit<KnownResource, 'at' | 'state_since' | 'first_seen' | 'hash'> & Unit & Instants & { digits: string }
  >(
    `SELECT account, region, type, id, rid, rev, ${hashSql('hash')} AS digits, name, status, tags, live, toUnixTimestamp64Milli(at) AS at_ms,
       toUnixTimestamp64Milli(state_since) AS since_ms, toUnixTimestamp64Milli(first_seen) AS first_ms ${picked}`,
    { ...unitParams(units), ...ridParams(ids) },
  );
  return new Map(
    rows.map(({ at_ms, since_ms, first_ms, digits, ...row }) => [
      resourceKey(row, row.id),
      { ...row, hash: digits, at: Number(at_ms), state_since: Number(since_ms), first_seen: Number(first_ms) },
    ]),
  );
}

/** By unitKey; units that were never observed are absent. */
export async function unitStates(store: Store, units: readonly Unit[]): Promise<ById<UnitState>> {
  const rows = await store.rows<Unit & Pick<UnitState, 'held' | 'held_by'> & Record<'complete_ms' | 'seen_ms', string>>(
    `SELECT account, region, type, held, held_by, toUnixTimestamp64Milli(last_complete) AS complete_ms,
       toUnixTimestamp64Milli(held_seen) AS seen_ms
     FROM units FINAL WHERE ${inUnits}`,
    unitParams(units),
  );
  return new Map(
    rows.map(({ account, region, type, held, held_by, complete_ms, seen_ms }) => [
      `${account}/${region}/${type}`,
      { held, held_by, last_complete: Number(complete_ms), held_seen: Number(seen_ms) },
    ]),
  );
}

/** Live resources by unitKey. */
export async function liveCounts(store: Store, units: readonly Unit[]): Promise<ById<number>> {
  if (units.length === 0) return new Map();
  const rows = await store.rows<Unit & { live: string }>(
    `SELECT account, region, type, countIf(c.live) AS live FROM resource_current AS c FINAL
     WHERE ${inUnits} GROUP BY account, region, type`,
    unitParams(units),
  );
  return new Map(rows.map((row) => [`${row.account}/${row.region}/${row.type}`, Number(row.live)]));
}

/** Versions and tombstones that scans have written, by `unitKey scan`. */
export async function writtenBy(
  store: Store,
  units: readonly Unit[],
  scans: readonly string[],
): Promise<ById<{ readonly changed: number; readonly gone: number }>> {
  const rows = await store.rows<Unit & { scan: string; changed: string; gone: string }>(
    `SELECT account, region, type, scan, countIf(kind != 'disappeared') AS changed, countIf(kind = 'disappeared') AS gone
     FROM resource_log WHERE ${inUnits} AND scan IN {scans:Array(String)} GROUP BY account, region, type, scan`,
    { ...unitParams(units), scans },
  );
  return new Map(
    rows.map(({ account, region, type, scan, changed, gone }) => [
      `${account}/${region}/${type} ${scan}`,
      { changed: Number(changed), gone: Number(gone) },
    ]),
  );
}

/** Observations of these scans that are stored already. */
export async function observationsOf(
  store: Store,
  units: readonly Unit[],
  scans: readonly string[],
): Promise<StoredObservation[]> {
  const rows = await store.rows<
    Omit<StoredObservation, 'started' | 'finished'> & Record<'start_ms' | 'end_ms', string>
  >(
    `SELECT account, region, type, scan, state, error, detail, count, changed, gone, length(held) AS held, baseline,
       toUnixTimestamp64Milli(started) AS start_ms, toUnixTimestamp64Milli(finished) AS end_ms
     FROM coverage WHERE ${inUnits} AND scan IN {scans:Array(String)}`,
    { ...unitParams(units), scans },
  );
  return rows.map(({ start_ms, end_ms, ...row }) => ({
    ...row,
    held: Number(row.held),
    started: Number(start_ms),
    finished: Number(end_ms),
  }));
}

/** Hashes that were logged at exactly these instants, by `resourceKey at`: to know a replay from a change. */
export async function hashesAt(
  store: Store,
  units: readonly Unit[],
  resources: readonly { readonly id: string; readonly at: number }[],
): Promise<ById<ReadonlySet<string>>> {
  const found = new Map<string, Set<string>>();
  if (resources.length === 0) return found;
  const rows = await store.rows<Unit & { id: string; digits: string; at_ms: string }>(
    `SELECT account, region, type, id, ${hashSql('hash')} AS digits, toUnixTimestamp64Milli(at) AS at_ms FROM resource_log
     WHERE ${inUnits} AND rid IN (SELECT cityHash64(arrayJoin({ids:Array(String)})))
       AND at IN (SELECT fromUnixTimestamp64Milli(arrayJoin({instants:Array(Int64)}), 'UTC'))`,
    { ...unitParams(units), ids: resources.map((r) => r.id), instants: [...new Set(resources.map((r) => r.at))] },
  );
  for (const row of rows) {
    const key = `${resourceKey(row, row.id)} ${row.at_ms}`;
    found.set(key, (found.get(key) ?? new Set<string>()).add(row.digits));
  }
  return found;
}
