import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Unit } from '../../lib/resource.ts';
import * as read from './actions-read.ts';
import { storeJudged } from './actions-write.ts';
import { dueUnit } from './due.ts';
import type { Evaluation, JudgingRow } from './history.contract.ts';
import { resource, scan, type TestMemory, testMemory, unit } from './testing.ts';

const groups: Unit = { ...unit, type: 'security_group' };
const group = resource('sg', {}, groups);
const web = resource('web', { refs: [group.id] });
const alone = resource('alone');
const bundle = 'b1';
const never = '2000-01-01T00:00:00.000Z';
const at = '2026-11-20T12:00:00.000Z';

let t: TestMemory;
beforeEach(async () => {
  t = await testMemory();
  await scan(t.memory, { scan: 's1', at: '2026-11-20T10:00:00.000Z', unit: groups, seen: [group] });
  await scan(t.memory, { scan: 's1', at: '2026-11-20T10:00:00.000Z', seen: [web, alone] });
});
afterEach(async () => {
  await t.close();
});

const due = async (judged_before = never) => (await read.due(t.memory, { bundle, judged_before })).units;
const settle = async (): Promise<void> => {
  for (const { unit: of, upto, since } of await due()) {
    await storeJudged(t.memory, {
      unit: of,
      bundle,
      at,
      evaluations: [],
      cleared: [],
      upto,
      ...(since ? { since } : {}),
    });
  }
};
const rows = async (item: { unit: Unit; since?: string; upto: string }): Promise<JudgingRow[]> => {
  const page = await read.judging(t.memory, { ...item, join: ['security_group'] });
  return page.lines
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as JudgingRow);
};
const evaluation = (id: string, policy: string, hash: string): Evaluation => ({
  id: `${policy} ${hash}`,
  resource_id: id,
  policy_name: policy,
  effect: 'warn',
  error: '',
  evaluated_at: at,
  revision: '1',
  hash,
  bundle,
  ...unit,
  name: 'web',
  environment: 'prod',
  result: { decision: 'flag', reason: 'r', confidence: 1, policies: [policy], metadata: {}, actions: [] },
});

describe('what is due', () => {
  test('all units at first, none when judged, all again for another bundle or after the interval', async () => {
    expect((await due()).map(({ unit: { type }, since }) => [type, since])).toEqual([
      ['ec2', undefined],
      ['security_group', undefined],
    ]);
    await settle();
    expect(await due()).toEqual([]);
    expect((await read.due(t.memory, { bundle: 'b2', judged_before: never })).units).toHaveLength(2);
    expect(await due('2026-11-20T12:00:00.001Z')).toHaveLength(2);
    const filter = { types: ['ec2'] };
    expect((await read.due(t.memory, { bundle: 'b2', judged_before: never, filter })).units).toHaveLength(1);
  });

  test('what refers to something that changed is due with it, and only that', async () => {
    await settle();
    await scan(t.memory, {
      scan: 's2',
      at: '2026-11-20T11:00:00.000Z',
      unit: groups,
      seen: [{ ...group, name: 'open' }],
    });
    const found = await due();
    expect(found.map(({ unit: { type } }) => type)).toEqual(['ec2', 'security_group']);
    const [line, ...more] = await rows(found[0]!);
    expect(more).toEqual([]);
    expect(line?.resource.id).toBe(web.id);
    expect(line?.related).toEqual({ [group.id]: { ...group, name: 'open' } });
    await settle();
    expect(await due()).toEqual([]);
  });

  test('what refers to something that is gone is due, without it', async () => {
    const more = Array.from({ length: 3 }, (_, i) => resource(`sg${i}`, {}, groups));
    await scan(t.memory, { scan: 's2', at: '2026-11-20T11:00:00.000Z', unit: groups, seen: more });
    await settle();
    await scan(t.memory, { scan: 's3', at: '2026-11-20T11:30:00.000Z', unit: groups, absent: [group.id] });
    const found = await due();
    expect(found.map(({ unit: { type } }) => type)).toEqual(['ec2']);
    expect((await rows(found[0]!))[0]?.related).toEqual({});
  });

  test('a unit whose changes were judged is due as a whole when its interval is over', async () => {
    await settle();
    await scan(t.memory, { scan: 's2', at: '2026-11-20T11:00:00.000Z', seen: [{ ...alone, name: 'x' }] });
    const [changed] = await due();
    expect(changed?.since).toBeDefined();
    const later = '2026-11-20T13:00:00.000Z';
    await storeJudged(t.memory, {
      unit,
      bundle,
      at: later,
      evaluations: [],
      cleared: [],
      upto: changed!.upto,
      since: changed!.since!,
    });
    expect(await due()).toEqual([]);
    // Judged as a whole at 12:00, not at 13:00.
    const [whole] = await due('2026-11-20T12:30:00.000Z');
    expect(whole).toEqual({ unit, upto: expect.any(String) });
  });

  test('a change while a unit is judged is due afterwards', async () => {
    const [item] = await due();
    await scan(t.memory, { scan: 's2', at: '2026-11-20T11:00:00.000Z', seen: [{ ...alone, name: 'x' }] });
    await storeJudged(t.memory, { unit, bundle, at, evaluations: [], cleared: [], upto: item!.upto });
    expect((await due()).find((one) => one.unit.type === 'ec2')).toMatchObject({ unit, since: item!.upto });
  });
});

