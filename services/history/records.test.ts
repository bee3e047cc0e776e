import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { migrate } from '../../lib/clickhouse/migrate.ts';
import { migrations } from '../../lib/clickhouse/migrations/index.ts';
import { type TestStore, testStore } from '../../lib/clickhouse/testing.ts';
import { codeOf } from '../../lib/errors.ts';
import { keepPlan, Records, readPlans, readRecords } from './records.ts';

let held: TestStore;
let records: Records;
const at = '2026-11-22T10:00:00.000Z';
const request = (stream: string, expected: number, kind = 'proposed') => ({
  stream,
  plan: 'p-1',
  expected,
  record: { kind, at, by: 'ada', body: { text: 'a "quoted" line\n' } },
});

beforeAll(async () => {
  held = await testStore();
  await migrate(held.store, migrations);
  records = new Records(held.store);
});
afterAll(() => held.close());

describe('streams', () => {
  test('of two writers at the same number one is taken', async () => {
    const both = await Promise.allSettled([records.append(request('s-1', 0)), records.append(request('s-1', 0))]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const refused = both.find((one) => one.status === 'rejected');
    expect(codeOf(refused?.reason)).toBe('RECORD_CONFLICT');
    expect(await readRecords(held.store, { streams: ['s-1'] })).toEqual([
      { stream: 's-1', seq: 1, plan: 'p-1', kind: 'proposed', at, by: 'ada', body: { text: 'a "quoted" line\n' } },
    ]);
  });

  test('a guard that moved refuses the record, and a refusal stops nobody else', async () => {
    await records.append(request('switch', 0, 'on'));
    const guarded = { ...request('s-2', 0), guards: [{ stream: 'switch', seq: 0 }] };
    await expect(records.append(guarded)).rejects.toMatchObject({
      type: 'RECORD_CONFLICT',
      data: { stream: 'switch' },
    });
    expect(await records.append({ ...guarded, guards: [{ stream: 'switch', seq: 1 }] })).toEqual({ seq: 1 });
  });

  test('are read by plan, prefix and kind', async () => {
    await records.append(request('s-2', 1, 'done'));
    const kindsOf = async (question: object) => (await readRecords(held.store, question)).map(({ kind }) => kind);
    expect(await kindsOf({ plan: 'p-1', prefix: 's-', kinds: ['done'] })).toEqual(['done']);
    expect(await kindsOf({ prefix: 's-2' })).toEqual(['proposed', 'done']);
    await expect(readRecords(held.store, {})).rejects.toMatchObject({ type: 'INVALID_REQUEST' });
  });
});

test('a plan is stored once and given back as it came', async () => {
  const plan = { id: 'p-1', at, by: 'ada', expires_at: '2026-11-23T10:00:00.000Z', body: '{"b":1,"a":"ü"}' };
  await keepPlan(held.store, plan);
  await expect(keepPlan(held.store, plan)).rejects.toMatchObject({ type: 'RECORD_CONFLICT' });
  expect(await readPlans(held.store, { id: 'p-1' })).toEqual([plan]);
  expect(await readPlans(held.store, { since: '2026-11-23T00:00:00.000Z' })).toEqual([]);
});
