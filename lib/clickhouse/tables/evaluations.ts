/** What policies said. Only results that differ from the one before are written. */
import { counter, defineTable, flag, instant, json, keyword, string } from '../table.ts';

const columns = {
  account: keyword(),
  region: keyword(),
  type: keyword(),
  resource_id: string(),
  policy_name: keyword(),
  rev: counter(),
  id: string(),
  hash: string(),
  decision: keyword(),
  effect: keyword(),
  error: keyword(),
  evaluated_at: instant(),
  revision: counter(),
  bundle: keyword(),
  name: string(),
  environment: keyword(),
  cleared: flag(),
  result: json(),
};
const rid = 'UInt64 DEFAULT cityHash64(resource_id) CODEC(NONE)';

/** Append-only; the truth. */
export const evaluationLog = defineTable({
  name: 'evaluation_log',
  columns,
  computed: { rid },
  indexes: ['INDEX ix_rev rev TYPE minmax GRANULARITY 1'],
  engine: 'MergeTree',
  partitionBy: 'toStartOfMonth(evaluated_at)',
  orderBy: '(account, type, region, rid, policy_name, rev)',
  settings: ['index_granularity = 2048', 'fsync_after_insert = 1', 'fsync_part_directory = 1'],
});

/** The newest result of each policy for each resource; it can be made from the log. */
export const evaluations = defineTable({
  name: 'evaluations',
  columns,
  computed: { rid },
  engine: 'ReplacingMergeTree(rev)',
  orderBy: '(type, account, region, rid, policy_name)',
  settings: ['index_granularity = 2048', 'fsync_after_insert = 1', 'fsync_part_directory = 1'],
});

export const evaluationColumns = Object.keys(columns);
