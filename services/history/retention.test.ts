import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { stateColumns } from '../../lib/clickhouse/tables/resources.ts';
import { codeOf, messageOf } from '../../lib/errors.ts';
import { until } from '../../test/support/until.ts';
import * as ask from './actions-ask.ts';
import * as read from './actions-read.ts';
import { maintain } from './maintenance.ts';
import { oldWeeks } from './retention.ts';
import { resource, scan, type TestMemory, testMemory, unit } from './testing.ts';

let t: TestMemory;
beforeEach(async () => {
  t = await testMemory();
});
afterEach(async () => {
  await t.close();
});

const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => resource(name));
const ids = (list: { id: string }[]) =>
  list
    .map(({ id }) => id.slice(-1))
    .toSorted()
    .join('');

/** Twelve weeks: a changes often, b goes early, c never changes, d comes late. Then it is November 20. */
async function history(): Promise<void> {
  await scan(t.memory, { scan: 's1', at: '2026-09-01T10:00:00.000Z', seen: [a!, b!, c!] });
  for (const [i, at] of ['09-08', '09-22', '10-06', '10-20', '11-03', '11-10', '11-17'].entries()) {
    await scan(t.memory, { scan: `m${i}`, at: `2026-${at}T10:00:00.000Z`, seen: [resource('a', { size: i })] });
  }
  await scan(t.memory, { scan: 's2', at: '2026-11-18T10:00:00.000Z', seen: [d!], absent: [] });
}
const answers = async () => {
  const instants = ['2026-10-26', '2026-11-05', '2026-11-18'].map((day) => `${day}T12:00:00.000Z`);
  return Promise.all(
    instants.flatMap((at) => [
      read.resources(t.memory, { at }).then(({ resources }) => resources),
      ask.counts(t.memory, { at }).then(({ types }) => types),
      ask.counts(t.memory, { at, filter: { status: 'running' } }).then(({ types }) => types),
      ask.diff(t.memory, { from: instants[0]!, to: at }).then(({ changes }) => changes),
    ]),
  );
};

describe('retention', () => {
  test('folds old weeks and changes no answer within the window', async () => {
    await history();
    await scan(t.memory, { scan: 'gone', at: '2026-11-18T11:00:00.000Z', absent: [b!.id] });
    const before = await answers();
    const counts = await ask.counts(t.memory, {});
    await maintain(t.memory, { merge: false });
    expect(await answers()).toEqual(before);
    expect(await ask.counts(t.memory, {})).toEqual(counts);
    const [weeks] = await t.memory.store.rows<{ oldest: string; base: string }>(
      'SELECT (SELECT toString(min(toMonday(at))) FROM resource_log) AS oldest, (SELECT count() FROM resource_base) AS base',
    );
    expect(weeks?.oldest).toBe('2026-10-19');
    expect(Number(weeks?.base)).toBeGreaterThanOrEqual(3);
    await t.reopen();
    expect(await answers()).toEqual(before);
  });

  test('a live resource that never changed is never forgotten', async () => {
    await history();
    for (const now of ['2026-11-20', '2027-01-20', '2027-06-20']) {
      t.clock.set(`${now}T00:00:00.000Z`);
      await maintain(t.memory, { merge: true });
    }
    expect(ids((await read.resources(t.memory, {})).resources)).toBe('abcd');
    expect((await read.timeline(t.memory, { id: c!.id })).versions).toHaveLength(1);
    expect((await read.timeline(t.memory, { id: a!.id })).versions).toHaveLength(1);
    // Revisions go on where they were, also when every old commit is dropped.
    await t.reopen();
    await scan(t.memory, { scan: 'late', at: '2027-06-21T00:00:00.000Z', seen: [{ ...d!, status: 'stopped' }] });
    const { resources } = await read.resources(t.memory, { filter: { ids: [d!.id] } });
    expect(resources[0]?.status).toBe('stopped');
  });

  test('a resource that is gone is forgotten when the window has passed, and not before', async () => {
    await history();
    await scan(t.memory, { scan: 'gone', at: '2026-11-18T11:00:00.000Z', absent: [b!.id] });
    t.clock.set('2026-12-10T00:00:00.000Z');
    await maintain(t.memory, { merge: true });
    expect((await read.timeline(t.memory, { id: b!.id })).live).toBe(false);
    t.clock.set('2027-02-10T00:00:00.000Z');
    await maintain(t.memory, { merge: true });
    // The engine deletes in the background.
    const rows = () => t.memory.store.rows(`SELECT 1 FROM resource_current WHERE id = {id:String}`, { id: b!.id });
    await until(rows, (left) => left.length === 0);
    expect(codeOf(await read.timeline(t.memory, { id: b!.id }).catch((error: unknown) => error))).toBe('NOT_FOUND');
    expect(ids((await read.resources(t.memory, {})).resources)).toBe('acd');
  });

  test('an instant before the window is refused, with how far the memory goes back', async () => {
    await history();
    expect(ids((await read.resources(t.memory, { at: '2026-09-02T00:00:00.000Z' })).resources)).toBe('abc');
    await maintain(t.memory, { merge: false });
    const error = await read.resources(t.memory, { at: '2026-09-02T00:00:00.000Z' }).catch((found: unknown) => found);
    expect([codeOf(error), messageOf(error)]).toEqual([
      'INVALID_REQUEST',
      'the memory goes back to 2026-10-12T00:00:00.000Z',
    ]);
  });

  test('a fold that was cut off before the old week was dropped is completed at open', async () => {
    await history();
    const before = await answers();
    const columns = stateColumns.join(', ');
    await t.memory.store.run(
      `INSERT INTO resource_base (${columns}, live) SELECT ${columns}, kind != 'disappeared' FROM resource_log
       WHERE toMonday(at) <= toDate('2026-10-05')`,
    );
    // As it stands now, versions of folded weeks are in both tables.
    expect((await ask.counts(t.memory, { at: '2026-11-18T12:00:00.000Z' })).types).not.toEqual({ ec2: 4 });
    await t.reopen();
    expect(await answers()).toEqual(before);
  });

  test('what a policy saw of earlier versions still has the one that was folded', async () => {
    await history();
    await maintain(t.memory, { merge: false });
    const page = await read.judging(t.memory, { unit, upto: '0', join: [] });
    const rows = page.lines
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { resource: { id: string }; history: { size?: number }[] });
    expect(rows.find(({ resource: { id } }) => id === a!.id)?.history.map(({ size }) => size)).toEqual([5, 4, 3, 2]);
    expect(rows.find(({ resource: { id } }) => id === c!.id)?.history).toEqual([]);
  });
});

test('a week is old when it ended before the window', () => {
  const now = Date.parse('2026-11-20T00:00:00Z');
  const retentionMs = 30 * 86_400_000;
  expect(oldWeeks(['2026-10-05', '2026-10-12', '2026-10-19'], { now, retentionMs })).toEqual([
    '2026-10-05',
    '2026-10-12',
  ]);
});
