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

test('alone, a process does everything', async () => {
  const broker = new ServiceBroker({ logger: false });
  broker.createService({ name: 'policy' });
  await broker.start();
  expect(keys.every(shareOf(broker, 'policy'))).toBe(true);
  await broker.stop();
});
