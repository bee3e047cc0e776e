import { afterEach, describe, expect, test } from '@jest/globals';
import { ServiceBroker } from 'moleculer';
import Type from 'typebox';
import { brokerOptions } from './broker.ts';
import { loadConfig } from './config/load.ts';
import { announce, clientOf, defineContract, defineService, eventOf } from './contract.ts';
import { codeOf } from './errors.ts';
import { createLogger } from './log.ts';

const counter = defineContract({
  name: 'counter',
  text: 'Counts.',
  actions: {
    add: {
      text: 'Adds.',
      params: Type.Object({ by: Type.Integer({ minimum: 1 }) }, { additionalProperties: false }),
      result: Type.Object({ total: Type.Integer() }),
    },
    slow: { text: 'Never answers.', timeoutMs: 20, params: Type.Object({}), result: Type.Object({}) },
  },
  events: { added: { text: 'Added.', payload: Type.Object({ total: Type.Integer() }) } },
});
const listener = defineContract({
  name: 'listener',
  text: 'Listens.',
  actions: { heard: { text: 'What it heard.', params: Type.Object({}), result: Type.Array(Type.Integer()) } },
  events: {},
});
const added = eventOf(counter, 'added');

const counterService = defineService(counter, ({ broker }) => {
  let total = 0;
  return {
    events: {},
    actions: {
      async add({ by }) {
        total += by;
        await announce(broker, counter, 'added', { total });
        return { total };
      },
      slow: () => new Promise((resolve) => setTimeout(resolve, 300, {})),
    },
  };
});
const heardBy = (totals: number[]) =>
  defineService(
    listener,
    () => ({
      actions: { heard: async () => totals },
      events: {
        'counter.added': ({ total }: { total: number }) => {
          if (total === 13) throw new Error('unlucky');
          totals.push(total);
        },
      },
    }),
    { needs: [counter], hears: [added] },
  );

const { config } = loadConfig({ env: {}, cwd: '/' });
const log = createLogger({ level: 'silent' });
const brokers: ServiceBroker[] = [];
async function start(...services: ReturnType<typeof defineService>[]): Promise<ServiceBroker> {
  const broker = new ServiceBroker(brokerOptions(config, { log }));
  brokers.push(broker);
  for (const service of services) broker.createService(service);
  await broker.start();
  return broker;
}
afterEach(async () => {
  await Promise.all(brokers.splice(0).map((broker) => broker.stop()));
});

describe('a contract', () => {
  test('types both sides of a call and of an event', async () => {
    const broker = await start(counterService, heardBy([]));
    const client = clientOf(counter, broker);
    expect(await client.add({ by: 2 })).toEqual({ total: 2 });
    expect(await client.add({ by: 3 })).toEqual({ total: 5 });
    expect(await clientOf(listener, broker).heard({})).toEqual([2, 5]);
    // @ts-expect-error a wrong payload does not compile
    await expect(client.add({ bye: 2 })).rejects.toMatchObject({ type: 'INVALID_REQUEST' });
  });

  test('refuses at the callee what the schema forbids, and names the field', async () => {
    const broker = await start(counterService);
    const wrong = broker.call('counter.add', { by: 0 });
    await expect(wrong).rejects.toMatchObject({ type: 'INVALID_REQUEST', message: expect.stringContaining('by') });
  });

  test('a call ends at its deadline', async () => {
    const broker = await start(counterService);
    await expect(clientOf(counter, broker).slow({})).rejects.toMatchObject({ type: 'REQUEST_TIMEOUT' });
  });

  test('a failing listener harms neither the sender nor later events', async () => {
    const broker = await start(counterService, heardBy([]));
    const client = clientOf(counter, broker);
    expect(await client.add({ by: 13 })).toEqual({ total: 13 });
    await client.add({ by: 1 });
    expect(await clientOf(listener, broker).heard({})).toEqual([14]);
  });
});

describe('a service that needs another', () => {
  const hangs = defineService(counter, () => ({
    actions: { add: async () => ({ total: 0 }), slow: async () => ({}) },
    events: {},
    start: () => new Promise(() => {}),
  }));
  function starting(over?: AbortSignal) {
    const broker = new ServiceBroker(brokerOptions(config, { log, ...(over && { over }) }));
    brokers.push(broker);
    for (const service of [hangs, heardBy([])]) broker.createService(service);
    return { broker, started: broker.start().catch((error: unknown) => codeOf(error)) };
  }

  test('stops waiting when its broker stops', async () => {
    const { broker, started } = starting();
    await broker.stop();
    expect(await started).toBe('CANCELLED');
  });

  test('stops waiting when the process is to end', async () => {
    const over = new AbortController();
    const { started } = starting(over.signal);
    over.abort();
    expect(await started).toBe('CANCELLED');
  });

  test('does not wait where no other process can run that', async () => {
    await expect(start(heardBy([]))).rejects.toMatchObject({
      type: 'ROLE_UNAVAILABLE',
      message: expect.stringContaining('listener needs counter'),
    });
  });
});

describe('brokerOptions', () => {
  test('refuses a broker whose options the environment replaced', async () => {
    const options = brokerOptions(config, { log });
    const broker = new ServiceBroker({ ...options, namespace: 'kube-system' });
    await expect(broker.start()).rejects.toMatchObject({
      type: 'CONFIG_BROKER',
      message: expect.stringContaining('NAMESPACE'),
    });
  });
});
