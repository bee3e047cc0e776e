import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { codeOf } from '../../lib/errors.ts';
import type { Attribution, Unit } from '../../lib/resource.ts';
import * as ask from './actions-ask.ts';
import * as read from './actions-read.ts';
import { attributed } from './actions-write.ts';
import { maintain } from './maintenance.ts';
import { resource, scan, type TestMemory, testMemory } from './testing.ts';

const [prod, dev] = ['111111111111', '222222222222'] as const;
const ec2: Unit = { account: prod, region: 'eu-west-1', type: 'ec2' };
const ebs: Unit = { account: prod, region: 'eu-west-1', type: 'ebs' };
const lab: Unit = { account: dev, region: 'us-east-1', type: 'ec2' };
const day = (n: number, hour = '12'): string => `2026-11-${String(n).padStart(2, '0')}T${hour}:00:00.000Z`;

const web = resource('web', { tags: { owner: 'ada' } }, ec2);
const db = resource('db', { tags: { team: 'bob' } }, ec2);
const disk = (refs: string[], status = 'in-use') => ({ ...resource('disk', { refs, status, name: 'data' }, ebs) });
const job = resource('job', { status: 'stopped', name: 'Nightly Job' }, lab);

let t: TestMemory;
beforeAll(async () => {
  t = await testMemory();
  const { memory } = t;
  await scan(memory, { scan: 'a', at: day(10), unit: ec2, seen: [web, db] });
  await scan(memory, { scan: 'a', at: day(10), unit: ebs, seen: [disk([web.id])] });
  await scan(memory, { scan: 'b', at: day(12), unit: lab, seen: [job] });
  await scan(memory, { scan: 'c', at: day(13), unit: ec2, seen: [{ ...db, status: 'stopped' }] });
  await scan(memory, { scan: 'd', at: day(14), unit: ebs, seen: [disk([db.id])] });
  await scan(memory, { scan: 'e', at: day(15), unit: ec2, seen: [resource('new', {}, ec2)], absent: [web.id] });
  await scan(memory, { scan: 'f', at: day(17), unit: ebs, seen: [disk([], 'available')] });
  const { changes } = await read.changes(memory, {});
  const who: Record<string, Partial<Attribution>> = {
    [db.id]: { actor: 'ada', actor_kind: 'human', event: 'StopInstances' },
    [disk([]).id]: { actor: 'role/ci', actor_kind: 'automation', event: 'AttachVolume' },
  };
  await attributed(memory, {
    changes: changes.flatMap(({ id, account, region, type, revision, at }) =>
      who[id] ? [{ id, account, region, type, revision, at, attribution: { ...nobody, ...who[id] } }] : [],
    ),
  });
});
afterAll(async () => {
  await t.close();
});
const nobody: Attribution = {
  actor: '',
  actor_kind: '',
  actor_chain: [],
  event: '',
  event_id: '',
  event_at: '',
  method: 'cloudtrail',
  tool: '',
  confidence: 0.9,
  explanation: '',
  state: 'final',
};
const name = (id: string): string => id.split('/')[1] ?? '';

describe('counts', () => {
  test('by what is asked for, now and then, the largest first', async () => {
    const now = await ask.counts(t.memory, { by: ['account', 'type'] });
    expect(now.groups).toEqual([
      { key: { account: prod, type: 'ec2' }, count: 2 },
      { key: { account: prod, type: 'ebs' }, count: 1 },
      { key: { account: dev, type: 'ec2' }, count: 1 },
    ]);
    const then = await ask.counts(t.memory, { at: day(11), by: ['account'] });
    expect(then.groups).toEqual([{ key: { account: prod }, count: 3 }]);
    expect(then.coverage).toMatchObject({ units: 2, complete: 2 });
  });

  test('with the coverage of then, of units too that were not observed for days', async () => {
    expect((await ask.counts(t.memory, { at: day(13) })).coverage).toMatchObject({
      units: 3,
      complete: 3,
      oldest: day(10),
    });
  });

  test('by status and owner, which differ from version to version', async () => {
    const { groups } = await ask.counts(t.memory, { at: day(14), by: ['status'], filter: { types: ['ec2'] } });
    expect(groups).toEqual([
      { key: { status: 'stopped' }, count: 2 },
      { key: { status: 'running' }, count: 1 },
    ]);
    const owners = await ask.counts(t.memory, { at: day(11), by: ['owner'] });
    expect(owners.groups?.map(({ key }) => key.owner).toSorted()).toEqual(['', 'ada', 'bob']);
  });

  test('what the limit cuts off is said', async () => {
    expect(await ask.counts(t.memory, { by: ['type'], limit: 1 })).toMatchObject({
      rest: 1,
      types: { ec2: 3, ebs: 1 },
    });
  });
});

