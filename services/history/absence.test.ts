import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { codeOf } from '../../lib/errors.ts';
import * as ask from './actions-ask.ts';
import * as read from './actions-read.ts';
import { ingest, observe } from './actions-write.ts';
import { hashOf, observation, resource, scan, type TestMemory, testMemory, unit } from './testing.ts';

let t: TestMemory;
beforeEach(async () => {
  t = await testMemory();
});
afterEach(async () => {
  await t.close();
});

const estate = Array.from({ length: 100 }, (_, i) => resource(`r${i}`));
const gone = (count: number) => estate.slice(0, count).map(({ id }) => id);
const hour = (n: number) => `2026-11-20T${String(n).padStart(2, '0')}:00:00.000Z`;
const live = async () => (await ask.counts(t.memory, {})).types.ec2 ?? 0;

describe('absence', () => {
  test('needs a complete observation', async () => {
    await scan(t.memory, { scan: 's1', at: hour(1), seen: estate });
    for (const [i, state] of (['partial', 'failed', 'skipped'] as const).entries()) {
      const coverage = await scan(t.memory, { scan: `x${i}`, at: hour(2 + i), absent: gone(3), state });
      expect(coverage).toMatchObject({ state, gone: 0, held: 0 });
    }
    expect(await live()).toBe(100);
    expect((await read.coverage(t.memory, {})).summary).toMatchObject({ stale: 1, missing: 0, oldest: hour(1) });
    const { resources } = await read.resources(t.memory, { limit: 1 });
    expect(resources[0]?.last_seen).toBe(hour(1));
  });

  test('of much at once is held, also over a restart, until a second observation agrees', async () => {
    await scan(t.memory, { scan: 's1', at: hour(1), seen: estate });
    const first = await scan(t.memory, { scan: 's2', at: hour(2), absent: gone(40) });
    expect(first).toMatchObject({ gone: 0, held: 40 });
    expect(await live()).toBe(100);
    const { resources } = await read.resources(t.memory, { filter: { ids: [estate[0]!.id, estate[99]!.id] } });
    expect(Object.fromEntries(resources.map(({ id, last_seen }) => [id, last_seen]))).toEqual({
      [estate[0]!.id]: hour(1),
      [estate[99]!.id]: hour(2),
    });
    await t.reopen();
    await scan(t.memory, { scan: 's3', at: hour(3), state: 'partial', absent: gone(40) });
    const second = await scan(t.memory, { scan: 's4', at: hour(4), absent: gone(30) });
    expect(second).toMatchObject({ gone: 30, held: 0 });
    expect(await live()).toBe(70);
  });

  test('of a whole unit is held, and one observation that sees it again releases it', async () => {
    await scan(t.memory, { scan: 's1', at: hour(1), seen: estate.slice(0, 2) });
    expect(await scan(t.memory, { scan: 's2', at: hour(2), absent: gone(2) })).toMatchObject({ gone: 0, held: 2 });
    expect(await scan(t.memory, { scan: 's3', at: hour(3) })).toMatchObject({ gone: 0, held: 0 });
    expect(await scan(t.memory, { scan: 's4', at: hour(4), absent: gone(2) })).toMatchObject({ gone: 0, held: 2 });
    expect(await scan(t.memory, { scan: 's5', at: hour(5), absent: gone(2) })).toMatchObject({ gone: 2, held: 0 });
    expect(await live()).toBe(0);
  });

  test('a scan that is closed twice does not confirm itself', async () => {
    await scan(t.memory, { scan: 's1', at: hour(1), seen: estate });
    const closed = observation(hour(2), { scan: 's2', count: 60, absent: gone(40) });
    const first = await observe(t.memory, closed);
    expect(await observe(t.memory, closed)).toEqual(first);
    expect(await observe(t.memory, { ...closed, started: hour(3), finished: hour(3) })).toMatchObject({
      gone: 0,
      held: 40,
    });
    expect(await live()).toBe(100);
  });

  test('an observation that began before another one ended takes nothing away', async () => {
    await scan(t.memory, { scan: 's1', at: hour(1), seen: estate });
    const began = { scan: 's0', started: '2026-11-20T00:30:00.000Z' };
    const late = await observe(t.memory, observation(hour(2), { ...began, count: 99, absent: gone(1) }));
    expect(late).toMatchObject({ gone: 0, held: 0 });
    expect(await live()).toBe(100);
  });

  test('ids that nobody knows, or that are gone already, are no tombstones', async () => {
    await scan(t.memory, { scan: 's1', at: hour(1), seen: estate });
    expect(await scan(t.memory, { scan: 's2', at: hour(2), absent: ['arn:none', ...gone(1)] })).toMatchObject({
      gone: 1,
    });
    expect(await scan(t.memory, { scan: 's3', at: hour(3), absent: gone(2) })).toMatchObject({ gone: 1 });
    expect(await live()).toBe(98);
  });

  test('is announced once, with what was written', async () => {
    await scan(t.memory, { scan: 's1', at: hour(1), seen: estate.slice(0, 3) });
    await scan(t.memory, { scan: 's2', at: hour(2), absent: gone(1) });
    expect(t.news).toEqual([
      { unit, scan: 's1', revision: '1', versions: 3, gone: 0 },
      { unit, scan: 's2', revision: '3', versions: 0, gone: 1 },
    ]);
    expect(t.observed.map((coverage) => [coverage.scan, coverage.gone])).toEqual([
      ['s1', 0],
      ['s2', 1],
    ]);
  });
});

test('a resource of another unit is refused, and takes no other batch with it', async () => {
  const stray = resource('stray', {}, { ...unit, region: 'mars' });
  const good = ingest(t.memory, { batch: 'a', scan: 's', unit: { ...unit, type: 'ebs' }, at: hour(1), resources: [] });
  const bad = ingest(t.memory, {
    batch: 'b',
    scan: 's',
    unit,
    at: hour(1),
    resources: [{ hash: hashOf(stray), resource: stray }],
  });
  expect(await good).toEqual({ written: 0 });
  expect(codeOf(await bad.catch((error: unknown) => error))).toBe('INVALID_REQUEST');
  const odd = ingest(t.memory, {
    batch: 'c',
    scan: 's',
    unit,
    at: hour(1),
    resources: [{ hash: 'xyz', resource: resource('a') }],
  });
  expect(codeOf(await odd.catch((error: unknown) => error))).toBe('INVALID_REQUEST');
});
