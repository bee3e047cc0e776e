import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Unit, unitKey } from '../../lib/resource.ts';
import { AHEAD_ROWS, JudgingAhead } from './judging-ahead.ts';
import type { JudgingRowSource } from './judging-rows.ts';

const unitOf = (n: number): Unit => ({ account: String(n).padStart(3, '0'), region: 'r', type: 't' });
const rowsOf = (unit: Unit, count: number): JudgingRowSource[] =>
  Array.from({ length: count }, (_, i) => ({
    ...unit,
    rid: String(1000 + i),
    rev: '1',
    at: 0,
    firstSeen: 0,
    stateSince: 0,
    refs: [],
    body: '{}',
  }));

/** An estate with units of these sizes, that counts how often it was read. */
class Estate {
  readonly rows: JudgingRowSource[];
  reads = 0;
  clock = 0;
  read: number[] = [];

  constructor(sizes: readonly number[]) {
    this.rows = sizes.flatMap((size, n) => rowsOf(unitOf(n), size));
  }

  ahead(): JudgingAhead {
    return new JudgingAhead({
      rows: async (unit, after, { ahead, limit }) => {
        this.reads += 1;
        const key = unitKey(unit);
        const from = ahead
          ? this.rows.filter((row) => unitKey(row) >= key)
          : this.rows.filter((row) => unitKey(row) === key && row.rid > after);
        const found = from.slice(0, limit);
        this.read.push(found.length);
        return found;
      },
      lines: async (rows, join) => rows.map((row) => `${unitKey(row)}/${row.rid} ${join.join()}\n`),
      now: () => this.clock,
    });
  }
}

async function walk(
  ahead: JudgingAhead,
  unit: Unit,
  { limit, join }: { limit: number; join: string[] },
): Promise<string[]> {
  const lines: string[] = [];
  for (let after = ''; ; ) {
    const page = await ahead.page({ unit, after, join, limit });
    lines.push(...page.lines);
    if (page.lines.length > limit) throw new Error('too long a page');
    if (page.next === undefined) return lines;
    after = page.next;
  }
}
const expected = (estate: Estate, unit: Unit, join: string[]) =>
  estate.rows
    .filter((row) => unitKey(row) === unitKey(unit))
    .map((row) => `${unitKey(unit)}/${row.rid} ${join.join()}\n`);

describe('reading ahead', () => {
  test('a hundred small units are one reading', async () => {
    const estate = new Estate(Array(100).fill(10));
    const ahead = estate.ahead();
    ahead.begin(100);
    for (let n = 0; n < 100; n += 1) expect(await walk(ahead, unitOf(n), { limit: 200, join: [] })).toHaveLength(10);
    expect(estate.reads).toBe(1);
  });

  test('those who ask at once share it', async () => {
    const estate = new Estate(Array(40).fill(20));
    const ahead = estate.ahead();
    ahead.begin(40);
    const all = await Promise.all(
      estate.rows
        .map((row) => row.account)
        .map(Number)
        .filter((n, i, list) => list.indexOf(n) === i)
        .map((n) => walk(ahead, unitOf(n), { limit: 7, join: ['x'] })),
    );
    expect(all.flat()).toHaveLength(800);
    expect(estate.reads).toBe(1);
  });

  test('what was handed out is not handed out again, and a new round reads anew', async () => {
    const estate = new Estate([5, 5]);
    const ahead = estate.ahead();
    ahead.begin(100);
    for (const n of [0, 1, 1]) await walk(ahead, unitOf(n), { limit: 10, join: [] });
    expect(estate.reads).toBe(2);
    await walk(ahead, unitOf(0), { limit: 10, join: [] });
    ahead.begin(100);
    await walk(ahead, unitOf(1), { limit: 10, join: [] });
    expect(estate.reads).toBe(4);
  });

  test('what is old is read anew', async () => {
    const estate = new Estate([5, 5]);
    const ahead = estate.ahead();
    ahead.begin(100);
    await walk(ahead, unitOf(0), { limit: 10, join: [] });
    estate.clock = 60_001;
    await walk(ahead, unitOf(1), { limit: 10, join: [] });
    expect(estate.reads).toBe(2);
  });

  test('few units are not worth it', async () => {
    const estate = new Estate(Array(100).fill(10));
    const ahead = estate.ahead();
    ahead.begin(2);
    await walk(ahead, unitOf(0), { limit: 10, join: [] });
    expect(estate.read).toEqual([10]);
  });

  test('a unit larger than a reading comes page by page', async () => {
    const estate = new Estate([AHEAD_ROWS * 2 + 5, 3]);
    const ahead = estate.ahead();
    ahead.begin(100);
    expect(await walk(ahead, unitOf(0), { limit: 500, join: [] })).toEqual(expected(estate, unitOf(0), []));
    expect(await walk(ahead, unitOf(1), { limit: 500, join: [] })).toEqual(expected(estate, unitOf(1), []));
  });

  test('a reading that fails fails its page, and the next one is tried', async () => {
    const estate = new Estate([1]);
    let broken = true;
    const ahead = new JudgingAhead({
      rows: () => (broken ? Promise.reject(new Error('down')) : Promise.resolve(estate.rows)),
      lines: async (rows) => rows.map(() => 'line'),
      now: () => 0,
    });
    const page = { unit: unitOf(0), after: '', join: [], limit: 1 };
    await expect(ahead.page(page)).rejects.toThrow('down');
    broken = false;
    expect(await ahead.page(page)).toEqual({ lines: ['line'] });
  });
});

test('whatever the sizes, the order and the pages, each unit gets its own rows, all and once', async () => {
  const questions = fc.record({
    sizes: fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1900, max: 2100 })), {
      minLength: 1,
      maxLength: 8,
    }),
    order: fc.array(fc.nat({ max: 7 }), { maxLength: 10 }),
    limit: fc.constantFrom(1, 7, 200, 5000),
    many: fc.constantFrom(1, 100),
    together: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(questions, async ({ sizes, order, limit: wanted, many, together }) => {
      const limit = sizes.some((size) => size > 100) ? Math.max(wanted, 200) : wanted;
      const estate = new Estate(sizes);
      const ahead = estate.ahead();
      ahead.begin(many);
      const units = [...new Set(order)].map(unitOf);
      const ask = (unit: Unit) => walk(ahead, unit, { limit, join: ['a'] });
      const answers: string[][] = [];
      if (together) answers.push(...(await Promise.all(units.map(ask))));
      else for (const unit of units) answers.push(await ask(unit));
      expect(answers).toEqual(units.map((unit) => expected(estate, unit, ['a'])));
    }),
    { numRuns: 200 },
  );
});
