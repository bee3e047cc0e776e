/** Whom those who write ask, in a process that is one of several. The brokers here are real, and have no bus. */
import { afterEach, expect, test } from '@jest/globals';
import { ServiceBroker } from 'moleculer';
import { bindRuntime, type Runtime } from '../../lib/runtime.ts';
import { writerOf } from './history.client.ts';
import { observation, unit } from './testing.ts';

let broker: ServiceBroker;
afterEach(() => broker.stop());

const at = '2026-11-20T10:00:00.000Z';
const closed = observation(at, { absent: ['gone'] });
const batch = { batch: 'b', resources: [] };
const last = { ...closed, ...batch };

/** What is asked of services that have these actions, while this process is known to write the account or nobody is. */
async function asked(holds: boolean, services: Record<string, readonly string[]>): Promise<unknown[]> {
  const calls: unknown[] = [];
  broker = new ServiceBroker({ nodeID: 'here', logger: false });
  bindRuntime(broker, { cluster: { holderOf: () => (holds ? 'here' : undefined) } } as unknown as Runtime);
  for (const [name, actions] of Object.entries(services)) {
    const handler = (action: string) => (ctx: { params: object }) => {
      calls.push({ [`${name}.${action}`]: ctx.params });
      return {};
    };
    broker.createService({ name, actions: Object.fromEntries(actions.map((action) => [action, handler(action)])) });
  }
  await broker.start();
  await writerOf(broker).conclude(last);
  return calls;
}

const turn = (name: string) => [
  { [`${name}.ingest`]: { ...batch, scan: 's', unit, at } },
  { [`${name}.observe`]: closed },
];

test('the holder of the account is asked, and the leader where nobody is known to hold it', async () => {
  const actions = ['ingest', 'observe', 'conclude'];
  expect(await asked(true, { writer: actions, history: actions })).toEqual([{ 'writer.conclude': last }]);
  await broker.stop();
  expect(await asked(false, { writer: actions, history: actions })).toEqual([{ 'history.conclude': last }]);
});

test('of an older version that cannot conclude, both parts are asked in turn', async () => {
  const older = ['ingest', 'observe'];
  expect(await asked(true, { writer: older, history: older })).toEqual(turn('writer'));
  await broker.stop();
  expect(await asked(false, { writer: older, history: older })).toEqual(turn('history'));
});
