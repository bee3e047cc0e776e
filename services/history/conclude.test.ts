/** A unit's last batch and its observation in one revision, beside the same two in turn. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { codeOf } from '../../lib/errors.ts';
import type { Coverage, Unit } from '../../lib/resource.ts';
import * as read from './actions-read.ts';
import { conclude, ingest, observe } from './actions-write.ts';
import { concludeInTurn } from './history.client.ts';
import { hashOf, resource, type TestMemory, testMemory } from './testing.ts';

let t: TestMemory;
beforeAll(async () => {
  t = await testMemory();
});
afterAll(async () => {
  await t.close();
});

type Last = Parameters<typeof conclude>[1];

const EPOCH = Date.parse('2026-11-20T10:00:00.000Z');
const unitOf = (account: string): Unit => ({ account, region: 'eu-west-1', type: 'ec2' });

interface Step {
  readonly seen: readonly number[];
  readonly version: number;
  readonly state: 'complete' | 'partial';
}

/** The nth scan of a unit of some members, of which these are seen. */
function lastOf(unit: Unit, { seen, version, state }: Step, n: number, members: number): Last {
  const finished = EPOCH + n * 60_000;
  const items = seen.map((i) => resource(`m${i}`, { version: i % 2 === 0 ? version : 0 }, unit));
  const all = Array.from({ length: members }, (_, i) => resource(`m${i}`, {}, unit).id);
  const error = state === 'complete' ? '' : 'AWS_ACCESS_DENIED';
  return {
    batch: `${n}`,
    resources: items.map((item) => ({ hash: hashOf(item), resource: item })),
    scan: `s${n}`,
    unit,
    started: new Date(finished - 30_000).toISOString(),
    finished: new Date(finished).toISOString(),
    state,
    error,
    detail: '',
    count: items.length,
    absent: all.filter((_, i) => !seen.includes(i)),
  };
}

/** Everything that is remembered of an account, but for the account itself. */
async function remembered(account: string) {
  const filter = { accounts: [account] };
  const { resources } = await read.resources(t.memory, { filter, limit: 1000 });
  const versions = await t.memory.store.rows(
    `SELECT region, type, splitByChar('/', id)[2] AS name, at, kind, delta, state_since, first_seen, scan, baseline
     FROM resource_log WHERE account = {account:String} ORDER BY at, name`,
    { account },
  );
  const live = new Map(
    resources.map(({ name, first_seen, last_seen, metadata }) => [name, { first_seen, last_seen, metadata }]),
  );
  return { versions, live };
}

const step = fc.record({
  seen: fc.subarray([0, 1, 2, 3, 4, 5, 6, 7]),
  version: fc.integer({ min: 0, max: 2 }),
  state: fc.constantFrom<'complete' | 'partial'>('complete', 'complete', 'complete', 'partial'),
});

test('comes to what the two come to in turn, whatever is seen and missed', async () => {
  let run = 0;
  const inTurn = {
    ingest: (params: Parameters<typeof ingest>[1]) => ingest(t.memory, params),
    observe: (params: Parameters<typeof observe>[1]) => observe(t.memory, params),
  };
  const withoutAccount = ({ account: _account, ...row }: Coverage) => row;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 5 }), async (steps) => {
      run += 1;
      const [one, two] = [`one${run}`, `two${run}`];
      for (const [n, taken] of steps.entries()) {
        const at = await conclude(t.memory, lastOf(unitOf(one), taken, n, 8));
        const turn = await concludeInTurn(inTurn, lastOf(unitOf(two), taken, n, 8));
        expect(withoutAccount(at)).toEqual(withoutAccount(turn));
      }
      expect(await remembered(one)).toEqual(await remembered(two));
    }),
    { numRuns: 10 },
  );
});

describe('in one revision', () => {
  const all = { seen: [0, 1, 2], version: 0, state: 'complete' } as const;

  test('stand what is new, what is gone and the coverage, and each is told once', async () => {
    const unit = unitOf('told');
    await conclude(t.memory, lastOf(unit, all, 0, 4));
    t.news.length = 0;
    t.observed.length = 0;
    const before = t.memory.revisions.committed;
    const coverage = await conclude(t.memory, lastOf(unit, { ...all, seen: [1, 2, 3] }, 1, 4));
    expect(coverage).toMatchObject({ changed: 1, gone: 1, held: 0, baseline: false, count: 3 });
    const rev = String(before + 1);
    expect(t.memory.revisions.committed).toBe(before + 1);
    expect(t.news).toEqual([{ unit, scan: 's1', revision: rev, versions: 1, gone: 1 }]);
    expect(t.observed).toEqual([coverage]);
    const rows = await t.memory.store.rows(
      "SELECT rev, kind FROM resource_log WHERE account = 'told' AND scan = 's1' ORDER BY kind",
    );
    expect(rows).toEqual([
      { rev, kind: 'appeared' },
      { rev, kind: 'disappeared' },
    ]);
  });

  test('counts in the queue of the writer with all that it brings', async () => {
    const rows: number[] = [];
    const write = (work: Parameters<typeof t.memory.writer.write>[0]) => {
      rows.push(work.rows);
      return t.memory.writer.write(work);
    };
    const writer = { write } as unknown as typeof t.memory.writer;
    await conclude({ ...t.memory, writer }, lastOf(unitOf('counted'), { ...all, seen: [0, 1] }, 0, 5));
    expect(rows).toEqual([6]);
  });

  test('stands nothing where the batch is refused', async () => {
    const unit = unitOf('refused');
    const last = lastOf(unit, all, 0, 4);
    const foreign = resource('m9', {}, unitOf('another'));
    const resources = [...last.resources, { hash: hashOf(foreign), resource: foreign }];
    const before = t.memory.revisions.committed;
    await expect(conclude(t.memory, { ...last, resources }).catch(codeOf)).resolves.toBe('INVALID_REQUEST');
    const twice = { ...last, absent: [...last.absent, last.resources[0]?.resource.id ?? ''] };
    await expect(conclude(t.memory, twice).catch(codeOf)).resolves.toBe('INVALID_REQUEST');
    expect(t.memory.revisions.committed).toBe(before);
    expect((await read.coverage(t.memory, { filter: { accounts: ['refused'] } })).units).toEqual([]);
  });
});
