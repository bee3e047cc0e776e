/** Where several processes share the accounts, a group is written under the leads that were held before it was planned. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Terms } from '../../lib/clickhouse/terms.ts';
import { codeOf } from '../../lib/errors.ts';
import type { Unit } from '../../lib/resource.ts';
import { Ledger, type Numbers } from './commit.ts';
import { hashOf, resource, type TestMemory, testMemory, unit } from './testing.ts';
import type { Work, Written } from './work.ts';
import { groupWriter } from './write-group.ts';

let t: TestMemory;
beforeAll(async () => {
  t = await testMemory();
});
afterAll(async () => {
  await t.close();
});

const at = Date.parse('2026-11-20T10:00:00Z');
const found = (account: string): Work => {
  const of: Unit = { ...unit, account };
  const item = resource('web', {}, of);
  const batch = { scan: 's', unit: of, at, resources: [{ hash: hashOf(item), resource: item }] };
  return { kind: 'ingest', unit: of, at, rows: 1, ids: () => [item.id], batch };
};

test('what is not held any more is refused, the rest is written under the terms of before', async () => {
  const { store, revisions } = t.memory;
  const begun: Terms[] = [];
  const numbers: Numbers = {
    begin: (asked) => {
      begun.push(asked.terms);
      return revisions.begin(asked);
    },
    end: (asked) => revisions.end(asked),
    settle: (asked) => revisions.settle(asked),
  };
  let terms: Terms = { 'writer.1': 7, 'writer.2': 8 };
  const leads: Record<string, string> = { a: 'writer.1', b: 'writer.2', c: 'writer.3' };
  const holding = {
    terms: () => {
      const now = terms;
      // Lost while the group is planned: the store must hear of the lead that it was planned under.
      terms = { 'writer.1': 7 };
      return now;
    },
    isOf: (of: Terms, account: string) => (leads[account] ?? '') in of,
  };
  const heard = { changed: () => undefined, observed: () => undefined };
  const ledger = new Ledger({ store, numbers, name: 'a' });
  const write = groupWriter({ store, ledger, heard, holding });
  const outcome = (result: Written | Error | undefined) => (result instanceof Error ? codeOf(result) : result?.written);
  const [a, b, c] = await write([found('a'), found('b'), found('c')]);
  expect([outcome(a), outcome(b), outcome(c)]).toEqual([1, 1, 'NOT_LEADER']);
  expect(begun).toEqual([{ 'writer.1': 7, 'writer.2': 8 }]);
  expect((await write([found('b')])).map(outcome)).toEqual(['NOT_LEADER']);
  expect(await store.rows('SELECT account FROM resource_log ORDER BY account')).toEqual([
    { account: 'a' },
    { account: 'b' },
  ]);
});
