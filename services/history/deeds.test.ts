import { expect, test } from '@jest/globals';
import * as read from './actions-read.ts';
import { keep } from './actions-write.ts';
import { resource, scan, testMemory } from './testing.ts';

test('a timeline has what was proposed for the resource and what became of it, and nothing of its neighbours', async () => {
  const t = await testMemory();
  try {
    const [web, db] = [resource('web'), resource('web-2')];
    const at = '2026-11-20T10:00:00.000Z';
    await scan(t.memory, { scan: 's1', at, seen: [web, db] });
    const item = (id: string, resource_id: string) => ({ id, resource_id, action: 'stop', would: 'stop it' });
    const body = JSON.stringify({ items: [item('p1-1', web.id), item('p1-2', db.id)] });
    await keep(t.memory, { id: 'p1', at, by: 'elava', expires_at: at, body });
    const record = (kind: string, by: string, minute: string) => ({
      kind,
      by,
      at: `2026-11-20T11:${minute}:00.000Z`,
      body: {},
    });
    const { records } = t.memory;
    await records.append({ stream: 'p1-1', plan: 'p1', expected: 0, record: record('proposed', 'elava', '00') });
    await records.append({ stream: 'p1-2', plan: 'p1', expected: 0, record: record('proposed', 'elava', '01') });
    await records.append({ stream: 'p1-1', plan: 'p1', expected: 1, record: record('approved', 'ada', '05') });
    const { actions } = await read.timeline(t.memory, { id: web.id });
    expect(actions).toEqual([
      { at: '2026-11-20T11:05:00.000Z', plan: 'p1', action: 'stop', kind: 'approved', by: 'ada', text: 'stop it' },
      { at: '2026-11-20T11:00:00.000Z', plan: 'p1', action: 'stop', kind: 'proposed', by: 'elava', text: 'stop it' },
    ]);
    expect((await read.timeline(t.memory, { id: db.id })).actions).toHaveLength(1);
  } finally {
    await t.close();
  }
});
