import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { createMetrics } from '../../lib/metrics.ts';
import type { Envelope } from '../../lib/policy-event/envelope.ts';
import { until } from '../../test/support/until.ts';
import { Batcher } from './batcher.ts';
import { Consumer } from './consumer.ts';
import { webhookSink } from './webhook.ts';

let server: Server;
let url: string;
let hits = 0;
beforeAll(async () => {
  server = createServer((_request, response) => {
    hits += 1;
    response.writeHead(500).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
});

const settings = { secret: '', format: 'envelope' as const, types: ['policy.denied'], tenants: [] };
const event: Envelope = {
  id: 'e',
  type: 'policy.denied',
  source: 'policy_engine',
  target: null,
  timestamp: 0,
  payload: { tenant_id: 'a' },
  meta: { correlation_id: null, version: '1.0' },
};
const silent = pino({ level: 'silent' });

describe('webhooks', () => {
  test.each([
    'http://127.0.0.1:1',
    'http://[::1]:1',
    'http://169.254.169.254/',
    'http://10.0.0.1/',
    'http://[::ffff:7f00:1]:1',
    'http://2130706433:1',
    'http://localhost:1',
  ])('%s is not reached', async (inside) => {
    const sink = webhookSink('x', { ...settings, url: inside }, { allowPrivate: false, now: Date.now, pausesMs: [] });
    await expect(sink.deliver(event, AbortSignal.timeout(5000))).rejects.toMatchObject({ type: 'CHANNEL_ADDRESS' });
  });

  test.each(['file:///etc/passwd', 'ftp://example.com', 'nothing'])('%s is no webhook', (bad) => {
    expect(() => webhookSink('x', { ...settings, url: bad }, { allowPrivate: true, now: Date.now })).toThrow(
      expect.objectContaining({ type: 'CONFIG_INVALID' }),
    );
  });

  test('one that answers 500 holds nobody up, and every event is delivered or counted as dropped', async () => {
    const sink = webhookSink('x', { ...settings, url }, { allowPrivate: true, now: Date.now, pausesMs: [1] });
    const consumer = new Consumer({ sink, log: silent, metrics: createMetrics(), size: 64 });
    for (let i = 0; i < 500; i++) consumer.take(event);
    await until(() => hits > 0);
    await consumer.close();
    const { delivered, dropped, waiting } = consumer.state;
    expect([delivered, dropped + waiting, hits > 0]).toEqual([0, 500, true]);
  });
});

test('a batcher keeps what could not be handed on, up to its bound', async () => {
  let down = true;
  const done: number[] = [];
  let lost = 0;
  const batcher = new Batcher<number>({
    name: 'x',
    size: 100,
    batch: 10,
    everyMs: 5,
    log: silent,
    onDone: () => undefined,
    onLost: (count) => (lost += count),
    flush: (rows) => {
      if (down) return Promise.reject(new Error('down'));
      done.push(...rows);
      return Promise.resolve();
    },
  });
  for (let i = 0; i < 250; i++) batcher.push(i);
  await new Promise((go) => setTimeout(go, 20));
  down = false;
  await batcher.close();
  expect(done.length + lost).toBe(250);
  expect(done).toEqual(done.toSorted((a, b) => a - b));
  expect(done.at(-1)).toBe(249);
});
