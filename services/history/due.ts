/** Which units have something to judge. Three set questions, whatever the size of the estate. */
import type { Store } from '../../lib/clickhouse/store.ts';
import { type ResourceFilter, type Unit, unitKey } from '../../lib/resource.ts';
import { exemptedUnits } from './exemptions.ts';
import { unitWhere } from './filter.ts';

export interface DueUnit {
  readonly unit: Unit;
  readonly since?: string;
  readonly upto: string;
}
export interface Judgement {
  readonly bundle: string;
  /** Milliseconds. */
  readonly whole_at: number;
  readonly upto: number;
}
export interface Demand {
  readonly bundle: string;
  /** Units whose resources were all judged before this (ms) are due as a whole. */
  readonly judgedBefore: number;
  readonly filter?: ResourceFilter | undefined;
  readonly committed: number;
  /** Milliseconds. */
  readonly now: number;
}

export async function dueUnits(store: Store, demand: Demand): Promise<DueUnit[]> {
  const units = await livingUnits(store, demand.filter);
  const judged = await judgements(store, demand.filter);
  const marks = units.flatMap((unit) => judged.get(unitKey(unit)) ?? []);
  const oldest = marks.reduce((least, { upto }) => Math.min(least, upto), demand.committed);
  const newest = oldest < demand.committed ? await changedSince(store, oldest) : new Map<string, number>();
  const exempted = await exemptedUnits(store, demand.now);
  return units.flatMap((unit) => {
    const key = unitKey(unit);
    const mark = judged.get(key);
    // An exemption that came, went or expired since the whole unit was judged says something of all of it.
    const moved = mark !== undefined && (exempted.get(key) ?? -1) >= mark.whole_at;
    return dueUnit(unit, moved ? undefined : mark, newest.get(key) ?? 0, demand) ?? [];
  });
}

/** Pure: whole, since the watermark, or not at all. `newest` is the newest change that the unit must look at. */
export function dueUnit(unit: Unit, mark: Judgement | undefined, newest: number, demand: Demand): DueUnit | undefined {
  const upto = String(demand.committed);
  if (!mark || mark.bundle !== demand.bundle || mark.whole_at < demand.judgedBefore) return { unit, upto };
  return newest > mark.upto ? { unit, since: String(mark.upto), upto } : undefined;
}

/** In the order in which judging reads ahead. Without FINAL: a unit whose last resource went may still be named, and then has no rows to judge. */
async function livingUnits(store: Store, filter: ResourceFilter | undefined): Promise<Unit[]> {
  const { sql, params } = unitWhere(filter);
  return store.rows<Unit>(
    `SELECT DISTINCT account, region, type FROM resource_current WHERE live AND ${sql} ORDER BY type, account, region`,
    params,
  );
}

export async function judgements(store: Store, filter?: ResourceFilter): Promise<Map<string, Judgement>> {
  const { sql, params } = unitWhere(filter);
  const rows = await store.rows<Unit & { bundle: string; whole_ms: string; upto: string }>(
    `SELECT account, region, type, bundle, toUnixTimestamp64Milli(whole_at) AS whole_ms, upto FROM judged FINAL WHERE ${sql}`,
    params,
  );
  return new Map(
    rows.map(({ bundle, whole_ms, upto, ...unit }) => [
      unitKey(unit),
      { bundle, whole_at: Number(whole_ms), upto: Number(upto) },
    ]),
  );
}

/** Newest change by unit: of its own resources, or of those that they refer to, wherever these are. */
async function changedSince(store: Store, since: number): Promise<Map<string, number>> {
  const rows = await store.rows<Unit & { newest: string }>(
    `WITH changed AS (SELECT rid, max(rev) AS newest_rev FROM resource_log WHERE rev > {since:UInt64} GROUP BY rid)
     SELECT account, region, type, max(found) AS newest FROM (
       SELECT account, region, type, rev AS found FROM resource_log WHERE rev > {since:UInt64} AND kind != 'disappeared'
       UNION ALL
       SELECT account, region, type, rev AS found FROM attributions WHERE rev > {since:UInt64} AND actor != ''
       UNION ALL
       SELECT c.account AS account, c.region AS region, c.type AS type, n.newest_rev AS found
       FROM (SELECT account, region, type, arrayJoin(refs) AS ref FROM resource_current WHERE live AND notEmpty(refs)) AS c
       INNER JOIN changed AS n ON c.ref = n.rid
     ) GROUP BY account, region, type`,
    { since },
  );
  return new Map(rows.map((row) => [unitKey(row), Number(row.newest)]));
}
