/** Grafana's dashboards, from a table of panels. A name that lib/metrics-table.ts does not have is an error here. */
import { metricTable } from '../../lib/metrics-table.ts';
import type { Output } from './output.ts';

interface Panel {
  readonly title: string;
  /** PromQL, with its legend. */
  readonly queries: readonly (readonly [string, string])[];
  readonly unit?: 's' | 'short' | 'percentunit' | 'bytes' | 'ops';
  readonly kind?: 'timeseries' | 'stat';
  readonly text: string;
}
interface Dashboard {
  readonly name: string;
  readonly title: string;
  readonly panels: readonly Panel[];
}

const p99 = (metric: string, by: string): string =>
  `histogram_quantile(0.99, sum by (le, ${by}) (rate(${metric}_bucket[$__rate_interval])))`;
const rate = (metric: string, by: string, match = ''): string =>
  `sum by (${by}) (rate(${metric}${match}[$__rate_interval]))`;

const dashboards: readonly Dashboard[] = [
  {
    name: 'scans',
    title: 'Elava: scans and coverage',
    panels: [
      {
        title: 'Units read a second',
        queries: [[rate('elava_scan_unit_duration_seconds_count', 'state'), '{{state}}']],
        unit: 'ops',
        text: 'By how the observation ended. Only complete ones say anything about what is gone.',
      },
      {
        title: 'Units that wait',
        queries: [['max by (topic) (elava_jobs_waiting)', '{{topic}}']],
        text: 'In the queue of each region.',
      },
      {
        title: 'What could not be read',
        queries: [[rate('elava_scan_unit_duration_seconds_count', 'type, error', '{error!=""}'), '{{type}} {{error}}']],
        unit: 'ops',
        text: 'By type and code; docs/errors.md says what to do.',
      },
      {
        title: 'Time of a unit, 99 %',
        queries: [[p99('elava_scan_unit_duration_seconds', 'type'), '{{type}}']],
        unit: 's',
        text: 'From the first call to the stored observation.',
      },
      {
        title: 'Resources read and changed a second',
        queries: [[rate('elava_scan_resources_total', 'outcome'), '{{outcome}}']],
        unit: 'ops',
        text: 'What is sent is what changed: cost follows change.',
      },
      {
        title: 'Dead jobs',
        queries: [['max by (topic) (elava_jobs_dead)', '{{topic}}']],
        kind: 'stat',
        text: 'elava jobs list',
      },
    ],
  },
  {
    name: 'aws',
    title: 'Elava: calls of AWS',
    panels: [
      {
        title: 'Throttled share',
        queries: [
          [
            `${rate('elava_aws_call_duration_seconds_count', 'api', '{outcome="AWS_THROTTLED"}')} / ${rate('elava_aws_call_duration_seconds_count', 'api')}`,
            '{{api}}',
          ],
        ],
        unit: 'percentunit',
        text: 'Should stay below one in a hundred.',
      },
      {
        title: 'Calls a second',
        queries: [[rate('elava_aws_call_duration_seconds_count', 'api'), '{{api}}']],
        unit: 'ops',
        text: 'Attempts, also those that failed.',
      },
      {
        title: 'Wait for the rate, 99 %',
        queries: [[p99('elava_aws_wait_duration_seconds', 'api'), '{{api}}']],
        unit: 's',
        text: 'Time under the shared budget. More scanners do not shorten it.',
      },
      {
        title: 'Time of a call, 99 %',
        queries: [[p99('elava_aws_call_duration_seconds', 'api'), '{{api}}']],
        unit: 's',
        text: 'One attempt.',
      },
      {
        title: 'Failures a second',
        queries: [
          [rate('elava_aws_call_duration_seconds_count', 'api, outcome', '{outcome!="ok"}'), '{{api}} {{outcome}}'],
        ],
        unit: 'ops',
        text: 'By code.',
      },
    ],
  },
  {
    name: 'decisions',
    title: 'Elava: decisions, actions and notices',
    panels: [
      {
        title: 'Resources judged a second',
        queries: [['sum(rate(elava_policy_resources_judged_total[$__rate_interval]))', 'judged']],
        unit: 'ops',
        text: 'After changes, and each live one at least once an interval.',
      },
      {
        title: 'Policy failures',
        queries: [
          ['sum(rate(elava_policy_failures_total[$__rate_interval]))', 'failed, default_decision spoke'],
          ['sum(rate(elava_policy_thread_restarts_total[$__rate_interval]))', 'threads ended'],
        ],
        unit: 'ops',
        text: 'A failure never comes to allow.',
      },
      {
        title: 'Judging and evaluating, 99 %',
        queries: [
          [
            p99('elava_action_duration_seconds', 'action').replace('_bucket[', '_bucket{action=~"policy.*"}['),
            '{{action}}',
          ],
        ],
        unit: 's',
        text: 'Calls of the policy role.',
      },
      {
        title: 'Loads of the policies',
        queries: [['sum by (outcome) (increase(elava_policy_loads_total[1h]))', '{{outcome}}']],
        text: 'kept: what was found was broken, and the last good ones serve.',
      },
      {
        title: 'Notices a second',
        queries: [[rate('elava_notices_total', 'channel, outcome'), '{{channel}} {{outcome}}']],
        unit: 'ops',
        text: 'By channel and what became of them.',
      },
      {
        title: 'Items of plans by phase',
        queries: [['sum by (action, phase) (increase(elava_action_items_total[1h]))', '{{action}} {{phase}}']],
        text: 'What was done, refused, superseded or failed.',
      },
    ],
  },
  {
    name: 'processes',
    title: 'Elava: processes and queues',
    panels: [
      {
        title: 'Who leads',
        queries: [['sum by (role, instance) (elava_leader) > 0', '{{role}}: {{instance}}']],
        kind: 'stat',
        text: 'One a role.',
      },
      {
        title: 'Who writes the accounts',
        queries: [['sum by (instance) (elava_history_shards) > 0', '{{instance}}']],
        kind: 'stat',
        text: 'Shards of accounts, 16 together.',
      },
      {
        title: 'Connected to NATS',
        queries: [['min by (instance) (elava_nats_connected)', '{{instance}}']],
        text: '1: yes.',
      },
      {
        title: 'Jobs settled a second',
        queries: [[rate('elava_jobs_total', 'outcome'), '{{outcome}}']],
        unit: 'ops',
        text: 'again: tried again. stale: of a leader that leads no more.',
      },
      {
        title: 'Calls, 99 %',
        queries: [[p99('elava_action_duration_seconds', 'action'), '{{action}}']],
        unit: 's',
        text: 'Time to serve a call, without its way over the bus.',
      },
      {
        title: 'Failed calls a second',
        queries: [
          [rate('elava_action_duration_seconds_count', 'action, outcome', '{outcome!="ok"}'), '{{action}} {{outcome}}'],
        ],
        unit: 'ops',
        text: 'By code.',
      },
      {
        title: 'Calls in flight',
        queries: [['sum by (action) (elava_actions_in_flight)', '{{action}}']],
        text: 'That are being served.',
      },
      {
        title: 'Resident memory',
        queries: [['process_resident_memory_bytes', '{{instance}}']],
        unit: 'bytes',
        text: 'Does not grow with accounts.',
      },
      {
        title: 'Event loop behind, 99 %',
        queries: [['nodejs_eventloop_lag_p99_seconds', '{{instance}}']],
        unit: 's',
        text: 'A process that is silent for five seconds is taken for dead.',
      },
    ],
  },
];

