import { afterEach, expect, test } from '@jest/globals';
import { ServiceBroker } from 'moleculer';
import { patientMiddleware } from './patience.ts';

let broker: ServiceBroker;
afterEach(async () => {
  await broker.stop();
});
const start = async (patienceMs: number): Promise<void> => {
  broker = new ServiceBroker({ logger: false, middlewares: [patientMiddleware(patienceMs)] });
  await broker.start();
};

test('a call to a role that is not there yet is answered when it comes', async () => {
  await start(10_000);
  const answer = broker.call('late.ask');
  await new Promise((resolve) => setTimeout(resolve, 60));
  broker.createService({ name: 'late', actions: { ask: () => 7 } });
  expect(await answer).toBe(7);
});

test('it is not waited for for ever, and what an action throws is thrown at once', async () => {
  await start(120);
  await expect(broker.call('never.ask')).rejects.toMatchObject({ type: 'SERVICE_NOT_FOUND' });
  let calls = 0;
  broker.createService({
    name: 'there',
    actions: {
      ask: () => {
        calls += 1;
        throw new Error('no');
      },
    },
  });
  await expect(broker.call('there.ask')).rejects.toThrow('no');
  expect(calls).toBe(1);
});

test('a callee that misses somebody else ran, and is not called again', async () => {
  await start(120);
  let calls = 0;
  broker.createService({
    name: 'outer',
    actions: {
      ask: (ctx) => {
        calls += 1;
        return ctx.call('never.ask');
      },
    },
  });
  await expect(broker.call('outer.ask')).rejects.toMatchObject({ type: 'SERVICE_NOT_FOUND' });
  expect(calls).toBe(1);
});

test('a process that was named is not waited for', async () => {
  await start(60_000);
  broker.createService({ name: 'there', actions: { ask: () => 7 } });
  await expect(broker.call('there.ask', {}, { nodeID: 'gone' })).rejects.toMatchObject({ type: 'SERVICE_NOT_FOUND' });
});
