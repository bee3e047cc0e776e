import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Unit } from '../../lib/resource.ts';
import { GROUP_ROWS, takeGroup, type Waiting, weekOf } from './group.ts';

interface Item extends Waiting {
  readonly n: number;
  readonly own: readonly string[];
}
const unitOf = (name: string): Unit => ({ account: '1', region: 'r', type: name });
const item = (
  n: number,
  kind: Waiting['kind'],
  unit: string,
  fields: { at?: number; rows?: number; own?: string[] } = {},
): Item => {
  const { at = 0, rows = 1, own = [] } = fields;
  return { n, kind, unit: unitOf(unit), at, rows, own, ids: () => own };
};
const taken = (...items: Item[]) => {
  const waiting = [...items];
  return { group: takeGroup(waiting).map(({ n }) => n), rest: waiting.map(({ n }) => n) };
};

describe('a group', () => {
  test('holds what different units write', () => {
    expect(taken(item(1, 'ingest', 'a'), item(2, 'observe', 'b'), item(3, 'judged', 'c'))).toEqual({
      group: [1, 2, 3],
      rest: [],
    });
  });

  test('does not hold an observation together with a batch of its unit, and keeps their order', () => {
    expect(
      taken(item(1, 'ingest', 'a'), item(2, 'observe', 'a'), item(3, 'ingest', 'a'), item(4, 'observe', 'b')),
    ).toEqual({
      group: [1, 4],
      rest: [2, 3],
    });
  });

  test('does not hold a batch together with the observation before it', () => {
    expect(taken(item(1, 'observe', 'a'), item(2, 'ingest', 'a'), item(3, 'observe', 'b')).group).toEqual([1, 3]);
    expect(taken(item(1, 'observe', 'a'), item(2, 'observe', 'a')).group).toEqual([1]);
  });

  test('does not hold a resource twice', () => {
    const x = { own: ['x'] };
    expect(taken(item(1, 'ingest', 'a', x), item(2, 'ingest', 'a', { own: ['y'] }), item(3, 'ingest', 'a', x))).toEqual(
      {
        group: [1, 2],
        rest: [3],
      },
    );
    expect(taken(item(1, 'ingest', 'a', x), item(2, 'ingest', 'b', x)).group).toEqual([1, 2]);
  });

  test('holds one week only, and no more rows than an insert takes', () => {
    const week = 7 * 86_400_000;
    expect(taken(item(1, 'ingest', 'a'), item(2, 'ingest', 'b', { at: week })).group).toEqual([1]);
    const rows = GROUP_ROWS / 2;
    expect(taken(...[1, 2, 3].map((n) => item(n, 'ingest', `u${n}`, { rows }))).group).toEqual([1, 2]);
    expect(taken(item(1, 'ingest', 'a', { rows: GROUP_ROWS * 3 })).group).toEqual([1]);
  });

  test('weeks begin on Monday', () => {
    const day = (iso: string) => weekOf(Date.parse(`${iso}T00:00:00Z`));
    expect(day('2026-11-22')).toBe(day('2026-11-16'));
    expect(day('2026-11-23')).toBe(day('2026-11-16') + 1);
  });
});

const arbitrary = fc
  .array(
    fc.record({
      kind: fc.constantFrom<Waiting['kind']>('ingest', 'observe', 'judged'),
      unit: fc.constantFrom('a', 'b', 'c'),
      own: fc.subarray(['x', 'y', 'z']),
      at: fc.constantFrom(0, 7 * 86_400_000),
      rows: fc.constantFrom(1, 2000),
    }),
    { maxLength: 20 },
  )
  .map((list) => list.map(({ kind, unit, ...fields }, n) => item(n, kind, unit, fields)));

test('in the end all are taken once, and those of one unit in their order', () => {
  fc.assert(
    fc.property(arbitrary, (items) => {
      const waiting = [...items];
      const order: Item[] = [];
      while (waiting.length > 0) {
        const group = takeGroup(waiting);
        expect(group.length).toBeGreaterThan(0);
        order.push(...group);
      }
      expect(order.map(({ n }) => n).toSorted((a, b) => a - b)).toEqual(items.map(({ n }) => n));
      for (const unit of ['a', 'b', 'c']) {
        const own = order.filter((one) => one.unit.type === unit).map(({ n }) => n);
        expect(own).toEqual(own.toSorted((a, b) => a - b));
      }
    }),
  );
});
