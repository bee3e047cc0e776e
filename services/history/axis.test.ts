import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { codeOf } from '../../lib/errors.ts';
import { bucketsAxis, instantsAxis, MOST_POINTS } from './axis.ts';
import { seriesOf } from './cells.ts';
import { spansOf } from './relations.ts';

const ms = (iso: string): number => Date.parse(iso);
const iso = (points: readonly number[]): string[] => points.map((point) => new Date(point).toISOString().slice(0, 16));

describe('a time axis', () => {
  test('has its ends and the full steps between them; weeks begin on Monday', () => {
    const [from, to] = [ms('2026-11-20T10:30:00Z'), ms('2026-11-24T08:00:00Z')];
    expect(iso(instantsAxis(from, to, 'week').points)).toEqual([
      '2026-11-20T10:30',
      '2026-11-23T00:00',
      '2026-11-24T08:00',
    ]);
    expect(iso(instantsAxis(from, from + 3_600_000, 'hour').points)).toEqual([
      '2026-11-20T10:30',
      '2026-11-20T11:00',
      '2026-11-20T11:30',
    ]);
    expect(iso(bucketsAxis(from, to, 'day').points)).toHaveLength(5);
    expect(instantsAxis(from, from, 'day').points).toEqual([from]);
  });

  test('rises, whatever its ends, and never has more points than it may', () => {
    const instant = fc.integer({ min: 0, max: 4e12 });
    fc.assert(
      fc.property(instant, fc.nat(1e10), fc.constantFrom('hour', 'day', 'week'), (from, length, step) => {
        let points: readonly number[];
        try {
          ({ points } = instantsAxis(from, from + length, step));
        } catch (error) {
          expect(codeOf(error)).toBe('INVALID_REQUEST');
          return;
        }
        expect(points.length).toBeLessThanOrEqual(MOST_POINTS + 2);
        expect(points[0]).toBe(from);
        expect(points.at(-1)).toBe(from + length);
        for (const [i, point] of points.entries()) if (i > 0) expect(point).toBeGreaterThan(points[i - 1]!);
      }),
    );
  });
});

test('series add up from the first point on, and what is not told apart is the rest', () => {
  const cells = [
    { i: 0, key: 'a', n: '2' },
    { i: 2, key: 'a', n: '-1' },
    { i: 1, key: 'b', n: '5' },
    { i: 9, key: 'a', n: '7' },
  ];
  expect(seriesOf(cells, { length: 3, tops: ['a'], by: ['type'], running: true })).toEqual({
    total: [2, 7, 6],
    series: [{ key: { type: 'a' }, values: [2, 2, 1] }],
    rest: [0, 5, 5],
  });
});

test('a relation lasts from the version that has it to the one that has it no more, and may come again', () => {
  const version = (at: number, refs: string[], first = false) => ({ at, refs, first });
  expect(spansOf([version(1, ['a', 'b'], true), version(2, ['b']), version(3, ['a', 'b']), version(4, [])])).toEqual([
    { ref: 'a', from: 1, began: false, until: 2 },
    { ref: 'b', from: 1, began: false, until: 4 },
    { ref: 'a', from: 3, began: true, until: 4 },
  ]);
});
