/**
 * What questions about the past read instead of whole weeks: observations in the order of time, and the log's deltas by
 * hour and type. Both are of their table's own parts, so that they cannot drift from it.
 */
import type { Migration } from '../migrate.ts';

const projections = {
  coverage: ['by_time', 'SELECT finished, type, account, region, rev, state, last_complete ORDER BY finished'],
  resource_log: ['hourly', 'SELECT type, toStartOfHour(at), sum(delta) GROUP BY type, toStartOfHour(at)'],
} as const;

export const projection: Migration = {
  number: 8,
  name: 'projections',
  statements: Object.entries(projections).flatMap(([table, [name, sql]]) => [
    `ALTER TABLE ${table}{ON} ADD PROJECTION IF NOT EXISTS ${name} (${sql})`,
    `ALTER TABLE ${table}{ON} MATERIALIZE PROJECTION ${name}`,
  ]),
};
