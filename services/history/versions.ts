/** The newest version of each resource, now or as of an instant, as a subquery that pages, counts and diffs build on. */
import type { Params } from '../../lib/clickhouse/store.ts';
import { both, type SplitFilter, type Where, where } from './filter.ts';
import { instantSql } from './sql.ts';

export interface AsOf {
  /** Milliseconds. */
  readonly at: number;
  /** The newest whole revision. */
  readonly rev: number;
  /** No revision is half written. */
  readonly whole: boolean;
}

/** What a row has without its body. */
const columns = 'account, region, type, id, rid, rev, at, hash, name, status, state_since, first_seen, tags';
const newestOf = columns
  .split(', ')
  .slice(5)
  .map((name) => (name === 'rev' ? 'max(v.rev) AS rev' : `argMax(v.${name}, v.rev) AS ${name}`))
  .join(', ');

export interface Source {
  readonly sql: string;
  readonly params: Params;
}

/** Live resources that match, with the columns above. */
export function liveVersions({ identity, state }: SplitFilter, asOf: AsOf | undefined): Source {
  return asOf === undefined ? liveNow(both(identity, state)) : liveThen(identity, state, asOf);
}

function liveNow({ sql, params }: Where): Source {
  return { sql: `SELECT ${columns} FROM resource_current FINAL WHERE live AND ${sql}`, params };
}

function liveThen(identity: Where, state: Where, asOf: AsOf): Source {
  const then = logUntil(asOf);
  return {
    sql: `SELECT ${columns} FROM (
      SELECT account, region, type, any(v.id) AS id, rid, ${newestOf}, argMax(v.live, v.rev) AS live FROM (
        SELECT ${columns}, live FROM resource_base WHERE ${identity.sql}
        UNION ALL
        SELECT ${columns}, kind != 'disappeared' AS live FROM resource_log WHERE ${identity.sql} AND ${then.sql}
      ) AS v GROUP BY account, region, type, rid
    ) WHERE live AND ${state.sql}`,
    params: { ...identity.params, ...state.params, ...then.params },
  };
}

/** Rows of the log that were there then. */
export function logUntil({ at, rev }: AsOf): Where {
  return where([`at <= ${instantSql('at')}`, 'rev <= {committed:UInt64}'], {
    at,
    committed: rev,
  });
}