describe('a series', () => {
  test('is the count as of each of its instants, whichever way it is found', async () => {
    for (const question of [
      {},
      { by: ['type'] as const },
      { by: ['status', 'account'] as const },
      { by: ['owner'] as const },
      { filter: { status: 'running' } },
      { filter: { owner: 'ada' }, by: ['type'] as const },
      { filter: { accounts: [prod], text: 'DB' } },
    ]) {
      const { by, ...rest } = { by: undefined, ...question };
      const window = { ...rest, from: day(9), to: day(18), step: 'day' as const };
      const series = await ask.series(t.memory, { ...window, ...(by && { by: [...by] }) });
      expect(series.at).toHaveLength(11);
      for (const [i, at] of series.at.entries()) {
        const { types, groups = [] } = await ask.counts(t.memory, { ...rest, at, ...(by && { by: [...by] }) });
        expect(series.total[i]).toBe(Object.values(types).reduce((sum, n) => sum + n, 0));
        for (const { key, values } of series.series) {
          const count = groups.find((group) => JSON.stringify(group.key) === JSON.stringify(key))?.count ?? 0;
          expect(values[i]).toBe(count);
        }
      }
    }
  });

  test('ends at its last instant, names its largest and adds up the others', async () => {
    const series = await ask.series(t.memory, { from: day(9), to: day(18, '18'), step: 'week', by: ['type'], top: 1 });
    expect(series.at).toEqual([day(9), '2026-11-16T00:00:00.000Z', day(18, '18')]);
    expect(series.series).toEqual([{ key: { type: 'ec2' }, values: [0, 3, 3] }]);
    expect([series.rest, series.total]).toEqual([
      [0, 1, 1],
      [0, 4, 4],
    ]);
  });

  test('says how many units were known by then, so that a first scan is no growth', async () => {
    const series = await ask.series(t.memory, { from: day(9), to: day(13) });
    expect(series.units).toEqual([0, 0, 2, 2, 3, 3]);
    expect((await ask.series(t.memory, { from: day(9), to: day(11) })).units).toEqual([0, 0, 2, 2]);
  });

  test('of too many steps, or backwards, is refused', async () => {
    const refused = (question: Parameters<typeof ask.series>[1]) =>
      ask.series(t.memory, question).then(() => '', codeOf);
    expect(await refused({ from: '2020-01-01T00:00:00Z', to: day(1), step: 'hour' })).toBe('INVALID_REQUEST');
    expect(await refused({ from: day(9), to: day(8) })).toBe('INVALID_REQUEST');
    expect(await refused({ from: 'then' })).toBe('INVALID_REQUEST');
  });
});

