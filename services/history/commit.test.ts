/** A revision that fails half way, at each of its statements in turn: the next write completes it, whatever was missing. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Store } from '../../lib/clickhouse/store.ts';
import { codeOf, elavaError } from '../../lib/errors.ts';
import { Ledger } from './commit.ts';
import { planObservation } from './observe.ts';
import { planIngest } from './plan-ingest.ts';
import { Revisions } from './revisions.ts';
import { hashOf, resource, type TestMemory, testMemory, unit } from './testing.ts';

let t: TestMemory;
beforeAll(async () => {
  t = await testMemory();
});
afterAll(async () => {
  await t.close();
});

/** The real store, but the nth statement that writes is refused, before it is run or after. */
function faulty(store: Store, nth: number, after: boolean): Store {
  let count = 0;
  const fault = async (work: () => Promise<void>): Promise<void> => {
    count += 1;
    const mine = count;
    if (mine === nth && !after) throw elavaError('STORE_FULL', 'no room');
    await work();
    if (mine === nth) throw elavaError('STORE_UNAVAILABLE', 'the answer was lost');
  };
  return new Proxy(store, {
    get(target, name) {
      if (name === 'run') return (...args: Parameters<Store['run']>) => fault(() => target.run(...args));
      if (name === 'insertRows')
        return (...args: Parameters<Store['insertRows']>) => fault(() => target.insertRows(...args));
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

const first = Date.parse('2026-11-17T00:00:00Z');

/** Something that appears, and something else that goes. */
function revision(n: number) {
  const item = resource(`new${n}`);
  const at = first + n * 1000;
  const memory = { known: new Map(), replayed: new Map(), baseline: false };
  const came = planIngest({ scan: `s${n}`, unit, at, resources: [{ hash: hashOf(item), resource: item }] }, memory);
  const known = {
    id: resource(`old${n}`).id,
    rid: '1',
    rev: '1',
    at: 0,
    hash: '000000000000000a',
    name: '',
    status: '',
    state_since: 0,
    first_seen: 0,
    tags: {},
    live: true,
  };
  const seen = {
    scan: `s${n}`,
    unit: { ...unit, type: `t${n}` },
    started: at,
    finished: at,
    state: 'complete' as const,
    error: '',
    detail: '',
    count: 0,
    absent: [known.id],
  };
  const state = { last_complete: 1, held: ['1'], held_by: 'before', held_seen: 1 };
  const gone = planObservation(seen, { state, live: 1, written: { changed: 0, gone: 0 }, missed: [known] });
  return {
    evaluations: [],
    judged: [],
    versions: [...came, ...(gone.versions ?? [])],
    observations: gone.observation ? [gone.observation] : [],
  };
}

const agreement = `SELECT
  (SELECT count() FROM resource_log) AS log, (SELECT count() FROM resource_current FINAL) AS current,
  (SELECT groupArray(rev) FROM (SELECT DISTINCT rev FROM resource_log ORDER BY rev)) AS revisions,
  (SELECT groupArray(rev) FROM (SELECT rev FROM coverage ORDER BY rev)) AS observed,
  (SELECT groupArray(rev) FROM (SELECT rev FROM units FINAL ORDER BY rev)) AS units,
  (SELECT max(rev) FROM commits) AS committed`;

test.each([false, true])('each statement that fails, lost answer: %p', async (after) => {
  const { store, options } = t.memory;
  for (let nth = 1; nth <= 5; nth += 1) {
    const broken = faulty(store, nth, after);
    const revisions = new Revisions({ store: broken, clock: options.clock });
    await revisions.open();
    const ledger = new Ledger({ store: broken, numbers: revisions, name: 'a' });
    const n = (after ? 100 : 0) + nth * 10;
    const code = await ledger.write(revision(n)).then(() => 'written', codeOf);
    expect(code).toBe(after ? 'STORE_UNAVAILABLE' : 'STORE_FULL');
    // The same process goes on with the next revision.
    await ledger.write(revision(n + 1));
    ledger.close();
    const [row] = await store.rows<Record<string, unknown>>(agreement);
    expect(row?.current).toBe(row?.log);
    expect(row?.observed).toEqual(row?.revisions);
    expect(row?.units).toEqual(row?.revisions);
    expect(Number(row?.committed)).toBe(revisions.committed);
    expect((row?.revisions as string[] | undefined)?.at(-1)).toBe(row?.committed);
  }
});
