import { afterEach, describe, expect, test } from '@jest/globals';
import { InMemorySpanExporter, type ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { ServiceBroker } from 'moleculer';
import { brokerOptions } from './broker.ts';
import { loadConfig } from './config/load.ts';
import { elavaError } from './errors.ts';
import { createLogger } from './log.ts';
import { type Tracing, tracingOf, withSpan } from './tracing.ts';

let tracing: Tracing | undefined;
afterEach(async () => {
  await tracing?.close();
});
const settings = { endpoint: '', ratio: 1, service: 'elava' };

function parentOf(span: ReadableSpan, all: readonly ReadableSpan[]): string {
  return all.find((one) => one.spanContext().spanId === span.parentSpanContext?.spanId)?.name ?? '';
}

describe('tracing', () => {
  test('is one trace over calls, events and jobs, with the right parents and the codes of errors', async () => {
    const exporter = new InMemorySpanExporter();
    tracing = tracingOf(settings, { node: 'n', exporter });
    await tracing?.open();
    const { config } = loadConfig({ env: {}, cwd: '/nowhere' });
    const options = brokerOptions(config, { log: createLogger({ level: 'silent' }) });
    const broker = new ServiceBroker({
      ...options,
      middlewares: [...(options.middlewares ?? []), tracing?.middleware ?? {}],
    });
    let heard = 0;
    broker.createService({
      name: 'a',
      actions: {
        outer: async (ctx) => {
          await ctx.broadcast('a.happened', {});
          await ctx.call('a.inner').catch(() => undefined);
          return tracing?.jobs.trace();
        },
        inner: () =>
          withSpan('work', { n: 1 }, async () => Promise.reject(elavaError('STORE_FULL', 'password=hunter2'))),
      },
      events: { 'a.happened': () => void (heard += 1) },
    });
    await broker.start();
    const carried = await broker.call<Record<string, string>, object>('a.outer', {});
    await tracing?.jobs.traced('scan.r', { id: 'j', trace: carried }, async () => {});
    await broker.stop();
    const jobs = tracing;
    const spans = await new Promise<ReadableSpan[]>((resolve) => {
      const keep = exporter.shutdown.bind(exporter);
      exporter.shutdown = async () => {
        resolve([...exporter.getFinishedSpans()]);
        await keep();
      };
      void jobs?.close();
    });
    const tree = spans
      .map((span) => [span.name, parentOf(span, spans)])
      .toSorted(([a = ''], [b = '']) => a.localeCompare(b));
    expect(tree).toEqual([
      ['a.inner', 'call a.inner'],
      ['a.outer', 'call a.outer'],
      ['call a.inner', 'a.outer'],
      ['call a.outer', ''],
      ['event a.happened', 'a.outer'],
      ['job scan.r', 'a.outer'],
      ['work', 'a.inner'],
    ]);
    expect([new Set(spans.map((span) => span.spanContext().traceId)).size, heard]).toEqual([1, 1]);
    const work = spans.find(({ name }) => name === 'work');
    expect(work?.attributes['error.type']).toBe('STORE_FULL');
    expect(work?.status.message).not.toContain('hunter2');
  });

  test('without an endpoint there is none, and work runs as it is', async () => {
    tracing = tracingOf(settings, { node: 'n' });
    expect(tracing).toBeUndefined();
    expect(await withSpan('x', {}, async () => 7)).toBe(7);
  });
});
