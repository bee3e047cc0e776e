import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { tunedInterval } from './tune.ts';

const hour = 3_600_000;

describe('the interval of a tier', () => {
  test('stays where one look in ten sees a change', () => {
    const tuned = tunedInterval(hour, 4, { looks: 1000, changed: 100, betweenMs: 1000 * hour });
    expect(Math.abs(tuned - hour)).toBeLessThan(hour / 50);
  });

  test('gets shorter where more change and longer where less does, within its bounds', () => {
    const of = (changed: number): number => tunedInterval(hour, 4, { looks: 100, changed, betweenMs: 100 * hour });
    expect(of(100)).toBe(hour / 4);
    expect(of(30)).toBeLessThan(hour);
    expect(of(5)).toBeGreaterThan(hour);
    expect(of(0)).toBe(hour * 4);
  });

  test('comes out the same whichever interval it was looked at by', () => {
    // A change every ten hours at each unit.
    const at = (every: number): number =>
      tunedInterval(hour, 16, {
        looks: 1e6,
        changed: 1e6 * (1 - Math.exp(-every / (10 * hour))),
        betweenMs: 1e6 * every,
      });
    expect(Math.abs(at(hour / 4) - at(4 * hour))).toBeLessThan(hour / 100);
  });

  test('stays while little is known, and where it is told to', () => {
    expect(tunedInterval(hour, 4, { looks: 19, changed: 19, betweenMs: 19 * hour })).toBe(hour);
    expect(tunedInterval(hour, 1, { looks: 100, changed: 100, betweenMs: 100 * hour })).toBe(hour);
  });

  test('is never out of bounds', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e9 }),
        fc.integer({ min: 1, max: 16 }),
        fc.nat(1e5),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.nat(1e9),
        (interval, factor, looks, share, gap) => {
          const pace = { looks, changed: Math.round(looks * share), betweenMs: looks * gap };
          const tuned = tunedInterval(interval, factor, pace);
          expect(tuned).toBeGreaterThanOrEqual(Math.floor(interval / factor));
          expect(tuned).toBeLessThanOrEqual(interval * factor);
        },
      ),
    );
  });
});
