import { expect, test } from '@jest/globals';
import { ServiceBroker } from 'moleculer';
import { ownerOf, shareOf } from './share.ts';

const keys = Array.from({ length: 3000 }, (_, i) => `${i}/eu-west-1/ec2`);

test('keys are shared out evenly, alike whatever the order of the nodes', () => {
  const counts = new Map<string, number>();
  for (const key of keys) {
    const owner = ownerOf(key, ['a', 'b', 'c']) ?? '';
    counts.set(owner, (counts.get(owner) ?? 0) + 1);
    expect(ownerOf(key, ['c', 'a', 'b'])).toBe(owner);
  }
  for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(150);
  expect(ownerOf('x', [])).toBeUndefined();
});

test('when a node goes, only its keys move', () => {
  for (const key of keys) {
    const before = ownerOf(key, ['a', 'b', 'c']);
    expect(before === 'c' ? before : ownerOf(key, ['a', 'b'])).toBe(before);
  }
});

test('who takes no part has no share: the others have its keys', async () => {
  const start = async (nodeID: string, judges: boolean): Promise<ServiceBroker> => {
    const broker = new ServiceBroker({ nodeID, logger: false, transporter: 'Fake', metadata: { judges } });
    broker.createService({ name: 'policy' });
    await broker.start();
    return broker;
  };
  const brokers = [await start('judge', true), await start('edge', false)];
  for (const broker of brokers) await broker.waitForServices({ name: 'policy' }, 5000);
  const [judge, edge] = brokers.map((broker) => shareOf(broker, 'policy', ({ judges }) => judges !== false));
  expect(keys.every((key) => judge?.(key))).toBe(true);
  expect(keys.some((key) => edge?.(key))).toBe(false);
  for (const broker of brokers) await broker.stop();
});

test('alone, a process does everything', async () => {
  const broker = new ServiceBroker({ logger: false });
  broker.createService({ name: 'policy' });
  await broker.start();
  expect(keys.every(shareOf(broker, 'policy'))).toBe(true);
  await broker.stop();
});
