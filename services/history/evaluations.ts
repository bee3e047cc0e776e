/** What policies said last, and how evaluations are stored. */
import type { Store } from '../../lib/clickhouse/store.ts';
import { DEFAULT_LIMIT, readCursor, writeCursor } from './cursor.ts';
import { both, type SplitFilter, where } from './filter.ts';
import type { Evaluation } from './history.contract.ts';
import { toMs } from './instant.ts';
import type { StoredEvaluation } from './revision-rows.ts';
import { isLiveSql, rulesSql } from './sql.ts';

export interface EvaluationsPage {
  readonly filter: SplitFilter;
  readonly decisions?: readonly string[] | undefined;
  /** Packages. */
  readonly policies?: readonly string[] | undefined;
  /** Rules, `package.rule`: evaluations in which one of them spoke. */
  readonly rules?: readonly string[] | undefined;
  /** Milliseconds. */
  readonly since?: number | undefined;
  readonly after?: string | undefined;
  readonly limit?: number | undefined;
}
interface Row extends Omit<Evaluation, 'result'> {
  /** For the next page only. */
  rid?: string;
  readonly result: string;
}

export const evaluationShown =
  'id, resource_id, policy_name, result, effect, error, evaluated_at, revision, bundle, account, region, type, name, environment, hash';

/** The filter speaks of the resource, so tags and status are those that it has now. */
export async function readEvaluations(
  store: Store,
  page: EvaluationsPage,
): Promise<{ evaluations: Evaluation[]; next?: string }> {
  const { limit = DEFAULT_LIMIT } = page;
  const { identity, state } = page.filter;
  const own = both(identity, ownWhere(page));
  const live = both(identity, state);
  const rows = await store.rows<Row>(
    `SELECT ${evaluationShown}, rid FROM evaluations AS e FINAL
     WHERE NOT cleared AND ${own.sql}
       AND ${isLiveSql('e', live.sql)}
     ORDER BY type, account, region, rid, policy_name LIMIT {limit:UInt32}`,
    { ...own.params, ...live.params, limit: limit + 1 },
  );
  const shown = rows.slice(0, limit);
  const last = rows.length > limit ? shown.at(-1) : undefined;
  const evaluations = shown.map(toEvaluation);
  if (!last) return { evaluations };
  return { evaluations, next: writeCursor([last.type, last.account, last.region, last.rid ?? '0', last.policy_name]) };
}

function ownWhere({ decisions, policies, rules, since, after }: EvaluationsPage) {
  const conditions: string[] = [];
  const params: Record<string, unknown> = {};
  if (decisions) {
    conditions.push('decision IN {decisions:Array(String)}');
    params.decisions = decisions;
  }
  if (policies) {
    conditions.push('policy_name IN {policies:Array(String)}');
    params.policies = policies;
  }
  if (rules) {
    conditions.push(`hasAny(${rulesSql}, {rules:Array(String)})`);
    params.rules = rules;
  }
  if (since !== undefined) {
    conditions.push("evaluated_at > fromUnixTimestamp64Milli({since:Int64}, 'UTC')");
    params.since = since;
  }
  if (after !== undefined) {
    const [type, account, region, rid, policy] = readCursor(after, 5);
    conditions.push(
      '(type, account, region, rid, policy_name) > ({type:String}, {account:String}, {region:String}, {rid:UInt64}, {policy:String})',
    );
    Object.assign(params, { type, account, region, rid, policy });
  }
  return where(conditions, params);
}

export function toEvaluation(row: Row): Evaluation {
  const shown = { ...row, result: JSON.parse(row.result) as Evaluation['result'] };
  delete shown.rid;
  return shown;
}

/** `hash` tells results apart; where the sender gives none, its id must do. */
export function storedEvaluation(evaluation: Evaluation): StoredEvaluation {
  const { result, evaluated_at, hash, ...rest } = evaluation;
  return {
    ...rest,
    hash: hash ?? evaluation.id,
    decision: result.decision,
    evaluated_at: toMs(evaluated_at, 'evaluated_at'),
    cleared: false,
    result: JSON.stringify(result),
  };
}

interface Cleared {
  readonly unit: { readonly account: string; readonly region: string; readonly type: string };
  readonly resource_id: string;
  readonly policy_name: string;
  readonly at: number;
  readonly bundle: string;
}

/** Says that a policy has no result for a resource any more. */
export function clearedEvaluation({ unit, resource_id, policy_name, at, bundle }: Cleared): StoredEvaluation {
  return {
    account: unit.account,
    region: unit.region,
    type: unit.type,
    resource_id,
    policy_name,
    id: '',
    hash: '',
    decision: '',
    effect: '',
    error: '',
    evaluated_at: at,
    revision: '0',
    bundle,
    name: '',
    environment: '',
    cleared: true,
    result: '{}',
  };
}
