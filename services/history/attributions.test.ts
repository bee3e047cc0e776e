/** Who did it, as the memory keeps it: open changes with their window, answers, and what judging sees of them. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Attribution } from '../../lib/resource.ts';
import { changes, cursors, due, events, judging, open } from './actions-read.ts';
import { attributed, cursor, storeJudged, trail } from './actions-write.ts';
import type { JudgingRow } from './history.contract.ts';
import { resource, scan, type TestMemory, testMemory, unit } from './testing.ts';

let held: TestMemory;
beforeEach(async () => {
  held = await testMemory();
});
afterEach(() => held.close());

const alice: Attribution = {
  actor: 'alice',
  actor_kind: 'human',
  actor_chain: ['alice'],
  event: 'StopInstances',
  event_id: 'e1',
  event_at: '2026-11-20T11:30:00.000Z',
  method: 'cloudtrail',
  tool: 'console',
  confidence: 0.9,
  explanation: 'StopInstances names it',
  state: 'pending',
};
const created_since = '2026-10-21T00:00:00.000Z';
const event = (id: string, at: string, more: object = {}) => ({
  id,
  account: unit.account,
  region: unit.region,
  at,
  name: 'StopInstances',
  source: 'ec2.amazonaws.com',
  keys: ['i-1'],
  grants: '',
  body: '{"eventName":"StopInstances"}',
  ...more,
});

async function stopped() {
  await scan(held.memory, { scan: 's1', at: '2026-11-20T10:00:00.000Z', seen: [resource('i-1')] });
  const seen = [resource('i-1', { status: 'stopped' })];
  await scan(held.memory, { scan: 's2', at: '2026-11-20T11:00:00.000Z', seen });
  const { open: found } = await open(held.memory, { created_since });
  return found[0]!;
}

describe('open changes', () => {
  test('carry the start of the last complete observation before them', async () => {
    const { change, from } = await stopped();
    expect(change).toMatchObject({ kind: 'modified', revision: expect.any(String) });
    expect(from).toBe('2026-11-20T10:00:00.000Z');
  });

  test('of a first scan are those that were made lately', async () => {
    const young = resource('i-2', { created_at: '2026-11-19T00:00:00.000Z' });
    await scan(held.memory, { scan: 's1', at: '2026-11-20T10:00:00.000Z', seen: [resource('i-1'), young] });
    const { open: found } = await open(held.memory, { created_since });
    expect(found.map(({ change, created_at, from }) => [change.name, created_at, from])).toEqual([
      ['i-2', '2026-11-19T00:00:00.000Z', ''],
    ]);
  });

  test('stay pending until their answer is final', async () => {
    const { change } = await stopped();
    const answer = { ...unit, id: change.id, revision: change.revision, at: change.at };
    await attributed(held.memory, { changes: [{ ...answer, attribution: alice }] });
    const pending = await open(held.memory, { created_since, pending: true });
    expect(pending.open.map((one) => one.change.id)).toEqual([change.id]);
    await attributed(held.memory, { changes: [{ ...answer, attribution: { ...alice, state: 'final' } }] });
    expect((await open(held.memory, { created_since, pending: true })).open).toEqual([]);
  });
});

describe('attributions', () => {
  test('stand in changes and in what is judged, and make the unit due', async () => {
    const { change } = await stopped();
    const at = '2026-11-20T12:00:00.000Z';
    const upto = (await open(held.memory, { created_since })).committed;
    await storeJudged(held.memory, { unit, bundle: 'b', at, evaluations: [], cleared: [], upto });
    const asked = { bundle: 'b', judged_before: '2026-11-20T00:00:00.000Z' };
    expect((await due(held.memory, asked)).units).toEqual([]);

    await attributed(held.memory, {
      changes: [{ ...unit, id: change.id, revision: change.revision, at: change.at, attribution: alice }],
    });
    expect((await changes(held.memory, {})).changes[0]?.attribution).toEqual(alice);
    const [again] = (await due(held.memory, asked)).units;
    expect(again).toMatchObject({ unit, since: upto });
    const { lines } = await judging(held.memory, { unit, since: upto, upto: again!.upto, join: [] });
    const row = JSON.parse(lines) as JudgingRow;
    expect(row.attribution).toEqual(alice);
    expect(row.last_actor).toBe('alice');
  });

  test('the newest word on a change counts, also after the store was opened again', async () => {
    const { change } = await stopped();
    const answer = { ...unit, id: change.id, revision: change.revision, at: change.at };
    await attributed(held.memory, { changes: [{ ...answer, attribution: { ...alice, actor: '', method: 'none' } }] });
    await attributed(held.memory, { changes: [{ ...answer, attribution: alice }] });
    const memory = await held.reopen();
    expect((await changes(memory, {})).changes[0]?.attribution?.actor).toBe('alice');
  });
});

describe('the trail', () => {
  test('keeps an event once, however often it is delivered, and finds it by what it is about', async () => {
    const first = event('e1', '2026-11-20T11:30:00.000Z');
    await trail(held.memory, { events: [first, event('e2', '2026-11-20T11:31:00.000Z', { keys: ['i-9'] })] });
    await trail(held.memory, { events: [first] });
    const window = { accounts: [unit.account], from: '2026-11-20T11:00:00.000Z', to: '2026-11-20T12:00:00.000Z' };
    expect((await events(held.memory, window)).events.map(({ id }) => id)).toEqual(['e1', 'e2']);
    expect((await events(held.memory, { ...window, keys: ['i-1'] })).events).toEqual([first]);
  });

  test('remembers how far each source was read', async () => {
    const at = { source: 'lookup', account: unit.account, region: 'us-east-1' };
    const row = {
      ...at,
      position: '',
      upto: '2026-11-20T11:00:00.000Z',
      state: 'current',
      error: '',
      detail: '',
      events: 3,
    };
    await cursor(held.memory, { ...row, upto: '2026-11-20T10:00:00.000Z' });
    held.clock.set('2026-11-20T12:30:00.000Z');
    await cursor(held.memory, row);
    expect(await cursors(held.memory)).toEqual({ cursors: [row] });
  });
});
