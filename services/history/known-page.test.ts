/** What is known of units is read for many at once, and each gets its own. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Store } from '../../lib/clickhouse/store.ts';
import { codeOf, elavaError } from '../../lib/errors.ts';
import type { Unit } from '../../lib/resource.ts';
import { KnownPages } from './known-page.ts';
import { hashOf, resource, scan, type TestMemory, testMemory, unit } from './testing.ts';

let t: TestMemory;
beforeAll(async () => {
  t = await testMemory();
});
afterAll(async () => {
  await t.close();
});

const at = '2026-11-20T10:00:00.000Z';
const account = (n: number): Unit => ({ ...unit, account: String(n) });

function counting(store: Store): { readonly store: Store; readonly asked: () => number } {
  let asked = 0;
  const counted = new Proxy(store, {
    get(target, name) {
      if (name === 'rows') asked += 1;
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
  return { store: counted, asked: () => asked };
}

test('units that are asked for together are read together, each with its own', async () => {
  for (const n of [1, 2, 3]) {
    const seen = Array.from({ length: n }, (_, i) => resource(`r${i}`, {}, account(n)));
    await scan(t.memory, { scan: 's', at, unit: account(n), seen });
  }
  const { store, asked } = counting(t.memory.store);
  const pages = new KnownPages(store);
  const all = await Promise.all([1, 2, 3, 4, 2].map((n) => pages.read(account(n), {})));
  expect(all.map(({ entries, baseline, next }) => [entries.length, baseline, next])).toEqual([
    [1, false, undefined],
    [2, false, undefined],
    [3, false, undefined],
    [0, true, undefined],
    [2, false, undefined],
  ]);
  const own = resource('r0', {}, account(1));
  expect(all[0]?.entries).toEqual([{ id: own.id, hash: hashOf(own) }]);
  expect(asked()).toBe(2);
});

test('a unit that is large, or asked for in small pages, is read by itself to its end', async () => {
  const large = account(600);
  const seen = Array.from({ length: 600 }, (_, i) => resource(`r${i}`, {}, large));
  await scan(t.memory, { scan: 's', at, unit: large, seen });
  const pages = new KnownPages(t.memory.store);
  const [whole, small] = await Promise.all([pages.read(large, {}), pages.read(account(3), { limit: 2 })]);
  expect([whole.entries.length, whole.next]).toEqual([600, undefined]);
  expect(small.entries).toHaveLength(2);
  const rest = await pages.read(account(3), { after: small.next, limit: 2 });
  expect([rest.entries.length, rest.next]).toEqual([1, undefined]);
  expect(new Set([...small.entries, ...rest.entries].map(({ id }) => id)).size).toBe(3);
});

test('what fails is told to all who waited for it, and to nobody later', async () => {
  let away = true;
  const sometimes = new Proxy(t.memory.store, {
    get(target, name) {
      if (name === 'rows' && away) return () => Promise.reject(elavaError('STORE_UNAVAILABLE', 'away'));
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
  const pages = new KnownPages(sometimes);
  const failed = await Promise.allSettled([1, 2].map((n) => pages.read(account(n), {})));
  expect(failed.map((one) => (one.status === 'rejected' ? codeOf(one.reason) : one.status))).toEqual([
    'STORE_UNAVAILABLE',
    'STORE_UNAVAILABLE',
  ]);
  away = false;
  expect((await pages.read(account(2), {})).entries).toHaveLength(2);
});
