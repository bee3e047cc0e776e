/** Several writers of one store: readers see whole revisions in their order, whoever is slow, fails or is replaced. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { checkTables, migrate } from '../../lib/clickhouse/migrate.ts';
import { migrations } from '../../lib/clickhouse/migrations/index.ts';
import type { Store } from '../../lib/clickhouse/store.ts';
import { tables } from '../../lib/clickhouse/tables/index.ts';
import { type TestStore, testStore } from '../../lib/clickhouse/testing.ts';
import { codeOf, elavaError } from '../../lib/errors.ts';
import { Ledger, type Numbers } from './commit.ts';
import { planIngest } from './plan-ingest.ts';
import type { Revision } from './revision-rows.ts';
import { Revisions } from './revisions.ts';
import { hashOf, resource, unit } from './testing.ts';

let t: TestStore;
let store: Store;
beforeEach(async () => {
  t = await testStore();
  store = t.store;
  await migrate(store, migrations);
  await checkTables(store, tables);
});
afterEach(async () => t.close());

const clock = { now: () => Date.parse('2026-11-20T12:00:00Z') };
const opened = async (shared = true, of = store): Promise<Revisions> => {
  const revisions = new Revisions({ store: of, clock, shared });
  await revisions.open();
  return revisions;
};
const appeared = (name: string): Revision => {
  const item = resource(name);
  const batch = { scan: 's', unit, at: clock.now(), resources: [{ hash: hashOf(item), resource: item }] };
  const versions = planIngest(batch, { known: new Map(), replayed: new Map(), baseline: false });
  return { versions, observations: [], evaluations: [], judged: [] };
};
const failure = (work: Promise<unknown>): Promise<string> => work.then(() => 'none', codeOf);
const settledIn = async (work: Promise<unknown>, ms: number): Promise<boolean> =>
  Promise.race([work.then(() => true), new Promise<boolean>((done) => setTimeout(() => done(false), ms))]);
const names = async (from: 'resource_log' | 'resource_current FINAL'): Promise<string[]> =>
  (await store.rows<{ name: string }>(`SELECT name FROM ${from} ORDER BY name`)).map(({ name }) => name);

/** Numbers whose answers are held, lost or refused as the test wants. */
const through = (revisions: Revisions, change: Partial<Numbers>): Numbers => ({
  begin: (asked) => revisions.begin(asked),
  end: (asked) => revisions.end(asked),
  settle: (asked) => revisions.settle(asked),
  ...change,
});

