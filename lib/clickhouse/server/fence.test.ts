import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Fence } from './fence.ts';

let dir = '';
beforeEach(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'elava-fence-'));
});
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 30));
afterEach(async () => rm(dir, { recursive: true, force: true }));

test('a later term waits for writes that are under way, whichever lead they are of', async () => {
  const fence = new Fence(dir);
  const order: string[] = [];
  const slow = Promise.withResolvers<void>();
  const first = fence.run({ history: 1, 'writer.1': 2 }, true, async () => {
    await slow.promise;
    order.push('first');
  });
  await pause();
  const next = fence.run({ 'writer.1': 3 }, false, async () => void order.push('next'));
  await pause();
  expect(order).toEqual([]);
  slow.resolve();
  await Promise.all([first, next]);
  expect(order).toEqual(['first', 'next']);
});

test('a write that was told late of its end is refused when it comes', async () => {
  const fence = new Fence(dir);
  await fence.run({ history: 1, 'writer.1': 2 }, true, async () => undefined);
  await fence.run({ 'writer.1': 3 }, false, async () => undefined);
  const late = fence.run({ history: 1, 'writer.1': 2 }, true, async () => 'written');
  await expect(late).rejects.toMatchObject({ type: 'FENCED' });
  // Whoever knows of no shard writes what belongs to none.
  expect(await fence.run({ history: 1 }, true, async () => 'written')).toBe('written');
});

test('terms outlive the process, and are forgotten when one says so', async () => {
  await new Fence(dir).run({ history: 4, 'writer.12': 9 }, true, async () => undefined);
  const again = new Fence(dir);
  const late = again.run({ history: 4, 'writer.12': 8 }, true, async () => 'written');
  await expect(late).rejects.toMatchObject({ type: 'FENCED' });
  again.reset();
  expect(await new Fence(dir).run({}, true, async () => 'written')).toBe('written');
});
