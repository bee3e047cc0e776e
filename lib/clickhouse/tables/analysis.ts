/** What the analyzers measured and found. */
import { defineTable, instant, json, keyword, oneOf, real, string } from '../table.ts';

const resource = { account: keyword(), region: keyword(), type: keyword(), id: string() };
const rid = 'UInt64 DEFAULT cityHash64(id) CODEC(NONE)';

/** How much a resource was used in the days before `measured_at`; `body` has the figures by name. */
export const usage = defineTable({
  name: 'usage',
  columns: { ...resource, begun: instant(), measured_at: instant(), body: json() },
  computed: { rid },
  engine: 'ReplacingMergeTree(measured_at)',
  orderBy: '(type, account, region, rid)',
  settings: ['index_granularity = 2048'],
});

/** The newest word on each finding. One that holds no more stays as `resolved` until it is forgotten. */
export const findings = defineTable({
  name: 'findings',
  columns: {
    ...resource,
    analyzer: keyword(),
    kind: keyword(),
    state: oneOf('open', 'resolved'),
    since: instant(),
    first_found: instant(),
    changed_at: instant(),
    confidence: real(),
    body: json(),
  },
  computed: { rid },
  engine: 'ReplacingMergeTree(changed_at)',
  orderBy: '(analyzer, type, account, region, rid, kind)',
  settings: ['index_granularity = 2048'],
});
