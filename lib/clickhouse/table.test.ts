import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { RowWriter } from './row-writer.ts';
import {
  addColumn,
  added,
  createTable,
  defineTable,
  flag,
  insertColumns,
  instant,
  int8,
  json,
  keyword,
  oneOf,
  type RowOf,
  rowEncoder,
  rowWriter,
  string,
  tagMap,
  uint32,
  uint64,
  uint64s,
  words,
} from './table.ts';
import { type TestStore, testStore } from './testing.ts';

const every = defineTable({
  name: 'every',
  columns: {
    n: uint32(),
    text: string(),
    word: keyword(),
    big: uint64(),
    small: int8(),
    yes: flag(),
    at: instant(),
    kind: oneOf('one', 'two'),
    list: words(),
    bigs: uint64s(),
    tags: tagMap(),
    body: json(),
  },
  engine: 'MergeTree',
  orderBy: 'n',
});

let t: TestStore;
beforeAll(async () => {
  t = await testStore();
  await t.store.run(createTable(every, 1).replaceAll(/\{\w+\}/g, ''));
});
afterAll(async () => {
  await t.close();
});

const bigint = fc.bigInt({ min: 0n, max: 18446744073709551615n }).map(String);
const text = fc.string({ unit: 'binary', maxLength: 30 });
const row = fc.record({
  text,
  word: text,
  big: bigint,
  small: fc.integer({ min: -128, max: 127 }),
  yes: fc.boolean(),
  at: fc.integer({ min: 0, max: 4_000_000_000_000 }),
  kind: fc.constantFrom('one' as const, 'two' as const),
  list: fc.array(text),
  bigs: fc.array(bigint),
  tags: fc.dictionary(text, text),
  body: fc.dictionary(text, fc.jsonValue()).map((value) => JSON.stringify(value)),
});

const asJson = async (rows: readonly RowOf<typeof every>[]): Promise<void> =>
  t.store.insertText('every', insertColumns(every), rows.map(rowEncoder(every)).join(''));
const out = new RowWriter();
const asBinary = async (rows: readonly RowOf<typeof every>[]): Promise<void> => {
  const write = rowWriter(every);
  out.reset();
  for (const item of rows) write(out, item, {});
  await t.store.insertRows('every', insertColumns(every), out.bytes);
};
let base = 0;

test.each([
  ['JSON', asJson],
  ['RowBinary', asBinary],
])('what is inserted as %s is what is read, whatever it holds', async (_, insert) => {
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 20 }), async (rows) => {
      const first = base;
      base += rows.length;
      await insert(rows.map((item, i) => ({ ...item, n: first + i })));
      const found = await t.store.rows<Record<string, unknown>>(
        `SELECT text, word, big, small, yes, toUnixTimestamp64Milli(at) AS at, kind, list, bigs, tags, body
         FROM every WHERE n >= {first:UInt32} ORDER BY n`,
        { first },
      );
      expect(found).toEqual(rows.map((item) => ({ ...item, at: String(item.at) })));
    }),
    { numRuns: 60 },
  );
});

test('a lone surrogate does not refuse the batch: text is mended, JSON kept as it was written', async () => {
  const [sample] = fc.sample(row, 1);
  const body = JSON.stringify({ broken: '\ud800' });
  for (const [i, insert] of [asJson, asBinary].entries()) {
    await insert([{ ...sample!, n: 4_000_000_000 + i, text: 'a\ud800b', body }]);
    const found = await t.store.rows('SELECT text, body FROM every WHERE n = {n:UInt32}', { n: 4_000_000_000 + i });
    expect(found).toEqual([{ text: 'a\uFFFDb', body }]);
  }
});

test('a column of a later migration is not in the table as it was first made', () => {
  const grown = defineTable({
    name: 'grown',
    columns: { n: uint32(), later: added(2, string()) },
    engine: 'ReplacingMergeTree(n)',
    orderBy: 'n',
    partitionBy: 'n',
    settings: ['index_granularity = 1'],
  });
  expect(createTable(grown, 1)).toBe(
    'CREATE TABLE IF NOT EXISTS grown{ON} (n UInt32 CODEC(ZSTD(1))) ENGINE = {R}ReplacingMergeTree(n) PARTITION BY n ORDER BY n SETTINGS index_granularity = 1',
  );
  expect(addColumn(grown, 'later')).toBe('ALTER TABLE grown{ON} ADD COLUMN IF NOT EXISTS later String CODEC(ZSTD(1))');
});

test('a row writer grows, keeps what it has, and writes lengths of every size', async () => {
  const texts = [0, 1, 127, 128, 16_383, 16_384, 3_000_000].flatMap((n) => [
    'x'.repeat(n),
    'é'.repeat(n),
    '🚀'.repeat(n / 4),
  ]);
  const [sample] = fc.sample(row, 1);
  await asBinary(texts.map((item, i) => ({ ...sample!, n: 4_100_000_000 + i, text: item })));
  const found = await t.store.rows<{ n: number; text: string }>(
    'SELECT text FROM every WHERE n >= 4100000000 ORDER BY n',
  );
  expect(found.map(({ text: item }) => item)).toEqual(texts);
});
