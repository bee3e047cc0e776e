import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { attributed } from './actions-write.ts';
import { resource, scan, type TestMemory, testMemory, unit } from './testing.ts';

let t: TestMemory;
const rows = (sql: string) => t.memory.store.rows<Record<string, unknown>>(sql);
beforeAll(async () => {
  t = await testMemory();
  const [web, db] = [resource('web', { tags: { owner: 'ada' } }), resource('db')];
  await scan(t.memory, { scan: 's1', at: '2026-11-10T10:00:00.000Z', seen: [web, db] });
  await scan(t.memory, {
    scan: 's2',
    at: '2026-11-12T10:00:00.000Z',
    seen: [{ ...web, status: 'stopped' }],
    absent: [db.id],
  });
  const attribution = {
    actor: 'ada',
    actor_kind: 'human' as const,
    actor_chain: ['ada'],
    event: 'StopInstances',
    event_id: 'e1',
    event_at: '2026-11-12T09:30:00.000Z',
    method: 'cloudtrail' as const,
    tool: 'cli',
    confidence: 0.9,
    explanation: '',
    state: 'final' as const,
  };
  const at = '2026-11-12T10:00:00.000Z';
  await attributed(t.memory, { changes: [{ ...unit, id: web.id, revision: '3', at, attribution }] });
});
afterAll(async () => {
  await t.close();
});

test('an analyst reads what is, what was, what changed and by whom', async () => {
  expect(await rows('SELECT name, status FROM v_resources')).toEqual([{ name: 'web', status: 'stopped' }]);
  expect(await rows("SELECT name, status FROM v_resources_at(at = '2026-11-11 00:00:00') ORDER BY name")).toEqual([
    { name: 'db', status: 'running' },
    { name: 'web', status: 'running' },
  ]);
  const changes = await rows('SELECT name, kind, actor FROM v_changes WHERE NOT baseline ORDER BY name');
  expect(changes.map(({ name, kind }) => [name, kind])).toEqual([
    ['db', 'disappeared'],
    ['web', 'modified'],
  ]);
  expect(changes.find(({ name }) => name === 'web')?.actor).toBe('ada');
});

test('and figures by day, coverage, decisions and findings', async () => {
  expect(await rows('SELECT day, type, toInt32(resources) AS n FROM v_daily_counts ORDER BY day')).toEqual([
    { day: '2026-11-10', type: 'ec2', n: 2 },
    { day: '2026-11-12', type: 'ec2', n: 1 },
  ]);
  expect(await rows('SELECT toInt32(sum(changes)) AS n FROM v_daily_changes')).toEqual([{ n: 2 }]);
  expect(await rows('SELECT state FROM v_coverage')).toEqual([{ state: 'complete' }]);
  expect(await rows('SELECT * FROM v_decisions')).toEqual([]);
  expect(await rows('SELECT * FROM v_findings')).toEqual([]);
});

test('every example of the documentation can be asked', async () => {
  const text = await readFile(new URL('../../docs/history.md', import.meta.url), 'utf8');
  const examples = [...text.matchAll(/```sql\n(.*?)```/gs)].flatMap(([, sql = '']) => sql.split(/;\s*$/m));
  const asked = examples.filter((sql) => /\bv_\w+/.test(sql));
  expect(asked.length).toBeGreaterThan(3);
  for (const sql of asked) await rows(sql);
});
