import { expect, test } from '@jest/globals';
import type { DigestEntry } from '../notifier/notifier.contract.ts';
import { tellOwners } from './notices.ts';
import type { PlanView } from './reconciler.contract.ts';
import type { Item, ItemView } from './reconciler.schema.ts';
import { readLink } from './signature.ts';
import { itemFor } from './testing.ts';

const key = Buffer.alloc(32, 4);
const view = (changes: Partial<Item>): ItemView => ({
  ...itemFor({
    owner: 'ada',
    reason: 'unused',
    rules: ['elava.waste.flag_unused'],
    changed_by: 'bob',
    would: 'stop it',
    ...changes,
  }),
  phase: 'waiting',
  proposer: 'elava',
  approved_by: [],
  due: '',
  acknowledged_by: '',
  done_steps: 0,
  why: '',
  updated_at: '',
});

async function told(...items: ItemView[]): Promise<Map<string, DigestEntry[]>> {
  const all = new Map<string, DigestEntry[]>();
  const plan: PlanView = { id: 'p-1', by: 'elava', created_at: '', expires_at: '', bundle: '', items, refused: [] };
  const digest = async ({ owner, entries }: { owner: string; entries: DigestEntry[] }) => {
    all.set(owner, entries);
    return { taken: entries.length };
  };
  await tellOwners(plan, { notifier: { digest }, key, now: 1000, log: { warn() {} } });
  return all;
}

test('each owner is told once of all that concerns them, and how to answer', async () => {
  const all = await told(view({ id: 'p-1-1' }), view({ id: 'p-1-2', owner: 'cleo' }), view({ id: 'p-1-3', needs: 0 }));
  expect([...all].map(([owner, entries]) => [owner, entries.map((one) => one.key)])).toEqual([
    ['ada', ['p-1-1', 'p-1-3']],
    ['cleo', ['p-1-2']],
  ]);
  const [first, free] = all.get('ada') ?? [];
  expect(first).toMatchObject({
    who: 'bob',
    why: 'unused (elava.waste.flag_unused)',
    when: 'when 1 person has approved',
  });
  expect(Object.keys(first?.links ?? {})).toEqual(['approve', 'reject', 'acknowledge']);
  expect(Object.keys(free?.links ?? {})).toEqual(['reject', 'acknowledge']);
  expect(readLink(first?.links['approve'] ?? '', key, 2000)).toMatchObject({
    item: 'p-1-1',
    verb: 'approve',
    person: 'ada',
  });
});

test('nobody is told of what is only watched, and nobody is behind no owner', async () => {
  const all = await told(
    view({ mode: 'monitor' }),
    view({ id: 'p-1-2', owner: '' }),
    view({ id: 'p-1-3', undoes: 'p-0-1' }),
  );
  expect([...all.keys()]).toEqual(['']);
  expect(all.get('')?.[0]?.links).toEqual({});
});

test('what Elava will not do it does not threaten with', async () => {
  const [entry] = (await told(view({ mode: 'notify' }))).get('ada') ?? [];
  expect(entry?.when).toContain('never by Elava');
  const [held] = (await told(view({ held: 'it is protected' }))).get('ada') ?? [];
  expect(held?.when).toBe('not now: it is protected');
});

test('an owner who cannot be told is logged and keeps nobody from the rest', async () => {
  const warnings: unknown[] = [];
  const plan = { id: 'p-1', items: [view({})] } as unknown as PlanView;
  const digest = () => Promise.reject(new Error('down'));
  await tellOwners(plan, {
    notifier: { digest },
    key,
    now: 0,
    log: { warn: (facts: unknown) => void warnings.push(facts) },
  });
  expect(warnings).toEqual([{ code: 'INTERNAL', plan: 'p-1' }]);
});
