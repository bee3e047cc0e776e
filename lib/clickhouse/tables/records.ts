/** Plans, and what became of everything in them: append-only streams of which each record has its number once. */
import { defineTable, instant, json, keyword, string, uint32 } from '../table.ts';

const durable = ['fsync_after_insert = 1', 'fsync_part_directory = 1'];

export const plans = defineTable({
  name: 'plans',
  columns: {
    id: string(),
    at: instant(),
    by: string(),
    expires_at: instant(),
    body: json(),
  },
  engine: 'MergeTree',
  partitionBy: 'toStartOfMonth(at)',
  orderBy: '(at, id)',
  settings: durable,
});

export const records = defineTable({
  name: 'records',
  columns: {
    stream: string(),
    seq: uint32(),
    plan: keyword(),
    kind: keyword(),
    at: instant(),
    by: string(),
    body: json(),
  },
  engine: 'MergeTree',
  partitionBy: 'toStartOfMonth(at)',
  orderBy: '(stream, seq)',
  settings: ['index_granularity = 1024', ...durable],
});
