import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { until } from '../../test/support/until.ts';
import type { StoredFinding } from './analysis.schema.ts';
import { findings, found, linked, measured, usage } from './analysis-store.ts';
import { maintain } from './maintenance.ts';
import { resource, scan, type TestMemory, testMemory, unit } from './testing.ts';

let t: TestMemory;
const at = '2026-11-20T10:00:00.000Z';
const [disk, web, gone] = [resource('disk'), resource('web', { refs: [resource('disk').id] }), resource('gone')];
const finding = (more: Partial<StoredFinding> = {}): StoredFinding => ({
  id: disk.id,
  ...unit,
  analyzer: 'waste',
  kind: 'idle',
  state: 'open' as const,
  since: at,
  first_found: at,
  changed_at: at,
  confidence: 0.5,
  body: { evidence: ["it's idle"] },
  ...more,
});
beforeAll(async () => {
  t = await testMemory();
  await scan(t.memory, { scan: 's1', at, seen: [disk, web, gone] });
  await scan(t.memory, { scan: 's2', at: '2026-11-20T11:00:00.000Z', seen: [disk, web], absent: [gone.id] });
});
afterAll(async () => {
  await t.close();
});

test('which ids are referred to and which are live, of a few among many', async () => {
  expect(await linked(t.memory, { ids: [disk.id, web.id, gone.id, 'none'] })).toEqual({
    referred: [disk.id],
    live: expect.arrayContaining([disk.id, web.id]),
  });
  expect(await linked(t.memory, { ids: [] })).toEqual({ referred: [], live: [] });
});

test('of usage the newest measurement counts', async () => {
  const one = { id: disk.id, ...unit, begun: at, figures: { reads: 1 } };
  await measured(t.memory, { usage: [{ ...one, measured_at: '2026-11-20T12:00:00.000Z' }] });
  const newer = { ...one, measured_at: '2026-11-20T13:00:00.000Z', figures: { reads: 2.5 } };
  await measured(t.memory, { usage: [newer] });
  expect((await usage(t.memory, { ids: [disk.id, web.id] })).usage).toEqual([newer]);
  expect((await usage(t.memory, { ids: [disk.id], since: '2026-11-20T13:00:00.000Z' })).usage).toEqual([]);
});

test('of findings the newest word counts, page by page', async () => {
  await found(t.memory, { findings: [finding(), finding({ kind: 'orphaned' }), finding({ id: web.id })] });
  const changed = finding({ confidence: 0.75, changed_at: '2026-11-21T10:00:00.000Z', state: 'resolved' });
  await found(t.memory, { findings: [changed] });
  const first = await findings(t.memory, { analyzer: 'waste', limit: 2 });
  const second = await findings(t.memory, { analyzer: 'waste', limit: 2, after: first.next! });
  expect([...first.findings, ...second.findings]).toHaveLength(3);
  expect(second.next).toBeUndefined();
  expect((await findings(t.memory, { analyzer: 'waste', state: 'resolved' })).findings).toEqual([changed]);
  expect((await findings(t.memory, { analyzer: 'waste', kinds: ['orphaned'] })).findings).toHaveLength(1);
  expect((await findings(t.memory, { analyzer: 'drift' })).findings).toEqual([]);
  expect((await findings(t.memory, { analyzer: 'waste', filter: { accounts: [] } })).findings).toEqual([]);
});

test('what is resolved or was measured before the window is forgotten, what is open is not', async () => {
  t.clock.set('2027-03-01T00:00:00.000Z');
  await maintain(t.memory, { merge: true });
  const left = async () => [
    (await findings(t.memory, { analyzer: 'waste' })).findings.length,
    (await usage(t.memory, { ids: [disk.id] })).usage.length,
  ];
  // The engine deletes in the background.
  await until(left, ([found = 0, used = 0]) => found <= 2 && used === 0);
  expect(await left()).toEqual([2, 0]);
});
