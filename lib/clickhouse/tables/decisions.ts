/** What tenants were answered, as OPA's decision log has it. */
import { defineTable, flag, instant, json, keyword, string, uint32 } from '../table.ts';

export const decisionLog = defineTable({
  name: 'decision_log',
  columns: {
    tenant: keyword(),
    at: instant(),
    id: string(),
    path: string(),
    effect: keyword(),
    allowed: flag(),
    error: keyword(),
    principal: string(),
    bundle: keyword(),
    micros: uint32(),
    event: json(),
  },
  engine: 'MergeTree',
  partitionBy: 'toStartOfMonth(at)',
  orderBy: '(tenant, at, id)',
});
