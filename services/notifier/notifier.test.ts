import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { codeOf } from '../../lib/errors.ts';
import { createLogger } from '../../lib/log.ts';
import { MemoryJobs } from '../../lib/memory-jobs.ts';
import { createMetrics } from '../../lib/metrics.ts';
import type { ChannelSettings } from './channel.ts';
import type { Delivery, Notice } from './notifier.contract.ts';
import { Notifier, type NotifierSettings } from './notifier.ts';

interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let server: Server;
let received: Received[];
/** Answers to give, the last one for ever. */
let answers: number[];
let url = '';
let now = 0;
let jobs: MemoryJobs;
let ended: Delivery[];
const metrics = createMetrics();
const made: Notifier[] = [];

beforeEach(async () => {
  received = [];
  answers = [200];
  ended = [];
  now = Date.parse('2026-11-22T10:00:00Z');
  jobs = new MemoryJobs();
  server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => {
      body += text;
    });
    request.on('end', () => {
      received.push({ path: request.url ?? '', headers: request.headers, body });
      const status = answers.length > 1 ? answers.shift() : answers[0];
      response.writeHead(status ?? 200, status === 302 ? { location: `${url}/elsewhere` } : {}).end('said');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  for (const one of made.splice(0)) await one.close();
  await jobs.close();
  server.closeAllConnections();
  server.close();
});

function notifierWith(
  channels: Record<string, Partial<ChannelSettings>>,
  overrides: Partial<NotifierSettings> = {},
): Notifier {
  const base: ChannelSettings = { type: 'webhook', url, secret: '', severities: ['warning', 'critical'] };
  const whole = Object.fromEntries(Object.entries(channels).map(([name, one]) => [name, { ...base, ...one }]));
  const settings = {
    channels: whole,
    allow_private: true,
    timeout: 20_000,
    attempts: 3,
    dedupe: 600_000,
    owners: [],
    answers: '',
    ...overrides,
  };
  const log = createLogger({ level: 'silent' });
  const one = new Notifier({
    settings,
    jobs,
    clock: { now: () => now },
    log,
    metrics,
    onEnd: (delivery) => ended.push(delivery),
    retryMs: 5,
  });
  one.start();
  made.push(one);
  return one;
}

const notice: Notice = {
  key: 'sovereignty/local/finance/eu',
  source: 'sovereignty',
  severity: 'critical',
  title: 'SovereignPolicy finance/eu has failed',
  text: 'target namespace <finance> does not exist',
  fields: { reason: 'NamespaceMissing' },
};

async function settled(count: number): Promise<Delivery[]> {
  while (ended.length < count) await new Promise((resolve) => setTimeout(resolve, 5));
  return ended;
}

describe('channels', () => {
  test('a webhook is signed as Standard Webhooks specifies, with one id for all attempts', async () => {
    const key = Buffer.alloc(32, 7);
    answers = [503, 200];
    await notifierWith({ hook: { secret: `whsec_${key.toString('base64')}` } }).notify(notice);
    await settled(1);
    const [first, second] = received;
    const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature } = second!.headers;
    expect(id).toMatch(/^msg_/);
    expect(first!.headers['webhook-id']).toBe(id);
    const hash = createHmac('sha256', key)
      .update(`${String(id)}.${String(timestamp)}.${second!.body}`)
      .digest('base64');
    expect(signature).toBe(`v1,${hash}`);
    expect(JSON.parse(second!.body)).toMatchObject({
      type: 'elava.notice.raised',
      data: { key: notice.key, resolved: false },
    });
  });

  test('Slack gets blocks in which a text can mention nobody', async () => {
    await notifierWith({ chat: { type: 'slack' } }).notify(notice);
    await settled(1);
    const body = JSON.parse(received[0]!.body) as { blocks: { text?: { text: string } }[] };
    expect(body.blocks[0]?.text?.text).toContain('target namespace &lt;finance&gt; does not exist');
  });

  test('PagerDuty gets an incident by key, which the resolution resolves', async () => {
    const one = notifierWith({ pager: { type: 'pagerduty', secret: 'routing' } });
    await one.notify(notice);
    await settled(1);
    await one.notify({ ...notice, resolved: true });
    await settled(2);
    const [raised, resolved] = received.map(({ body }) => JSON.parse(body) as Record<string, unknown>);
    expect(raised).toMatchObject({
      routing_key: 'routing',
      dedup_key: notice.key,
      event_action: 'trigger',
      payload: { severity: 'critical' },
    });
    expect(resolved).toMatchObject({ dedup_key: notice.key, event_action: 'resolve' });
  });

  test.each([
    [{ hook: { url: '' } }, 'notifier.channels.hook: url is missing'],
    [{ hook: { secret: 'short' } }, 'notifier.channels.hook: secret must have 24 bytes at least'],
    [{ pager: { type: 'pagerduty' as const } }, 'notifier.channels.pager: secret, the routing key, is missing'],
  ])('a wrong setting is an error that names it: %j', (channels, message) => {
    expect(() => notifierWith(channels)).toThrow(message);
  });
});

