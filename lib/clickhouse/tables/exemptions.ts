/** Agreed exceptions from policies. A removed one stays, so that what it touched is judged again. */
import { defineTable, flag, instant, string } from '../table.ts';

export const exemptions = defineTable({
  name: 'exemptions',
  columns: {
    id: string(),
    resource: string(),
    rule: string(),
    reason: string(),
    owner: string(),
    approver: string(),
    created_at: instant(),
    expires_at: instant(),
    changed_at: instant(),
    removed: flag(),
  },
  engine: 'ReplacingMergeTree(changed_at)',
  orderBy: 'id',
  settings: ['fsync_after_insert = 1', 'fsync_part_directory = 1'],
});