const columns = 2;
const width = 24 / columns;
const height = 8;
const datasource = { type: 'prometheus', uid: '$datasource' };

export function dashboardFiles(): Output[] {
  return dashboards.map((dashboard) => ({
    path: `deploy/grafana/${dashboard.name}.json`,
    text: `${JSON.stringify(dashboardOf(dashboard), null, 2)}\n`,
  }));
}

function dashboardOf({ name, title, panels }: Dashboard): object {
  return {
    description: 'Generated by scripts/generators/dashboards.ts: npm run generate',
    uid: `elava-${name}`,
    title,
    tags: ['elava'],
    timezone: 'utc',
    schemaVersion: 39,
    refresh: '1m',
    time: { from: 'now-6h', to: 'now' },
    templating: { list: [{ name: 'datasource', type: 'datasource', query: 'prometheus', label: 'Prometheus' }] },
    panels: panels.map(panelOf),
  };
}

function panelOf({ title, queries, unit = 'short', kind = 'timeseries', text }: Panel, index: number): object {
  return {
    id: index + 1,
    type: kind,
    title,
    description: text,
    datasource,
    gridPos: { x: (index % columns) * width, y: Math.floor(index / columns) * height, w: width, h: height },
    fieldConfig: { defaults: { unit, min: 0 }, overrides: [] },
    targets: queries.map(([expr, legendFormat], i) => ({
      refId: String.fromCharCode(65 + i),
      datasource,
      expr: known(expr),
      legendFormat,
    })),
  };
}

const names: ReadonlySet<string> = new Set(Object.values(metricTable).map(({ name }) => name));

/** Throws for a metric of ours that there is not. */
function known(expr: string): string {
  for (const [found] of expr.matchAll(/\belava_\w+/g)) {
    if (!names.has(found.replace(/_(bucket|count|sum)$/, '')) && !names.has(found))
      throw new Error(`a dashboard asks for ${found}, which lib/metrics-table.ts does not have`);
  }
  return expr;
}
