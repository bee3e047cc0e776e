import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readPace } from './pace.ts';
import { resource, scan, type TestMemory, testMemory, unit } from './testing.ts';

let t: TestMemory;
beforeAll(async () => {
  t = await testMemory();
});
afterAll(async () => {
  await t.close();
});

const hour = (n: number) => `2026-11-20T${String(n).padStart(2, '0')}:00:00.000Z`;
const pace = async (since = hour(0), accounts = [unit.account]) =>
  (await readPace(t.memory.store, { accounts, since })).units;

test('the pace of a unit is that of its last two complete observations', async () => {
  await scan(t.memory, { scan: 's1', at: hour(1), seen: [resource('a'), resource('b')] });
  expect(await pace()).toEqual([]);
  await scan(t.memory, { scan: 's2', at: hour(3) });
  expect(await pace()).toEqual([{ ...unit, between_ms: 2 * 3_600_000, changed: false }]);
  await scan(t.memory, { scan: 's3', at: hour(4), state: 'failed' });
  await scan(t.memory, { scan: 's4', at: hour(8), seen: [resource('c')] });
  expect(await pace()).toEqual([{ ...unit, between_ms: 5 * 3_600_000, changed: true }]);
  await scan(t.memory, { scan: 's5', at: hour(9), absent: [resource('c').id] });
  expect(await pace()).toEqual([{ ...unit, between_ms: 3_600_000, changed: true }]);
  expect(await pace(hour(9))).toEqual([]);
  expect(await pace(hour(0), ['999999999999'])).toEqual([]);
});

test('units are kept apart', async () => {
  const other = { ...unit, type: 's3' };
  await scan(t.memory, { scan: 's6', at: hour(10), unit: other, seen: [] });
  await scan(t.memory, { scan: 's7', at: hour(11), unit: other, seen: [] });
  expect((await pace()).map(({ type, between_ms }) => [type, between_ms])).toEqual([
    ['ec2', 3_600_000],
    ['s3', 3_600_000],
  ]);
});
