import { expect, test } from '@jest/globals';
import { ServiceBroker } from 'moleculer';
import Type from 'typebox';
import { brokerOptions } from './broker.ts';
import { loadConfig } from './config/load.ts';
import { defineContract, defineService } from './contract.ts';
import { createLogger } from './log.ts';

const contract = defineContract({
  name: 'worker',
  text: 'Works.',
  actions: { ask: { text: 'Asks.', params: Type.Object({}), result: Type.Object({}) } },
  events: {},
});
const asked = { ask: async () => ({}) };

test('a service ends its work while it still can be called, once, and is stopped afterwards', async () => {
  const { config } = loadConfig({ env: {}, cwd: '/nowhere' });
  const broker = new ServiceBroker(brokerOptions(config, { log: createLogger({ level: 'silent' }) }));
  const happened: string[] = [];
  broker.createService(
    defineService(contract, () => ({
      actions: asked,
      events: {},
      async drain() {
        await broker.call('worker.ask', {});
        happened.push('drained');
      },
      async stop() {
        happened.push('stopped');
      },
    })),
  );
  await broker.start();
  await Promise.all([broker.stop(), broker.stop()]);
  expect(happened).toEqual(['drained', 'stopped']);
});

test('work that fails to end does not keep the process', async () => {
  const { config } = loadConfig({ env: {}, cwd: '/nowhere' });
  const lines: string[] = [];
  const log = createLogger({ level: 'warn', destination: { write: (line: string) => void lines.push(line) } });
  const broker = new ServiceBroker(brokerOptions(config, { log }));
  broker.createService(
    defineService(contract, () => ({
      actions: asked,
      events: {},
      drain: () => Promise.reject(new Error('no')),
    })),
  );
  await broker.start();
  await broker.stop();
  expect(lines.join('')).toContain('a service did not end its work before the stop');
});
