/** Evaluations and observations, counted by the engine. */
import type { Store } from '../../lib/clickhouse/store.ts';
import type { ResourceFilter } from '../../lib/resource.ts';
import { groupsOf, keySql } from './cells.ts';
import { both, type SplitFilter, unitWhere, where } from './filter.ts';
import type { Group } from './questions.schema.ts';
import { isLiveSql, rulesSql } from './sql.ts';
import type { Cell, VerdictDimension } from './tallies.schema.ts';

const columns: Readonly<Record<VerdictDimension, string>> = {
  decision: 'decision',
  policy: 'policy_name',
  rule: `arrayJoin(${rulesSql})`,
  effect: 'effect',
  error: 'error',
  environment: 'environment',
  type: 'type',
  account: 'account',
  region: 'region',
};

export interface VerdictQuestion {
  readonly filter: SplitFilter;
  readonly by: readonly VerdictDimension[];
  readonly decisions?: readonly string[] | undefined;
  readonly limit: number;
}

/** The filter speaks of the resource, as in `readEvaluations`. `total` is of all groups. */
export async function countVerdicts(
  store: Store,
  { filter: { identity, state }, by, decisions, limit }: VerdictQuestion,
): Promise<{ groups: Group[]; total: number }> {
  const wanted = decisions ? where(['decision IN {decisions:Array(String)}'], { decisions }) : where([]);
  const own = both(identity, wanted);
  const live = both(identity, state);
  const rows = await store.rows<{ key: string; n: string; total: string }>(
    `SELECT key, n, sum(n) OVER () AS total FROM (
       SELECT ${keySql(by.map((name) => columns[name]))} AS key, count() AS n FROM evaluations AS e FINAL
       WHERE NOT cleared AND ${own.sql}
         AND ${isLiveSql('e', live.sql)}
       GROUP BY key
     ) ORDER BY n DESC, key LIMIT {limit:UInt32}`,
    { ...own.params, ...live.params, limit },
  );
  return { groups: groupsOf(rows, by), total: Number(rows[0]?.total ?? 0) };
}

const MOST_ERRORS = 3;

export async function readGrid(store: Store, filter: ResourceFilter = {}): Promise<Cell[]> {
  const units = unitWhere(filter);
  const rows = await store.rows<Record<keyof Cell, string> & { errors: string[] }>(
    `SELECT account, region, count() AS units, countIf(state = 'complete') AS complete, countIf(state = 'partial') AS partial,
       countIf(state = 'failed') AS failed, countIf(state = 'skipped') AS skipped, sum(count) AS resources,
       toUnixTimestamp64Milli(max(finished)) AS finished,
       if(countIf(last_complete = 0) > 0, 0, toUnixTimestamp64Milli(min(last_complete))) AS oldest,
       topKIf(${MOST_ERRORS})(error, error != '') AS errors
     FROM units FINAL WHERE ${units.sql} GROUP BY account, region ORDER BY account, region`,
    units.params,
  );
  return rows.map(({ account, region, errors, finished, oldest, ...numbers }) => ({
    account,
    region,
    units: Number(numbers.units),
    complete: Number(numbers.complete),
    partial: Number(numbers.partial),
    failed: Number(numbers.failed),
    skipped: Number(numbers.skipped),
    resources: Number(numbers.resources),
    finished: new Date(Number(finished)).toISOString(),
    oldest: Number(oldest) === 0 ? '' : new Date(Number(oldest)).toISOString(),
    errors,
  }));
}
