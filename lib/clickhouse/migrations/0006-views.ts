/** What an analyst's SQL client reads on a server (docs/history.md). Nothing of ours reads them: they may only grow. */
import type { Migration } from '../migrate.ts';

const identity = 'account, region, type, id';
const state = 'name, status, state_since, first_seen, at AS changed_at, tags, body';
const committed = 'rev <= (SELECT max(rev) FROM commits)';
const newest = ['rev', 'at', 'name', 'status', 'state_since', 'first_seen', 'tags', 'body', 'live']
  .map((column) => `argMax(v.${column}, v.rev) AS ${column}`)
  .join(', ');
const versions = (live: string) =>
  `rid, ${identity}, rev, at, name, status, state_since, first_seen, tags, body, ${live}`;

const views: Readonly<Record<string, string>> = {
  v_resources: `SELECT ${identity}, ${state} FROM resource_current FINAL WHERE live`,

  // A view with a parameter: v_resources_at(at = '2026-11-20 12:00:00').
  v_resources_at: `SELECT ${identity}, ${state} FROM (
      SELECT account, region, type, any(v.id) AS id, rid, ${newest} FROM (
        SELECT ${versions('live')} FROM resource_base
        UNION ALL
        SELECT ${versions("kind != 'disappeared' AS live")} FROM resource_log
        WHERE at <= {at:DateTime64(3, 'UTC')} AND ${committed}
      ) AS v GROUP BY account, region, type, rid
    ) WHERE live`,

  v_changes: `SELECT l.at AS at, l.account AS account, l.region AS region, l.type AS type, l.id AS id, l.name AS name,
      l.kind AS kind, l.status AS status, l.baseline AS baseline, l.rev AS revision, l.prev_rev AS previous_revision,
      a.actor AS actor, a.actor_kind AS actor_kind, a.event AS event, a.method AS method, a.confidence AS confidence
    FROM resource_log AS l LEFT JOIN (SELECT * FROM attributions FINAL) AS a
      ON l.account = a.account AND l.type = a.type AND l.region = a.region AND l.rid = a.rid AND l.rev = a.change_rev
    WHERE l.${committed}`,

  v_daily_changes: `SELECT toDate(at) AS day, account, region, type, kind, actor_kind, count() AS changes
    FROM v_changes WHERE NOT baseline GROUP BY day, account, region, type, kind, actor_kind`,

  v_daily_counts: `SELECT day, account, region, type,
      sum(change) OVER (PARTITION BY account, region, type ORDER BY day ROWS UNBOUNDED PRECEDING) AS resources
    FROM (
      SELECT day, account, region, type, sum(part) AS change FROM (
        SELECT toDate(at) AS day, account, region, type, toInt64(delta) AS part FROM resource_log WHERE ${committed}
        UNION ALL
        SELECT (SELECT toDate(min(at)) FROM resource_log) AS day, account, region, type, toInt64(live) AS part
        FROM resource_base FINAL
      ) GROUP BY day, account, region, type
    )`,

  v_coverage: `SELECT account, region, type, state, error, detail, count AS resources, finished, last_complete
    FROM units FINAL`,

  v_decisions: `SELECT ${'account, region, type'}, resource_id, name, environment, policy_name, decision, effect, error,
      evaluated_at, result FROM evaluations FINAL WHERE NOT cleared`,

  v_findings: `SELECT ${identity}, analyzer, kind, state, since, first_found, changed_at, confidence, body
    FROM findings FINAL`,
};

export const analystViews: Migration = {
  number: 6,
  name: 'views',
  statements: Object.entries(views).map(([name, sql]) => `CREATE OR REPLACE VIEW ${name}{ON} AS ${sql}`),
};
