/** How far the memory is: revisions that are whole, what each unit's observations came to, how far it was judged. */
import { counter, defineTable, flag, instant, keyword, oneOf, string, uint32, uint64s } from '../table.ts';

const durable = ['fsync_after_insert = 1', 'fsync_part_directory = 1'];
const unit = { account: keyword(), region: keyword(), type: keyword() };

/** The last thing that a revision writes. Readers look no further than the newest. */
export const commits = defineTable({
  name: 'commits',
  columns: { rev: counter(), at: instant(), kind: keyword(), rows: uint32(), note: string() },
  engine: 'MergeTree',
  partitionBy: 'toMonday(at)',
  orderBy: 'rev',
  settings: durable,
});

/** `last_complete` is 1970 when the unit was never observed completely; `held` are hashes of held ids. */
const observation = {
  ...unit,
  rev: counter(),
  scan: keyword(),
  started: instant(),
  finished: instant(),
  state: oneOf('complete', 'partial', 'failed', 'skipped'),
  error: keyword(),
  detail: string(),
  count: uint32(),
  changed: uint32(),
  gone: uint32(),
  baseline: flag(),
  last_complete: instant(),
  held: uint64s(),
  held_by: keyword(),
  held_seen: instant(),
};

/** Every observation. */
export const coverage = defineTable({
  name: 'coverage',
  columns: observation,
  indexes: ['INDEX ix_rev rev TYPE minmax GRANULARITY 1'],
  engine: 'MergeTree',
  partitionBy: 'toMonday(finished)',
  orderBy: '(type, account, region, rev)',
  settings: durable,
});

/** The newest observation of each unit; it can be made from `coverage`. */
export const units = defineTable({
  name: 'units',
  columns: observation,
  engine: 'ReplacingMergeTree(rev)',
  orderBy: '(type, account, region)',
  settings: durable,
});

export const observationColumns = Object.keys(observation);

/** How far a unit is judged: `upto` of all its resources at `whole_at`, `upto` of changed ones since. */
export const judged = defineTable({
  name: 'judged',
  columns: { ...unit, rev: counter(), bundle: keyword(), whole_at: instant(), upto: counter() },
  engine: 'ReplacingMergeTree(rev)',
  orderBy: '(type, account, region)',
  settings: durable,
});
