/** Durable events against a real JetStream: kept once, replayed from an instant, of the tenants that were asked for. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { NatsLink } from '../../lib/nats.ts';
import type { Envelope, EventType } from '../../lib/policy-event/envelope.ts';
import { DurableEvents } from '../../services/events/durable.ts';
import { type TestNats, testNats } from '../support/nats.ts';
import { until } from '../support/until.ts';

let nats: TestNats;
let link: NatsLink;
let durable: DurableEvents;
beforeAll(async () => {
  nats = await testNats();
  link = new NatsLink(nats.settings(), 'events-test');
  durable = new DurableEvents({
    connection: () => link.connection(),
    namespace: 'elava',
    replicas: 1,
    timeoutMs: 10_000,
  });
});
afterAll(async () => {
  await link.close();
  await nats[Symbol.asyncDispose]();
});

const event = (id: string, tenant: string, type: EventType = 'policy.denied'): Envelope => ({
  id,
  type,
  source: 'policy_engine',
  target: null,
  timestamp: Date.now() / 1000,
  payload: { tenant_id: tenant },
  meta: { correlation_id: null, version: '1.0' },
});
const ids = (events: readonly Envelope[]): string[] => events.map(({ id }) => id);

test('events are kept once, in order, and replayed by tenant, type and instant', async () => {
  const began = new Date(Date.now() - 1000).toISOString();
  await durable.deliver(event('1', 'a'));
  await durable.deliver(event('1', 'a'));
  await durable.deliver(event('2', 'b', 'policy.audit_required'));
  await new Promise((go) => setTimeout(go, 50));
  const later = new Date().toISOString();
  await durable.deliver(event('3', 'a', 'policy.updated'));
  expect(ids((await durable.replay({ since: began, limit: 10 })).events)).toEqual(['1', '2', '3']);
  expect(ids((await durable.replay({ since: later, limit: 10 })).events)).toEqual(['3']);
  expect(ids((await durable.replay({ since: began, tenants: ['b'], limit: 10 })).events)).toEqual(['2']);
  expect(ids((await durable.replay({ since: began, types: ['policy.denied'], limit: 10 })).events)).toEqual(['1']);
  expect(await durable.replay({ since: began, limit: 2 })).toMatchObject({ complete: false });
});

test('what was kept is there after the server was killed', async () => {
  const began = new Date(Date.now() - 60_000).toISOString();
  await durable.deliver(event('4', 'a'));
  await nats.kill();
  await nats.start();
  const replayed = () => durable.replay({ since: began, limit: 10 }).catch(() => ({ events: [] }));
  const found = await until(replayed, ({ events }) => ids(events).includes('4'));
  expect(ids(found.events)).toContain('4');
});

test('every evaluation is too much to keep', () => {
  expect(durable.wants(event('5', 'a', 'policy.evaluated'))).toBe(false);
});
