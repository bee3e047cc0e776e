import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ObservationState, Unit } from '../../lib/resource.ts';
import { coverageSummary } from './coverage-summary.ts';
import { scan, type TestMemory, testMemory } from './testing.ts';

const HOUR_MS = 3_600_000;
const begun = Date.parse('2026-11-02T00:00:00.000Z');
const states: readonly ObservationState[] = ['complete', 'complete', 'complete', 'partial', 'failed'];
const units: readonly Unit[] = ['ec2', 'ebs', 's3'].flatMap((type) =>
  ['111111111111', '222222222222'].map((account) => ({ account, region: 'eu-west-1', type })),
);

interface Seen {
  readonly unit: Unit;
  readonly hour: number;
  readonly state: ObservationState;
}
let t: TestMemory;
const seen: Seen[] = [];

/** Some units often, some once a day, one only at the beginning and one only at the end. */
beforeAll(async () => {
  t = await testMemory();
  const draws = fc.sample(fc.nat({ max: 99 }), { numRuns: 400, seed: 7 });
  const hours = [2, 3, 26, 31, 24 * 6, 5];
  for (const [i, unit] of units.entries()) {
    const [first, last] = i === 4 ? [0, 1] : i === 5 ? [24 * 12, 24 * 14] : [i, 24 * 14];
    for (let hour = first; hour < last; hour += (hours[i] ?? 5) * (i < 2 ? 6 : 1)) {
      seen.push({ unit, hour, state: states[(draws[seen.length] ?? 0) % states.length] ?? 'complete' });
    }
  }
  seen.sort((a, b) => a.hour - b.hour);
  for (const { unit, hour, state } of seen) {
    await scan(t.memory, {
      scan: `s${hour}`,
      at: new Date(begun + hour * HOUR_MS).toISOString(),
      unit,
      state,
      seen: [],
    });
  }
});
afterAll(async () => {
  await t.close();
});

function told(at: number, types: readonly string[] | undefined) {
  const known = units
    .filter(({ type }) => types?.includes(type) ?? true)
    .map((unit) => seen.filter((one) => one.unit === unit && begun + one.hour * HOUR_MS <= at))
    .filter((own) => own.length > 0);
  const complete = known.filter((own) => own.at(-1)?.state === 'complete').length;
  const whole = known.map((own) => own.findLast(({ state }) => state === 'complete')?.hour);
  const instants = whole.filter((hour) => hour !== undefined).map((hour) => begun + hour * HOUR_MS);
  return {
    units: known.length,
    complete,
    stale: known.length - complete,
    missing: whole.filter((hour) => hour === undefined).length,
    oldest: instants.length === 0 ? '' : new Date(Math.min(...instants)).toISOString(),
  };
}

test('as of any instant it is that of the newest observations until then, however far back they lie', async () => {
  const instant = fc.integer({ min: -3, max: 24 * 15 }).map((hour) => begun + hour * HOUR_MS + 1);
  const types = fc.option(fc.subarray(['ec2', 'ebs', 's3'], { minLength: 1 }), { nil: undefined });
  await fc.assert(
    fc.asyncProperty(instant, types, async (at, some) => {
      const filter = some ? { types: [...some] } : {};
      expect(await coverageSummary(t.memory.store, filter, at)).toEqual(told(at, some));
    }),
    { numRuns: 60, seed: 3 },
  );
});
