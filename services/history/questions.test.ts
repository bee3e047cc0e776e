import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { codeOf, messageOf } from '../../lib/errors.ts';
import type { ResourceFilter, Unit } from '../../lib/resource.ts';
import * as ask from './actions-ask.ts';
import * as read from './actions-read.ts';
import { resource, scan, type TestMemory, testMemory } from './testing.ts';

const prod = '111111111111';
const dev = '222222222222';
const ec2: Unit = { account: prod, region: 'eu-west-1', type: 'ec2' };
const ebs: Unit = { account: prod, region: 'us-east-1', type: 'ebs' };
const other: Unit = { account: dev, region: 'eu-west-1', type: 'ec2' };
const failure = async (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

let t: TestMemory;
const web = resource('web', { tags: { owner: 'ada', env: 'prod' }, status: 'running' }, ec2);
const db = resource('DB-main', { tags: { team: 'ada', 'Name%': '100%_' }, status: 'stopped' }, ec2);
const disk = resource('disk', { tags: {}, status: 'available', name: "O'Brien's \\ disk" }, ebs);
const lab = resource('lab', { tags: { owner: 'bob' } }, other);
beforeAll(async () => {
  t = await testMemory();
  await scan(t.memory, { scan: 's1', at: '2026-11-20T10:00:00.000Z', unit: ec2, seen: [web, db] });
  await scan(t.memory, { scan: 's1', at: '2026-11-20T10:00:00.000Z', unit: ebs, seen: [disk] });
  await scan(t.memory, { scan: 's1', at: '2026-11-20T10:00:00.000Z', unit: other, seen: [lab], state: 'partial' });
});
afterAll(async () => {
  await t.close();
});

const names = async (filter: ResourceFilter, at?: string): Promise<string[]> => {
  const { resources } = await read.resources(t.memory, { filter, ...(at ? { at } : {}) });
  return resources.map(({ id }) => id.split('/')[1] ?? '').toSorted();
};

describe('a filter', () => {
  const now = '2026-11-20T11:00:00.000Z';
  const cases: [string, ResourceFilter, string[]][] = [
    ['accounts', { accounts: [prod] }, ['DB-main', 'disk', 'web']],
    ['regions', { regions: ['us-east-1', 'mars'] }, ['disk']],
    ['types', { types: ['ec2'] }, ['DB-main', 'lab', 'web']],
    ['ids', { ids: [web.id, disk.id, 'none'] }, ['disk', 'web']],
    ['status', { status: 'stopped' }, ['DB-main']],
    ['owner of any owner tag', { owner: 'ada' }, ['DB-main', 'web']],
    ['a tag with its value', { tags: { env: 'prod' } }, ['web']],
    ['a tag with any value', { tags: { owner: '*' } }, ['lab', 'web']],
    ['a tag that is empty where it is absent', { tags: { env: '' } }, []],
    ['a tag of strange signs', { tags: { 'Name%': '100%_' } }, ['DB-main']],
    ['text of the id, whatever its case', { text: 'db-MAIN' }, ['DB-main']],
    ['text of the name with quotes', { text: "o'brien's \\" }, ['disk']],
    ['text that is no pattern', { text: '%' }, []],
    ['all at once', { accounts: [prod], types: ['ec2'], owner: 'ada', status: 'running' }, ['web']],
    ['an empty list matches nothing', { accounts: [] }, []],
    ['what looks like SQL', { status: "' OR 1=1 --", tags: { "x'] = '' OR true --": '*' } }, []],
  ];
  test.each(cases)('%s', async (_, filter, expected) => {
    expect(await names(filter)).toEqual(expected);
    expect(await names(filter, now)).toEqual(expected);
    const counted = await ask.counts(t.memory, { filter });
    const then = await ask.counts(t.memory, { filter, at: now });
    expect(Object.values(counted.types).reduce((sum, n) => sum + n, 0)).toBe(expected.length);
    expect(then.types).toEqual(counted.types);
    const { changes } = await read.changes(t.memory, { filter, baseline: true });
    expect(changes.map(({ id }) => id.split('/')[1] ?? '').toSorted()).toEqual(expected);
  });
});

describe('pages', () => {
  test('go through everything once, now and then, and say where they end', async () => {
    for (const at of [undefined, '2026-11-20T11:00:00.000Z']) {
      const found: string[] = [];
      for (let after: string | undefined, more = true; more; more = after !== undefined) {
        const page = await read.resources(t.memory, { limit: 1, ...(after ? { after } : {}), ...(at ? { at } : {}) });
        expect(page.resources).toHaveLength(1);
        found.push(page.resources[0]!.id);
        after = page.next;
      }
      expect(found.toSorted()).toEqual([web, db, disk, lab].map(({ id }) => id).toSorted());
    }
  });

  test('of changes, known hashes and evaluations end as well', async () => {
    const first = await read.changes(t.memory, { baseline: true, limit: 3 });
    const second = await read.changes(t.memory, { baseline: true, limit: 3, after: first.next! });
    expect([first.changes.length, second.changes.length, second.next]).toEqual([3, 1, undefined]);
    expect(new Set([...first.changes, ...second.changes].map(({ id }) => id)).size).toBe(4);
    const one = await read.known(t.memory, { unit: ec2, limit: 1 });
    const two = await read.known(t.memory, { unit: ec2, limit: 1, after: one.next! });
    expect([one.entries.length, two.entries.length, two.next]).toEqual([1, 1, undefined]);
    expect(one.entries[0]).not.toEqual(two.entries[0]);
  });

  test('a cursor of another question is INVALID_REQUEST', async () => {
    for (const after of [
      '',
      'x',
      Buffer.from('[1]').toString('base64url'),
      (await read.known(t.memory, { unit: ec2, limit: 1 })).next!,
    ]) {
      expect(codeOf(await failure(read.resources(t.memory, { after })))).toBe('INVALID_REQUEST');
    }
  });
});

describe('coverage', () => {
  test('counts what was not seen whole', async () => {
    const { summary, units } = await read.coverage(t.memory, {});
    expect(summary).toEqual({ units: 3, complete: 2, stale: 1, missing: 1, oldest: '2026-11-20T10:00:00.000Z' });
    expect(units.map(({ account, type, state, error }) => [account, type, state, error])).toEqual([
      [prod, 'ec2', 'complete', ''],
      [prod, 'ebs', 'complete', ''],
      [dev, 'ec2', 'partial', 'AWS_ACCESS_DENIED'],
    ]);
    expect((await read.coverage(t.memory, { filter: { accounts: [dev] }, scan: 's1' })).units).toHaveLength(1);
    expect((await read.coverage(t.memory, { scan: 'none' })).units).toEqual([]);
  });

  test('as of an instant is that of then', async () => {
    expect((await ask.counts(t.memory, { at: '2026-11-20T09:00:00.000Z' })).coverage.units).toBe(0);
    expect((await ask.counts(t.memory, { at: '2026-11-20T10:00:00.000Z' })).coverage).toMatchObject({
      units: 3,
      stale: 1,
    });
  });
});

describe('a timeline', () => {
  test('is found by a part of the id that is unique', async () => {
    expect(await read.timeline(t.memory, { id: 'instance/web' })).toMatchObject({ id: web.id, live: true });
    expect(await read.timeline(t.memory, { id: web.id })).toMatchObject({ id: web.id });
  });

  test('names the ids that a part is in, and says when there is none', async () => {
    const many = await failure(read.timeline(t.memory, { id: 'instance/' }));
    expect([codeOf(many), messageOf(many)]).toEqual(['INVALID_REQUEST', expect.stringContaining(web.id)]);
    expect(codeOf(await failure(read.timeline(t.memory, { id: 'nothing-like-it' })))).toBe('NOT_FOUND');
    expect(codeOf(await failure(read.timeline(t.memory, { id: '%' })))).toBe('NOT_FOUND');
  });
});

test('an instant that is none is INVALID_REQUEST, and names its field', async () => {
  const error = await failure(read.changes(t.memory, { since: 'yesterday' }));
  expect([codeOf(error), messageOf(error)]).toEqual(['INVALID_REQUEST', 'since: "yesterday" is no ISO 8601 instant']);
  const turned = ask.diff(t.memory, { from: '2026-11-21T00:00:00Z', to: '2026-11-20T00:00:00Z' });
  expect(codeOf(await failure(turned))).toBe('INVALID_REQUEST');
});