/** The store, but inserts into the current table fail: a revision of which only the log is there. */
const withoutCurrent = (real: Store): Store =>
  new Proxy(real, {
    get(target, name) {
      if (name === 'run') return () => Promise.reject(elavaError('STORE_UNAVAILABLE', 'cut off'));
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });

test('a later revision is seen when the earlier ones are whole, and both are told then', async () => {
  const revisions = await opened();
  const slow = await revisions.begin({ writer: 'slow', seq: 1, terms: {} });
  const quick = new Ledger({ store, numbers: revisions, name: 'quick' }).write(appeared('quick'));
  expect(await settledIn(quick, 300)).toBe(false);
  expect(revisions.committed).toBeLessThan(slow.rev);
  expect(revisions.whole).toBe(false);
  await revisions.end({ rev: slow.rev, rows: 0 });
  expect(await quick).toBe(slow.rev + 1);
  expect(revisions.committed).toBe(slow.rev + 1);
  expect(revisions.whole).toBe(true);
});

test('what fails half way is completed soon, though its writer has nothing more to write', async () => {
  const revisions = await opened();
  const broken = new Ledger({ store: withoutCurrent(store), numbers: revisions, name: 'broken' });
  expect(await failure(broken.write(appeared('half')))).toBe('STORE_UNAVAILABLE');
  expect(await names('resource_current FINAL')).toEqual([]);
  // Another is held back by it, and not for long.
  await new Ledger({ store, numbers: revisions, name: 'other' }).write(appeared('other'));
  expect(await names('resource_current FINAL')).toEqual(['half', 'other']);
});

test('a number whose way to the writer was lost holds nobody back', async () => {
  const revisions = await opened();
  const lost = through(revisions, {
    begin: async (asked) => {
      await revisions.begin(asked);
      throw elavaError('DEADLINE_EXCEEDED', 'lost');
    },
  });
  const unlucky = new Ledger({ store, numbers: lost, name: 'unlucky' });
  expect(await failure(unlucky.write(appeared('a')))).toBe('DEADLINE_EXCEEDED');
  await new Ledger({ store, numbers: revisions, name: 'other' }).write(appeared('b'));
  expect(await names('resource_log')).toEqual(['b']);
});

test('asked again, the same revision is begun and ended once', async () => {
  const revisions = await opened();
  const first = await revisions.begin({ writer: 'a', seq: 1, terms: {} });
  expect(await revisions.begin({ writer: 'a', seq: 1, terms: {} })).toEqual(first);
  await revisions.end({ ...first, rows: 0 });
  await revisions.end({ ...first, rows: 0 });
  const second = await revisions.begin({ writer: 'a', seq: 2, terms: {} });
  expect(second.rev).toBe(first.rev + 1);
  // What was late on its way opens nothing.
  expect(await failure(revisions.begin({ writer: 'a', seq: 1, terms: {} }))).toBe('STORE_FENCED');
  await revisions.settle({ writer: 'a', seq: 1 });
  expect(revisions.whole).toBe(false);
  await revisions.settle({ writer: 'a', seq: 2 });
  expect(revisions.whole).toBe(true);
});

test('a shard that passes on: what was left is completed, and its last writer is refused', async () => {
  const revisions = await opened();
  const gone = { 'writer.1': 5, 'writer.2': 6 };
  const { rev } = await revisions.begin({ writer: 'gone', seq: 1, terms: gone });
  const only = { numbers: through(revisions, { begin: async () => ({ rev }) }), name: 'gone' };
  await failure(new Ledger({ store: withoutCurrent(store), ...only }).write(appeared('left'), gone));
  const other = await revisions.begin({ writer: 'other', seq: 1, terms: { 'writer.3': 7 } });
  await revisions.inherit({ terms: { 'writer.2': 9 } });
  expect(await names('resource_current FINAL')).toEqual(['left']);
  // The other's own is not touched: it still writes.
  expect(revisions.committed).toBe(rev);
  expect(await failure(revisions.begin({ writer: 'gone', seq: 2, terms: gone }))).toBe('STORE_FENCED');
  expect(await failure(revisions.inherit({ terms: { 'writer.2': 6 } }))).toBe('STORE_FENCED');
  await revisions.end({ ...other, rows: 0 });
  expect(revisions.committed).toBe(other.rev);
});

test('another leader completes what writers were in the middle of, and gives none of their numbers again', async () => {
  const before = await opened();
  await new Ledger({ store, numbers: before, name: 'a' }).write(appeared('first'));
  const half = new Ledger({ store: withoutCurrent(store), numbers: before, name: 'b' });
  expect(await failure(half.write(appeared('half')))).toBe('STORE_UNAVAILABLE');
  half.close();
  const unwritten = await before.begin({ writer: 'c', seq: 1, terms: {} });
  const after = await opened();
  expect(await names('resource_current FINAL')).toEqual(['first', 'half']);
  // One that was in time with its rows, and one that comes with them late, as a store without fences lets it.
  await after.end({ rev: unwritten.rev - 1, rows: 1 });
  const late = through(after, { begin: async () => ({ rev: unwritten.rev }) });
  await new Ledger({ store: withLateCurrent(store), numbers: late, name: 'c' }).write(appeared('late'));
  expect(await names('resource_current FINAL')).toEqual(['first', 'half', 'late']);
  expect(await failure(after.end({ rev: unwritten.rev + 5000, rows: 0 }))).toBe('STORE_FENCED');
  const own = await after.begin({ writer: 'c', seq: 2, terms: {} });
  expect(own.rev).toBeGreaterThan(unwritten.rev);
});

/** The store, but what is made from the log is not. */
function withLateCurrent(real: Store): Store {
  return new Proxy(real, {
    get(target, name) {
      if (name === 'run') return () => Promise.resolve();
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

test('a leader that stops begins no more and waits for what is open', async () => {
  const revisions = await opened();
  const { rev } = await revisions.begin({ writer: 'a', seq: 1, terms: {} });
  const drained = revisions.drain();
  expect(await failure(revisions.begin({ writer: 'b', seq: 1, terms: {} }))).toBe('NOT_LEADER');
  expect(await settledIn(drained, 200)).toBe(false);
  await revisions.end({ rev, rows: 0 });
  await drained;
  expect(revisions.committed).toBe(rev);
});

test('a commit that fails is told to those who wait, and made good by the next', async () => {
  let full = true;
  const sometimes = new Proxy(store, {
    get(target, name) {
      if (name === 'insertRows')
        return (...args: Parameters<Store['insertRows']>) =>
          full && args[0] === 'commits'
            ? Promise.reject(elavaError('STORE_FULL', 'no room'))
            : target.insertRows(...args);
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
  const revisions = await opened(false, sometimes);
  const ledger = new Ledger({ store, numbers: revisions, name: 'a' });
  expect(await failure(ledger.write(appeared('a')))).toBe('STORE_FULL');
  expect(revisions.committed).toBe(0);
  full = false;
  await ledger.write(appeared('b'));
  expect(revisions.committed).toBe(2);
  expect(await store.rows('SELECT rev FROM commits ORDER BY rev')).toEqual([{ rev: '1' }, { rev: '2' }]);
});
