/** Who did it: the provider's audit events, how far each source of them was read, and what they were found to explain. */
import { counter, defineTable, instant, json, keyword, oneOf, real, string, uint32, words } from '../table.ts';

/** Audit events by the account and region that they happened in. A delivery repeats events: the event's id decides. */
export const trailEvents = defineTable({
  name: 'trail_events',
  columns: {
    account: keyword(),
    region: keyword(),
    at: instant(),
    event_id: string(),
    name: keyword(),
    source: keyword(),
    /** What it may be about: ids, ARNs and names that stand in it. */
    keys: words(),
    /** Access keys that it hands out: how a chain of roles is followed. */
    grants: string(),
    stored_at: instant(),
    body: json(),
  },
  indexes: [
    'INDEX ix_keys keys TYPE bloom_filter(0.01) GRANULARITY 1',
    'INDEX ix_grants grants TYPE bloom_filter(0.01) GRANULARITY 1',
  ],
  engine: 'ReplacingMergeTree(stored_at)',
  partitionBy: 'toMonday(at)',
  orderBy: '(account, region, at, event_id)',
  settings: ['index_granularity = 2048'],
});

/** One row a source and place; `position` is the source's own word for how far it was read. */
export const trailCursors = defineTable({
  name: 'trail_cursors',
  columns: {
    source: keyword(),
    account: keyword(),
    region: keyword(),
    position: string(),
    upto: instant(),
    read_at: instant(),
    state: keyword(),
    error: keyword(),
    detail: string(),
    events: uint32(),
  },
  engine: 'ReplacingMergeTree(read_at)',
  orderBy: '(source, account, region)',
});

/** The newest word on each change. `rev` is the revision that wrote it, `change_rev` that of the change. */
export const attributions = defineTable({
  name: 'attributions',
  columns: {
    account: keyword(),
    region: keyword(),
    type: keyword(),
    id: string(),
    change_rev: counter(),
    rev: counter(),
    at: instant(),
    state: oneOf('pending', 'final'),
    method: keyword(),
    actor: string(),
    actor_kind: keyword(),
    event: keyword(),
    confidence: real(),
    attributed_at: instant(),
    body: json(),
  },
  computed: { rid: 'UInt64 DEFAULT cityHash64(id) CODEC(NONE)' },
  indexes: ['INDEX ix_rev rev TYPE minmax GRANULARITY 1'],
  engine: 'ReplacingMergeTree(rev)',
  partitionBy: 'toMonday(at)',
  orderBy: '(account, type, region, rid, change_rev)',
  settings: ['index_granularity = 2048', 'fsync_after_insert = 1', 'fsync_part_directory = 1'],
});
