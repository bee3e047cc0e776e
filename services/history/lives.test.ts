import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as read from './actions-read.ts';
import type { JudgingRow } from './history.contract.ts';
import { isAnotherLife, livesOf } from './lives.ts';
import { resource, scan, type TestMemory, testMemory, unit } from './testing.ts';

const at = (day: number): string => `2026-11-${String(day).padStart(2, '0')}T10:00:00.000Z`;
const other = resource('other');
const known = (more: object = {}) => ({ first_seen: Date.parse(at(10)), live: true, ...more });
const fn = (created_at: string, more: object = {}) =>
  resource('fn', { id: 'arn:aws:lambda:eu-west-1:111111111111:function:orders', created_at, ...more });

describe('another life', () => {
  test('is what was made after it was first seen, gone in between or not', () => {
    expect(isAnotherLife(known(), fn(at(12)))).toBe(true);
    expect(isAnotherLife(known({ live: false }), fn(at(12)))).toBe(true);
    expect(isAnotherLife(known(), fn(at(9)))).toBe(false);
    expect(isAnotherLife(known({ live: false }), fn(at(9)))).toBe(false);
  });

  test('is what was gone in between where nobody tells when it was made', () => {
    expect(isAnotherLife(known({ live: false }), fn(''))).toBe(true);
    expect(isAnotherLife(known(), fn(''))).toBe(false);
  });

  test('is never an id that is given once, nor a bucket whose policy was edited', () => {
    const machine = resource('x', { id: 'arn:aws:ec2:eu-west-1:1:instance/i-0123456789abcdef0', created_at: at(12) });
    expect(isAnotherLife(known({ live: false }), machine)).toBe(false);
    const bucket = fn(at(12), { id: 'arn:aws:s3:::logs', type: 's3' });
    expect(isAnotherLife(known(), bucket)).toBe(false);
    expect(isAnotherLife(known({ live: false }), bucket)).toBe(true);
  });
});

describe('in the memory', () => {
  let t: TestMemory;
  beforeAll(async () => {
    t = await testMemory();
    await scan(t.memory, { scan: 's1', at: at(10), seen: [other, fn(at(1), { status: 'old', size: 1 })] });
    await scan(t.memory, { scan: 's2', at: at(11), seen: [fn(at(1), { status: 'old', size: 2 })] });
    await scan(t.memory, { scan: 's3', at: at(12), absent: [fn('').id] });
    await scan(t.memory, { scan: 's4', at: at(14), seen: [fn(at(13), { status: 'old', size: 3 })] });
    await scan(t.memory, { scan: 's5', at: at(15), seen: [fn(at(13), { status: 'old', size: 4 })] });
  });
  afterAll(async () => {
    await t.close();
  });

  test('a name that was made again is first seen then, in a new state, and its timeline has both lives', async () => {
    const { resources } = await read.resources(t.memory, { filter: { ids: [fn('').id] } });
    expect(resources[0]).toMatchObject({ first_seen: at(14), state_since: at(14) });
    const { lives, versions } = await read.timeline(t.memory, { id: fn('').id });
    expect(lives).toEqual([
      { began: at(14), ended: '', created_at: at(13) },
      { began: at(10), ended: at(12), created_at: at(1) },
    ]);
    expect(versions).toHaveLength(4);
  });

  test('a policy sees nothing of the earlier life', async () => {
    const { lines } = await read.judging(t.memory, { unit, upto: '0', join: [] });
    const rows = lines
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as JudgingRow);
    const row = rows.find(({ resource: { id } }) => id === fn('').id)!;
    expect(row.history.map((one) => (one as { size?: number }).size)).toEqual([3]);
    expect(row.facts).toMatchObject({ first_seen: at(14), changes: 2 });
  });
});

test('a life that was gone and came back lasts on', () => {
  const versions = [{ first_seen: at(10), resource: { created_at: '' } }];
  const changes = [
    { kind: 'reappeared' as const, at: at(13) },
    { kind: 'disappeared' as const, at: at(12) },
  ];
  expect(livesOf(versions, changes)).toEqual([{ began: at(10), ended: '', created_at: '' }]);
});
