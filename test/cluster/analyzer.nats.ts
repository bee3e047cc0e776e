/** Of the analyzers of a cluster one reviews by itself; when it leaves, another does. */
import { once } from 'node:events';
import { expect, test } from '@jest/globals';
import { pino } from 'pino';
import { Cluster } from '../../lib/cluster.ts';
import { createMetrics } from '../../lib/metrics.ts';
import { inTurns } from '../../services/analyzer/turns.ts';
import { testNats } from '../support/nats.ts';
import { until } from '../support/until.ts';

test('two analyzers do not measure at once', async () => {
  await using nats = await testNats();
  const reviewing: string[] = [];
  let most = 0;
  const start = async (node: string) => {
    const log = pino({ level: 'silent' });
    const cluster = new Cluster({ nats: nats.settings(), node, log, metrics: createMetrics() });
    await cluster.open();
    const stop = new AbortController();
    const work = async (signal: AbortSignal): Promise<void> => {
      reviewing.push(node);
      most = Math.max(most, reviewing.length);
      await once(signal, 'abort');
      reviewing.splice(reviewing.indexOf(node), 1);
    };
    const lead = (signal: AbortSignal) => cluster.lead('analyzer', signal);
    const ended = inTurns({ lead, work, failed: () => undefined, retryMs: 50 }, stop.signal);
    return async (): Promise<void> => {
      stop.abort();
      await ended;
      await cluster.close();
    };
  };
  const stops = new Map([
    ['a', await start('a')],
    ['b', await start('b')],
  ]);
  await until(() => reviewing.length === 1);
  const [first = ''] = reviewing;
  await stops.get(first)?.();
  await until(() => reviewing.length === 1 && reviewing[0] !== first);
  await stops.get(reviewing[0] ?? '')?.();
  expect(most).toBe(1);
});
