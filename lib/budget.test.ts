import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Account, draw, full, type Rate, slow } from './budget.ts';

/** Most uses that fall into any `ms` that begin at a use. */
function most(uses: readonly number[], ms: number): number {
  const sorted = uses.toSorted((a, b) => a - b);
  return Math.max(0, ...sorted.map((start) => sorted.filter((use) => use >= start && use < start + ms).length));
}

describe('a draw', () => {
  test('never lets more through than the burst and the rate, whoever draws and whenever', () => {
    const draws = fc.array(fc.record({ after: fc.nat(400), tokens: fc.integer({ min: 1, max: 5 }) }), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(
        draws,
        fc.integer({ min: 5, max: 40 }),
        fc.integer({ min: 1, max: 50 }),
        (steps, burst, perSecond) => {
          const rate: Rate = { burst, perSecond };
          let now = 1_000_000;
          let account = full(rate, now);
          const uses: number[] = [];
          for (const { after, tokens } of steps) {
            now += after;
            const drawn = draw(account, rate, { now, tokens, good: 0 });
            ({ account } = drawn);
            uses.push(...Array.from({ length: tokens }, () => drawn.from));
          }
          // Rounding of the instants, and one draw that begins at the edge.
          for (const ms of [1000, 5000])
            expect(most(uses, ms)).toBeLessThanOrEqual(burst + (perSecond * ms) / 1000 + 1);
        },
      ),
    );
  });

  test('is slowed by a throttled answer, and good answers bring the rate back', () => {
    const rate = { burst: 10, perSecond: 10 };
    const now = 1_000_000;
    const fresh = full(rate, now);
    const slowed = slow(slow(fresh, rate, now), rate, now);
    expect(slowed.factor).toBe(0.25);
    const first = draw(slowed, rate, { now, tokens: 1, good: 0 });
    const second = draw(first.account, rate, { now, tokens: 1, good: 0 });
    expect(second.from - first.from).toBeCloseTo(400, 5);
    expect(draw(slowed, rate, { now, tokens: 1, good: 100 }).account.factor).toBe(1);
    expect([...Array(50)].reduce<Account>((account) => slow(account, rate, now), fresh).factor).toBe(0.05);
  });
});