describe('activity', () => {
  test('counts changes by day and who made them; baselines are none', async () => {
    const found = await ask.activity(t.memory, { from: day(10, '00'), to: day(18, '00'), by: ['actor_kind'] });
    expect(found.at).toHaveLength(8);
    expect(found.total).toEqual([0, 0, 0, 1, 1, 2, 0, 1]);
    expect(found.series).toEqual([
      { key: { actor_kind: '' }, values: [0, 0, 0, 0, 0, 2, 0, 0] },
      { key: { actor_kind: 'automation' }, values: [0, 0, 0, 0, 1, 0, 0, 1] },
      { key: { actor_kind: 'human' }, values: [0, 0, 0, 1, 0, 0, 0, 0] },
    ]);
  });

  test('of some actors only, and of those that are not known', async () => {
    const sum = async (who: object) => {
      const { total } = await ask.activity(t.memory, { from: day(1), to: day(30), ...who });
      return total.reduce((all, n) => all + n, 0);
    };
    expect(await sum({})).toBe(5);
    expect(await sum({ actors: ['ada'] })).toBe(1);
    expect(await sum({ actor_kinds: ['automation', 'human'] })).toBe(3);
    expect(await sum({ actors: [''] })).toBe(2);
    expect(await sum({ actors: ['', 'ada'] })).toBe(3);
    expect((await read.changes(t.memory, { actors: ['ada'] })).changes.map(({ id }) => name(id))).toEqual(['db']);
  });
});

describe('a difference', () => {
  test('names who made the last change and is counted as a whole', async () => {
    const found = await ask.diff(t.memory, { from: day(12), to: day(18), by: ['actor', 'kind'], limit: 1 });
    expect(found.changes).toHaveLength(1);
    expect(found.changes[0]?.attribution?.actor).toBe('role/ci');
    expect(found.next).toBeDefined();
    expect(found.groups).toEqual([
      { key: { actor: '', kind: 'appeared' }, count: 1 },
      { key: { actor: '', kind: 'disappeared' }, count: 1 },
      { key: { actor: 'ada', kind: 'modified' }, count: 1 },
      { key: { actor: 'role/ci', kind: 'modified' }, count: 1 },
    ]);
  });

  test('of an account and a type, of a status, and the counts alone', async () => {
    const window = { from: day(11), to: day(18) };
    const disks = await ask.diff(t.memory, { ...window, filter: { accounts: [prod], types: ['ebs'] }, by: ['type'] });
    expect(disks.groups).toEqual([{ key: { type: 'ebs' }, count: 1 }]);
    expect(disks.changes.map(({ id }) => name(id))).toEqual(['disk']);
    const stopped = await ask.diff(t.memory, { ...window, filter: { status: 'stopped', regions: ['eu-west-1'] } });
    expect(stopped.changes.map(({ id }) => name(id))).toEqual(['db']);
    const counted = await ask.diff(t.memory, { ...window, by: ['kind'], limit: 0 });
    expect(counted).toMatchObject({ changes: [], coverage: { units: 3 } });
    expect(counted.groups).toHaveLength(3);
    expect(counted.next).toBeUndefined();
  });

  test('of one actor, and without what a first scan found', async () => {
    const window = { from: day(11), to: day(18) };
    const ids = async (more: object) =>
      (await ask.diff(t.memory, { ...window, ...more })).changes.map(({ id }) => name(id)).toSorted();
    expect(await ids({})).toEqual(['db', 'disk', 'job', 'new', 'web']);
    expect(await ids({ baseline: false })).toEqual(['db', 'disk', 'new', 'web']);
    expect(await ids({ actors: ['ada'] })).toEqual(['db']);
    expect(await ids({ actor_kinds: [''] })).toEqual(['job', 'new', 'web']);
  });
});

