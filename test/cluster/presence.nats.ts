/** What is told while NATS is away is lost: who knew a process before finds out all the same what it has run since. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type BrokerOptions, ServiceBroker } from 'moleculer';
import { brokerOptions } from '../../lib/broker.ts';
import { loadConfig } from '../../lib/config/load.ts';
import { createLogger } from '../../lib/log.ts';
import { type TestNats, testNats } from '../support/nats.ts';
import { until } from '../support/until.ts';

let nats: TestNats;
const brokers: ServiceBroker[] = [];
beforeEach(async () => {
  nats = await testNats();
});
afterEach(async () => {
  for (const broker of brokers.splice(0)) await broker.stop();
  await nats[Symbol.asyncDispose]();
});

async function started(options: BrokerOptions): Promise<ServiceBroker> {
  const broker = new ServiceBroker(options);
  brokers.push(broker);
  await broker.start();
  return broker;
}

const offers = (broker: ServiceBroker, action: string): boolean =>
  broker.registry.getActionEndpoints(action)?.hasAvailable() === true;

test('a service that began while NATS was away is found by who knew the process', async () => {
  const { config } = loadConfig({ env: {}, cwd: '/nowhere', flags: { 'nats.servers': [nats.url] } });
  const ours = brokerOptions(config, { log: createLogger({ level: 'silent' }) });
  const runs = await started(ours);
  // Another platform's, with nothing of ours but the way to the bus.
  const { namespace = '', transporter = null } = ours;
  const asks = await started({ nodeID: 'asks', namespace, transporter, logger: false });
  runs.createService({ name: 'first', actions: { ping: () => 'first' } });
  await until(() => offers(asks, 'first.ping'));
  await nats.kill();
  runs.createService({ name: 'second', actions: { ping: () => 'second' } });
  // The only word of it goes out a second later, to nobody.
  await new Promise((resolve) => setTimeout(resolve, 3000));
  await nats.start();
  await until(() => offers(asks, 'second.ping'));
  expect(await asks.call('second.ping')).toBe('second');
});
