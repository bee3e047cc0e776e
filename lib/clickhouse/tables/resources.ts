/** What is remembered of resources: the log of changes, the base it is folded into, and the current state. */
import {
  counter,
  defineTable,
  flag,
  hash64,
  instant,
  int8,
  json,
  keyword,
  oneOf,
  string,
  tagMap,
  words,
} from '../table.ts';

/** `rid` stands for the id in keys and joins: 8 bytes instead of 80. `refs` likewise holds what it refers to. */
const computed = {
  rid: 'UInt64 DEFAULT cityHash64(id) CODEC(NONE)',
  refs: 'Array(UInt64) DEFAULT arrayMap(ref -> cityHash64(ref), ref_ids) CODEC(ZSTD(1))',
} as const;
const stored = {
  rid: 'UInt64 CODEC(NONE)',
  refs: 'Array(UInt64) CODEC(ZSTD(1))',
} as const;

const identity = { account: keyword(), region: keyword(), type: keyword(), id: string() };

const state = {
  rev: counter(),
  at: instant(),
  hash: hash64(),
  name: string(),
  status: keyword(),
  state_since: instant(),
  first_seen: instant(),
  tags: tagMap(),
  body: json(),
};

/** Folded and dropped by weeks of `at`: a commit holds one week only, so that its rows are one part, or none. */
const PARTITION = 'toMonday(at)';

/** Each is one part, so it is there as a whole or not at all; it is on the disk before anybody is told. */
const durable = ['fsync_after_insert = 1', 'fsync_part_directory = 1'];
/** What is read of a document is a granule at least: of a quarter as many rows it costs a quarter, and no more on the disk. */
const granule = 'index_granularity = 512';
const merges = ['min_age_to_force_merge_seconds = 3600', 'min_age_to_force_merge_on_partition_only = 1'];

/**
 * Append-only; the truth. `delta` is +1, 0 or -1, `prev_hash` 0 when it appears, `hash` 0 when it
 * disappears. What changed is not stored: both versions are there to compare when somebody asks.
 */
export const resourceLog = defineTable({
  name: 'resource_log',
  columns: {
    ...identity,
    ...state,
    kind: oneOf('appeared', 'modified', 'disappeared', 'reappeared'),
    delta: int8(),
    prev_hash: hash64(),
    prev_rev: counter(),
    scan: keyword(),
    baseline: flag(),
    ref_ids: words(),
  },
  computed,
  ephemeral: ['ref_ids'],
  indexes: ['INDEX ix_rev rev TYPE minmax GRANULARITY 1', 'INDEX ix_rid rid TYPE bloom_filter(0.01) GRANULARITY 1'],
  engine: 'MergeTree',
  partitionBy: PARTITION,
  orderBy: '(account, type, region, rid, rev)',
  settings: [granule, ...durable, ...merges],
});

/** The newest version of each resource that is older than the log's oldest week. */
export const resourceBase = defineTable({
  name: 'resource_base',
  columns: { ...identity, ...state, live: flag() },
  computed: stored,
  engine: 'ReplacingMergeTree(rev)',
  orderBy: '(account, type, region, rid)',
  settings: [granule, ...durable],
});

/** The newest version of each resource; gone ones stay until the log forgets them. It can be made from the log. */
export const resourceCurrent = defineTable({
  name: 'resource_current',
  columns: { ...identity, ...state, live: flag() },
  computed: stored,
  indexes: ['INDEX ix_rid rid TYPE bloom_filter(0.01) GRANULARITY 1'],
  engine: 'ReplacingMergeTree(rev)',
  orderBy: '(type, account, region, rid)',
  settings: [granule, ...durable, ...merges],
});

/** Columns that base and current have in common with the log, `live` aside. */
export const stateColumns = [...Object.keys(identity), ...Object.keys(state), 'rid', 'refs'];
