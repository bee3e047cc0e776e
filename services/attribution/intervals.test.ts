import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Interval, joinNear, missingOf, readIntervals, since, withInterval, writeIntervals } from './intervals.ts';

const span = fc.tuple(fc.nat(60), fc.nat(20)).map(([from, length]) => ({ from, to: from + length }));
const spans = fc.array(span, { maxLength: 12 });
const all = (list: readonly Interval[]) => list.reduce<Interval[]>(withInterval, []);
/** Whole numbers stand for the stretch up to the next one. */
const inside = (list: readonly Interval[], at: number) => list.some(({ from, to }) => from <= at && at < to);
const stretches = Array.from({ length: 90 }, (_, i) => i);

describe('spans', () => {
  test('are what was put in, sorted and apart', () => {
    fc.assert(
      fc.property(spans, (list) => {
        const known = all(list);
        for (const at of stretches) expect(inside(known, at)).toBe(inside(list, at));
        for (const [i, { from }] of known.entries()) if (i > 0) expect(from).toBeGreaterThan(known[i - 1]!.to);
      }),
    );
  });

  test('what is missing and what is known make the whole, and share nothing', () => {
    fc.assert(
      fc.property(spans, span, (list, wanted) => {
        const gaps = missingOf(all(list), wanted);
        for (const at of stretches) expect(inside(gaps, at)).toBe(inside([wanted], at) && !inside(list, at));
      }),
    );
  });

  test('that are near are read as one', () => {
    expect(
      joinNear(
        [
          { from: 30, to: 40 },
          { from: 0, to: 10 },
          { from: 15, to: 18 },
        ],
        5,
      ),
    ).toEqual([
      { from: 0, to: 18 },
      { from: 30, to: 40 },
    ]);
    expect(
      joinNear(
        [
          { from: 0, to: 50 },
          { from: 10, to: 20 },
        ],
        5,
      ),
    ).toEqual([{ from: 0, to: 50 }]);
  });

  test('are kept as text, of which what is no span is nothing', () => {
    fc.assert(fc.property(spans, (list) => expect(readIntervals(writeIntervals(all(list)))).toEqual(all(list))));
    expect(readIntervals('x,5-3,1-2,-,AWSLogs/1/a.json.gz')).toEqual([{ from: 1, to: 2 }]);
    expect(
      since(
        [
          { from: 1, to: 2 },
          { from: 3, to: 9 },
        ],
        5,
      ),
    ).toEqual([{ from: 3, to: 9 }]);
  });
});