describe('a search', () => {
  const find = async (text: string, more: object = {}) =>
    (await ask.search(t.memory, { text, ...more })).found.map(({ id }) => name(id));

  test('finds all words in ids, names, tags and places, the best first', async () => {
    expect(await find('nightly')).toEqual(['job']);
    expect(await find('BOB')).toEqual(['db']);
    expect(await find('team=bo')).toEqual(['db']);
    expect(await find('team=x')).toEqual([]);
    expect(await find('ec2 us-east-1')).toEqual(['job']);
    expect(await find('222222222222')).toEqual(['job']);
    expect((await find('db'))[0]).toBe('db');
    expect(await find("' OR 1=1 --")).toEqual([]);
    expect(await find('%')).toEqual([]);
  });

  test('has what is gone only when it is asked for, last', async () => {
    expect(await find('web')).toEqual([]);
    expect(await ask.search(t.memory, { text: 'web', gone: true })).toMatchObject({
      found: [{ live: false, matched: 'name' }],
      total: 1,
    });
    expect(await ask.search(t.memory, { text: 'instance', limit: 1 })).toMatchObject({ total: 4 });
    expect(await ask.search(t.memory, { text: ' ' }).then(() => '', codeOf)).toBe('INVALID_REQUEST');
  });
});

describe('time in state', () => {
  test('is counted, with the longest first, page by page', async () => {
    const found = await ask.states(t.memory, { filter: { types: ['ec2'] }, limit: 1 });
    expect(found.groups).toEqual([
      { type: 'ec2', status: 'stopped', count: 2, day: 0, week: 0, month: 2, longer: 0, oldest: day(12) },
      { type: 'ec2', status: 'running', count: 1, day: 0, week: 1, month: 0, longer: 0, oldest: day(15) },
    ]);
    expect(found.resources).toMatchObject([{ id: job.id, state_since: day(12), at_least: true }]);
    const next = await ask.states(t.memory, { filter: { types: ['ec2'] }, limit: 5, after: found.next! });
    expect(next.resources.map(({ id, at_least }) => [name(id), at_least])).toEqual([
      ['db', false],
      ['new', true],
    ]);
  });

  test('as of an instant, and only what is so for long', async () => {
    const then = await ask.states(t.memory, { at: day(14), since_before: day(11) });
    expect(then.resources.map(({ id }) => name(id)).toSorted()).toEqual(['disk', 'web']);
  });
});

describe('relations', () => {
  const spans = async (id: string, more: object = {}) =>
    (await ask.relations(t.memory, { id, ...more })).relations.map(({ id: other, direction, from, began, until }) => [
      name(other),
      direction,
      from,
      began,
      until,
    ]);

  test('what a disk was attached to, from when until when', async () => {
    expect(await spans(disk([]).id)).toEqual([
      ['db', 'to', day(14), true, day(17)],
      ['web', 'to', day(10), false, day(14)],
    ]);
    expect(await spans(disk([]).id, { at: day(15) })).toEqual([['db', 'to', day(14), true, day(17)]]);
    expect(await spans(disk([]).id, { at: day(18) })).toEqual([]);
  });

  test('what was attached to an instance, also to one that is gone', async () => {
    expect(await spans(db.id)).toEqual([['disk', 'from', day(14), true, day(17)]]);
    expect(await spans(web.id)).toEqual([['disk', 'from', day(10), false, day(14)]]);
    const { relations } = await ask.relations(t.memory, { id: db.id });
    expect(relations[0]).toMatchObject({ type: 'ebs', name: 'data', live: true, account: prod });
    expect(await ask.relations(t.memory, { id: 'none-of-it' }).then(() => '', codeOf)).toBe('NOT_FOUND');
  });
});

test('folding changes none of these answers', async () => {
  const window = { from: day(16), to: day(18) };
  const all = () =>
    Promise.all([
      ask.series(t.memory, { ...window, by: ['type'] }),
      ask.series(t.memory, { ...window, by: ['status'] }),
      ask.counts(t.memory, { at: day(17), by: ['account', 'owner'] }),
      ask.states(t.memory, { at: day(17) }),
    ]);
  const before = await all();
  t.clock.set('2026-12-18T00:00:00.000Z');
  await maintain(t.memory, { merge: false });
  expect(await all()).toEqual(before);
  // What was before the folded version is forgotten, so that nobody saw the relation begin.
  const { relations } = await ask.relations(t.memory, { id: disk([]).id });
  expect(relations).toMatchObject([{ id: db.id, from: day(14), began: false, until: day(17) }]);
});