describe('evaluations', () => {
  test('stored ones come back in `last`, cleared ones do not, and the newest counts', async () => {
    const item = (await due())[0]!;
    const all = [evaluation(web.id, 'p1', 'h1'), evaluation(web.id, 'p2', 'h2'), evaluation(alone.id, 'p1', 'h3')];
    await storeJudged(t.memory, { unit, bundle, at, evaluations: all, cleared: [] });
    await storeJudged(t.memory, {
      unit,
      bundle,
      at,
      evaluations: [evaluation(web.id, 'p1', 'h4')],
      cleared: [{ resource_id: web.id, policy_name: 'p2' }],
    });
    const lines = await rows(item);
    expect(Object.fromEntries(lines.map(({ resource: { id }, last }) => [id, last]))).toEqual({
      [web.id]: { p1: 'h4' },
      [alone.id]: { p1: 'h3' },
    });
    const { evaluations } = await read.evaluations(t.memory, {});
    expect(evaluations.map(({ resource_id, hash }) => `${resource_id} ${hash}`).toSorted()).toEqual(
      [`${alone.id} h3`, `${web.id} h4`].toSorted(),
    );
    expect((await read.evaluations(t.memory, { policies: ['p2'] })).evaluations).toEqual([]);
    expect((await read.evaluations(t.memory, { decisions: ['deny'] })).evaluations).toEqual([]);
    expect((await read.evaluations(t.memory, { rules: ['other'] })).evaluations).toEqual([]);
    expect((await read.evaluations(t.memory, { rules: ['p1', 'other'] })).evaluations).toEqual(evaluations);
    expect((await read.timeline(t.memory, { id: web.id })).evaluations.map(({ hash }) => hash)).toEqual([
      'h4',
      'h1',
      'h2',
    ]);
    const first = await read.evaluations(t.memory, { limit: 1 });
    const second = await read.evaluations(t.memory, { limit: 1, after: first.next! });
    expect([...first.evaluations, ...second.evaluations]).toEqual(evaluations);
  });

  test('of what is gone are not shown', async () => {
    await storeJudged(t.memory, { unit, bundle, at, evaluations: [evaluation(alone.id, 'p1', 'h1')], cleared: [] });
    await scan(t.memory, { scan: 's2', at: '2026-11-20T11:00:00.000Z', absent: [alone.id] });
    expect((await read.evaluations(t.memory, {})).evaluations).toEqual([]);
    expect((await read.timeline(t.memory, { id: alone.id })).evaluations).toHaveLength(1);
  });
});

test('whole, since the watermark, or not at all', () => {
  const demand = { bundle, judgedBefore: 100, committed: 50, now: 0 };
  const mark = { bundle, whole_at: 100, upto: 40 };
  expect(dueUnit(unit, undefined, 0, demand)).toEqual({ unit, upto: '50' });
  expect(dueUnit(unit, { ...mark, bundle: 'old' }, 0, demand)).toEqual({ unit, upto: '50' });
  expect(dueUnit(unit, { ...mark, whole_at: 99 }, 0, demand)).toEqual({ unit, upto: '50' });
  expect(dueUnit(unit, mark, 40, demand)).toBeUndefined();
  expect(dueUnit(unit, mark, 41, demand)).toEqual({ unit, since: '40', upto: '50' });
});
