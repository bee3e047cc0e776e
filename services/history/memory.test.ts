import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as ask from './actions-ask.ts';
import * as read from './actions-read.ts';
import { ingest, storeJudged } from './actions-write.ts';
import type { JudgingRow } from './history.contract.ts';
import { hashOf, resource, scan, type TestMemory, testMemory, unit } from './testing.ts';

describe('the memory of one unit', () => {
  let t: TestMemory;
  beforeAll(async () => {
    t = await testMemory();
  });
  afterAll(async () => {
    await t.close();
  });
  const web = resource('web', { tags: { owner: 'ada' }, refs: ['arn:sg-1'], metadata: { Size: 1 } });
  const db = resource('db', { status: 'stopped' });

  test('the first complete observation is a baseline', async () => {
    expect((await read.known(t.memory, { unit })).baseline).toBe(true);
    const coverage = await scan(t.memory, { scan: 's1', at: '2026-11-20T10:00:00.000Z', seen: [web, db] });
    expect(coverage).toMatchObject({ baseline: true, changed: 2, gone: 0, held: 0, state: 'complete', count: 2 });
    const known = await read.known(t.memory, { unit });
    expect(known.baseline).toBe(false);
    expect(known.entries.toSorted((a, b) => (a.id < b.id ? -1 : 1))).toEqual([
      { id: db.id, hash: hashOf(db) },
      { id: web.id, hash: hashOf(web) },
    ]);
    expect((await read.changes(t.memory, {})).changes).toEqual([]);
    const all = await read.changes(t.memory, { baseline: true });
    expect(all.changes.map(({ kind, baseline }) => [kind, baseline])).toEqual([
      ['appeared', true],
      ['appeared', true],
    ]);
  });

  test('what comes back is what went in, with what only the memory knows', async () => {
    const { resources, coverage } = await read.resources(t.memory, { filter: { owner: 'ada' } });
    expect(resources).toEqual([
      {
        ...web,
        first_seen: '2026-11-20T10:00:00.000Z',
        last_seen: '2026-11-20T10:00:00.000Z',
        state_since: '2026-11-20T10:00:00.000Z',
        revision: '1',
      },
    ]);
    expect(coverage).toEqual({ units: 1, complete: 1, stale: 0, missing: 0, oldest: '2026-11-20T10:00:00.000Z' });
  });

  test('an unchanged scan writes no version and moves last_seen', async () => {
    const coverage = await scan(t.memory, { scan: 's2', at: '2026-11-20T11:00:00.000Z', seen: [web, db] });
    expect(coverage).toMatchObject({ baseline: false, changed: 0, gone: 0 });
    const { resources } = await read.resources(t.memory, {});
    expect(resources.map((item) => item.last_seen)).toEqual(Array(2).fill('2026-11-20T11:00:00.000Z'));
    expect((await read.status(t.memory)).versions).toBe(2);
  });

  test('a change has its paths, old and new values, and its instants', async () => {
    const changed = { ...web, status: 'stopped', tags: { owner: 'bob' }, metadata: { Size: 2 } };
    await scan(t.memory, { scan: 's3', at: '2026-11-20T12:00:00.000Z', seen: [changed] });
    const { changes } = await read.changes(t.memory, {});
    expect(changes).toHaveLength(1);
    expect(changes[0]).toMatchObject({ kind: 'modified', id: web.id, at: '2026-11-20T12:00:00.000Z', baseline: false });
    expect(changes[0]?.fields).toEqual([
      { path: 'status', old: 'running', new: 'stopped' },
      { path: 'tags.owner', old: 'ada', new: 'bob' },
      { path: 'metadata.Size', old: 1, new: 2 },
    ]);
    const { resources } = await read.resources(t.memory, { filter: { ids: [web.id] } });
    expect(resources[0]).toMatchObject({
      first_seen: '2026-11-20T10:00:00.000Z',
      state_since: '2026-11-20T12:00:00.000Z',
    });
  });

  test('as of an instant, the estate is what it was', async () => {
    const { resources } = await read.resources(t.memory, { at: '2026-11-20T11:30:00.000Z', filter: { ids: [web.id] } });
    expect(resources).toHaveLength(1);
    expect(resources[0]).toMatchObject({
      status: 'running',
      tags: { owner: 'ada' },
      last_seen: '2026-11-20T11:00:00.000Z',
    });
    expect((await read.resources(t.memory, { at: '2026-11-20T09:00:00.000Z' })).resources).toEqual([]);
    expect(
      (await read.resources(t.memory, { at: '2026-11-20T13:00:00.000Z', filter: { owner: 'bob' } })).resources,
    ).toHaveLength(1);
    expect((await ask.counts(t.memory, { at: '2026-11-20T11:30:00.000Z' })).types).toEqual({ ec2: 2 });
    expect((await ask.counts(t.memory, { at: '2026-11-20T11:30:00.000Z', filter: { owner: 'ada' } })).types).toEqual({
      ec2: 1,
    });
    expect((await ask.counts(t.memory, {})).types).toEqual({ ec2: 2 });
  });

  test('judging: due as a whole, lines with history, watermark, due again when changed', async () => {
    const bundle = 'b1';
    const long = { bundle, judged_before: '2026-11-20T00:00:00.000Z' };
    const { units } = await read.due(t.memory, long);
    expect(units).toEqual([{ unit, upto: t.memory.revisions.committed.toString() }]);
    const page = await read.judging(t.memory, { unit, upto: units[0]!.upto, join: [] });
    expect(page.rows).toBe(2);
    const rows = page.lines
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as JudgingRow);
    const first = rows.find((row) => row.resource.id === web.id);
    expect(first).toMatchObject({ history: [web], facts: { changes: 1, coverage: 'complete' }, last: {}, related: {} });
    const evaluation = {
      id: 'e1',
      resource_id: web.id,
      policy_name: 'elava.waste',
      hash: 'h1',
      effect: 'warn',
      error: '',
      evaluated_at: '2026-11-20T12:00:01.000Z',
      revision: first!.revision,
      bundle,
      ...unit,
      name: 'web',
      environment: 'prod',
      result: { decision: 'flag', reason: 'idle', confidence: 1, policies: ['waste.idle'], metadata: {}, actions: [] },
    };
    await storeJudged(t.memory, {
      unit,
      bundle,
      at: '2026-11-20T12:00:01.000Z',
      evaluations: [evaluation],
      cleared: [],
      upto: units[0]!.upto,
    });
    expect((await read.due(t.memory, long)).units).toEqual([]);
    expect((await read.due(t.memory, { ...long, bundle: 'b2' })).units).toHaveLength(1);
    expect((await read.due(t.memory, { ...long, judged_before: '2026-11-21T00:00:00.000Z' })).units).toHaveLength(1);
    expect((await read.evaluations(t.memory, {})).evaluations).toEqual([evaluation]);
    await scan(t.memory, { scan: 's4', at: '2026-11-20T13:00:00.000Z', seen: [{ ...db, status: 'running' }] });
    const again = await read.due(t.memory, long);
    expect(again.units).toEqual([{ unit, since: units[0]!.upto, upto: t.memory.revisions.committed.toString() }]);
    const since = await read.judging(t.memory, { ...again.units[0]!, join: [] });
    expect(since.rows).toBe(1);
  });

  test('a reappeared resource and a tombstone', async () => {
    const observation = await scan(t.memory, { scan: 's5', at: '2026-11-20T14:00:00.000Z', absent: [db.id] });
    expect(observation).toMatchObject({ gone: 1, held: 0 });
    expect((await ask.counts(t.memory, {})).types).toEqual({ ec2: 1 });
    await scan(t.memory, { scan: 's6', at: '2026-11-20T15:00:00.000Z', seen: [db] });
    const { changes } = await read.changes(t.memory, { filter: { ids: [db.id] } });
    expect(changes.map(({ kind }) => kind)).toEqual(['reappeared', 'disappeared', 'modified']);
    const timeline = await read.timeline(t.memory, { id: 'instance/db' });
    expect(timeline.versions.map(({ resource: { status } }) => status)).toEqual(['stopped', 'running', 'stopped']);
    const net = await ask.diff(t.memory, { from: '2026-11-20T10:30:00.000Z', to: '2026-11-20T16:00:00.000Z' });
    expect(net.changes.map(({ id, kind }) => [id, kind])).toEqual([[web.id, 'modified']]);
  });

  test('everything is still there after the store was opened again', async () => {
    const before = await read.resources(t.memory, {});
    await t.reopen();
    expect(await read.resources(t.memory, {})).toEqual(before);
  });

  test('an old batch that comes again changes nothing', async () => {
    const resources = [web, db].map((item) => ({ hash: hashOf(item), resource: item }));
    const again = await ingest(t.memory, { batch: 's1', scan: 's1', unit, at: '2026-11-20T10:00:00.000Z', resources });
    expect(again.written).toBe(0);
  });
});
