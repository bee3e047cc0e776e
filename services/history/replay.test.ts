import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Resource, Unit } from '../../lib/resource.ts';
import * as ask from './actions-ask.ts';
import * as read from './actions-read.ts';
import { conclude, ingest, observe } from './actions-write.ts';
import type { Memory } from './memory.ts';
import { hashOf, observation, resource, type TestMemory, testMemory } from './testing.ts';

let t: TestMemory;
beforeAll(async () => {
  t = await testMemory();
});
afterAll(async () => {
  await t.close();
});

/** What a scanner sends: a batch, and the observation that closes it, or both in one. */
type Sent =
  | { readonly ingest: Parameters<typeof ingest>[1] }
  | { readonly observe: Parameters<typeof observe>[1] }
  | { readonly conclude: Parameters<typeof conclude>[1] };
function send(memory: Memory, sent: Sent): Promise<unknown> {
  if ('ingest' in sent) return ingest(memory, sent.ingest);
  return 'observe' in sent ? observe(memory, sent.observe) : conclude(memory, sent.conclude);
}

interface Scan {
  readonly seen: readonly number[];
  readonly version: number;
  readonly state: 'complete' | 'partial';
  readonly together: boolean;
}
const scans = fc.array(
  fc.record({
    seen: fc.subarray([0, 1, 2, 3, 4, 5]),
    version: fc.integer({ min: 0, max: 3 }),
    state: fc.constantFrom<'complete' | 'partial'>('complete', 'complete', 'partial'),
    together: fc.boolean(),
  }),
  { minLength: 1, maxLength: 5 },
);

function sentBy(unit: Unit, list: readonly Scan[]): Sent[] {
  const members = [0, 1, 2, 3, 4, 5].map((i) => resource(`m${i}`, {}, unit));
  return list.flatMap(({ seen, version, state, together }, i): Sent[] => {
    const at = new Date(Date.parse('2026-11-16T00:00:00Z') + i * 60_000).toISOString();
    const items: Resource[] = seen.map((n) =>
      resource(`m${n}`, { version: `${version} ${n % 2 === 0 ? i : 0}` }, unit),
    );
    const resources = items.map((item) => ({ hash: hashOf(item), resource: item }));
    const absent = members.flatMap(({ id }, n) => (seen.includes(n) ? [] : id));
    const base = { scan: `s${i}`, unit };
    const closed = observation(at, { ...base, state, count: seen.length, absent });
    if (together) return [{ conclude: { ...closed, batch: `s${i}`, resources } }];
    return [{ ingest: { ...base, batch: `s${i}`, at, resources } }, { observe: closed }];
  });
}

const everything = async (memory: Memory, unit: Unit) => {
  const filter = { accounts: [unit.account] };
  const [resources, changes, coverage, log] = await Promise.all([
    read.resources(memory, { filter }),
    read.changes(memory, { filter, baseline: true }),
    read.coverage(memory, { filter }),
    memory.store.rows('SELECT id, rev, hash FROM resource_log WHERE account = {account:String} ORDER BY rid, rev', {
      account: unit.account,
    }),
  ]);
  return { resources: resources.resources, changes: changes.changes, coverage: coverage.units, log };
};

test('a replay of any batches and observations, in any order, changes nothing', async () => {
  let run = 0;
  await fc.assert(
    fc.asyncProperty(scans, fc.infiniteStream(fc.nat()), async (list, random) => {
      run += 1;
      const unit: Unit = { account: String(run), region: 'eu-west-1', type: 'ec2' };
      const sent = sentBy(unit, list);
      for (const one of sent) await send(t.memory, one);
      const before = await everything(t.memory, unit);
      const again = sent
        .map((one) => ({ one, order: random.next().value as number }))
        .toSorted((a, b) => a.order - b.order);
      await Promise.all(again.map(({ one }) => send(t.memory, one)));
      expect(await everything(t.memory, unit)).toEqual(before);
    }),
    { numRuns: 25 },
  );
});

test('many units that ingest at once share revisions, and each has what it sent', async () => {
  const units = Array.from({ length: 60 }, (_, i) => ({ account: 'many', region: 'eu-west-1', type: `t${i}` }));
  const before = t.memory.revisions.committed;
  await Promise.all(
    units.map(async (unit, i) => {
      const items = Array.from({ length: i % 7 }, (_, n) => resource(`x${n}`, {}, unit));
      const at = '2026-11-20T10:00:00.000Z';
      await ingest(t.memory, {
        batch: 'b',
        scan: 's',
        unit,
        at,
        resources: items.map((item) => ({ hash: hashOf(item), resource: item })),
      });
      const closed = observation(at, { unit, count: items.length });
      expect(await observe(t.memory, closed)).toMatchObject({ changed: i % 7, baseline: true });
    }),
  );
  expect(t.memory.revisions.committed - before).toBeLessThan(20);
  const { types } = await ask.counts(t.memory, { filter: { accounts: ['many'] } });
  expect(types).toEqual(Object.fromEntries(units.flatMap(({ type }, i) => (i % 7 === 0 ? [] : [[type, i % 7]]))));
});
