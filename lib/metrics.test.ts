import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { ServiceBroker } from 'moleculer';
import { elavaError } from './errors.ts';
import { createMetrics, type Metrics, metricsMiddleware } from './metrics.ts';
import { type MetricDef, metricTable } from './metrics-table.ts';

const rows = Object.entries<MetricDef>(metricTable);

describe('the table', () => {
  test.each(rows)('%s follows the conventions of Prometheus', (_key, { name, type, help, labels, buckets }) => {
    // One name is OPA's own, for those who watch an OPA now.
    expect(name).toMatch(/^(elava_[a-z][a-z0-9_]*|http_request_duration_seconds)$/);
    expect(name.endsWith('_total')).toBe(type === 'counter');
    expect(name).not.toMatch(/_(ms|milliseconds|minutes|hours|kb|mb|megabytes|percent|count|sum|bucket)$/);
    if (type === 'histogram') expect(name).toMatch(/_(seconds|bytes|ratio)$/);
    expect(help).toMatch(/^[A-Z].*\.$/);
    for (const label of labels) {
      expect(label).toMatch(/^[a-z][a-z_]*$/);
      expect(label).not.toMatch(/^(le|quantile)$|(^|_)(id|arn|user|email|url|path|resource|message)$/);
    }
    expect([...(buckets ?? [])].sort((a, b) => a - b)).toEqual([...(buckets ?? [])]);
  });

  test('no name is declared twice', () => {
    expect(new Set(rows.map(([, { name }]) => name)).size).toBe(rows.length);
  });

  test('every metric is measured somewhere', () => {
    const sources = ['lib', 'services', 'bin'].flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !file.endsWith('metrics-table.ts'))
        .map((file) => readFileSync(`${folder}/${file}`, 'utf8')),
    );
    const unused = rows.map(([key]) => key).filter((key) => !sources.some((text) => text.includes(`.${key}`)));
    expect(unused).toEqual([]);
  });
});

async function serving(metrics: Metrics, work: (broker: ServiceBroker) => Promise<void>): Promise<void> {
  const broker = new ServiceBroker({
    logger: false,
    skipProcessEventRegistration: true,
    middlewares: [metricsMiddleware(metrics)],
  });
  broker.createService({
    name: 'echo',
    actions: {
      ok: async (ctx) => ctx.params,
      bad: async () => {
        throw elavaError('STORE_FULL', 'no space');
      },
      odd: async () => {
        throw new TypeError('x');
      },
    },
    events: { 'other.happened': async () => undefined },
  });
  await broker.start();
  try {
    await work(broker);
  } finally {
    await broker.stop();
  }
}

describe('the middleware', () => {
  test('counts and times calls by outcome, and events', async () => {
    const metrics = createMetrics();
    await serving(metrics, async (broker) => {
      expect(await broker.call('echo.ok', { a: 1 })).toEqual({ a: 1 });
      for (const action of ['echo.bad', 'echo.bad', 'echo.odd']) await broker.call(action).catch(() => undefined);
      await broker.call('$node.list');
      await broker.emit('other.happened', {});
    });
    const text = await metrics.registry.metrics();
    expect(text).toContain('elava_action_duration_seconds_count{action="echo.ok",outcome="ok"} 1');
    expect(text).toContain('elava_action_duration_seconds_count{action="echo.bad",outcome="STORE_FULL"} 2');
    expect(text).toContain('elava_action_duration_seconds_count{action="echo.odd",outcome="INTERNAL"} 1');
    expect(text).toContain('elava_actions_in_flight{action="echo.ok"} 0');
    expect(text).toContain('elava_event_duration_seconds_count{event="other.happened"} 1');
    expect(text).not.toContain('$node');
  });

  test('an error reaches the caller as it was', async () => {
    await serving(createMetrics(), async (broker) => {
      await expect(broker.call('echo.bad')).rejects.toMatchObject({ type: 'STORE_FULL', message: 'no space' });
    });
  });
});

test('two brokers do not add up, and both show the process', async () => {
  const [a, b] = [createMetrics(), createMetrics()];
  a.logDropped.inc();
  expect(await a.registry.metrics()).toContain('elava_log_lines_dropped_total 1');
  expect(await b.registry.metrics()).toContain('elava_log_lines_dropped_total 0');
  expect(await b.registry.metrics()).toMatch(/elava_build_info\{version="\d.*node="v\d+.*"\} 1/);
  expect(await b.registry.metrics()).toContain('process_cpu_seconds_total');
});
