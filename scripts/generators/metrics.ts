import { type MetricDef, metricTable } from '../../lib/metrics-table.ts';
import { code, markdownHead, type Output, table } from './output.ts';

/** docs/metrics.md: the metric table. */
export function metricDocs(): Output[] {
  const rows = Object.values<MetricDef>(metricTable).map(({ name, type, help, labels }) => [
    code(name),
    type,
    labels.map(code).join(' '),
    help,
  ]);
  const text = `${markdownHead('lib/metrics-table.ts')}
# Metrics

The gateway serves these at \`/metrics\` in Prometheus' text format, beside those of the process itself
(\`process_*\`, \`nodejs_*\`: memory, event loop, garbage collection). Times are seconds. No label holds an id.

${table(['metric', 'type', 'labels', 'meaning'], rows)}`;
  return [{ path: 'docs/metrics.md', text }];
}