describe('who gets what', () => {
  test('a channel gets the severities that it wants', async () => {
    const one = notifierWith({
      all: { url: `${url}/all`, severities: ['info', 'warning', 'critical'] },
      loud: { url: `${url}/loud`, severities: ['critical'] },
    });
    expect((await one.notify({ ...notice, severity: 'info' })).deliveries).toHaveLength(1);
    await settled(1);
    expect(received.map(({ path }) => path)).toEqual(['/all']);
  });

  test('the same notice is sent once, until the time is over or the state is another', async () => {
    const one = notifierWith({ hook: {} });
    expect(await one.notify(notice)).toMatchObject({ repeated: false });
    expect(await one.notify(notice)).toEqual({ repeated: true, deliveries: [] });
    expect(await one.notify({ ...notice, resolved: true })).toMatchObject({ repeated: false });
    expect(await one.notify({ ...notice, resolved: true })).toMatchObject({ repeated: true });
    expect(await one.notify(notice)).toMatchObject({ repeated: false });
    now += 600_001;
    expect(await one.notify(notice)).toMatchObject({ repeated: false });
    await settled(4);
    expect(received).toHaveLength(4);
  });

  test('alerts that stand are a gauge for Prometheus', async () => {
    const firing = async (): Promise<number> =>
      (await metrics.alerts.get()).values.find(({ labels }) => labels['source'] === 'gauge')?.value ?? 0;
    const one = notifierWith({});
    const own = { ...notice, source: 'gauge', key: 'gauge' };
    await one.notify(own);
    await one.notify(own);
    expect(await firing()).toBe(1);
    await one.notify({ ...own, resolved: true });
    expect(await firing()).toBe(0);
  });
});

describe('delivery', () => {
  test('fails after its attempts, and the ledger says why', async () => {
    answers = [500];
    const one = notifierWith({ hook: {} });
    const { deliveries } = await one.notify(notice);
    const [last] = await settled(1);
    expect(last).toMatchObject({
      id: deliveries[0],
      state: 'failed',
      attempts: 3,
      error: expect.stringMatching(/^CHANNEL_UNREACHABLE: .* answers 500: said/),
    });
    expect(one.deliveries({ key: notice.key })).toEqual([last]);
  });

  test('a refusal is not tried again', async () => {
    answers = [400];
    await notifierWith({ hook: {} }).notify(notice);
    expect((await settled(1))[0]).toMatchObject({
      state: 'failed',
      attempts: 1,
      error: expect.stringContaining('CHANNEL_REFUSED'),
    });
  });

  test('a redirect is not followed', async () => {
    answers = [302];
    await notifierWith({ hook: {} }).notify(notice);
    expect((await settled(1))[0]).toMatchObject({ state: 'failed', attempts: 1 });
    expect(received).toHaveLength(1);
  });

  test.each([
    'http://127.0.0.1:1/',
    'http://localhost:1/',
    'http://[::1]:1/',
    'http://[::ffff:127.0.0.1]:1/',
    'http://169.254.169.254/latest/meta-data',
    'http://0x7f000001:1/',
  ])('an inside address is not reached: %s', async (inside) => {
    await notifierWith({ hook: { url: inside } }, { allow_private: false }).notify(notice);
    expect((await settled(1))[0]).toMatchObject({
      state: 'failed',
      attempts: 1,
      error: expect.stringContaining('CHANNEL_ADDRESS'),
    });
  });

  test('errors carry a code', () => {
    let code = '';
    try {
      notifierWith({ hook: { url: '' } });
    } catch (error) {
      code = codeOf(error);
    }
    expect(code).toBe('CONFIG_INVALID');
  });
});
