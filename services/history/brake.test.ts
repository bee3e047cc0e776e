import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ObservationState } from '../../lib/resource.ts';
import { type Before, BRAKE_COUNT, judgeAbsence, type Sight, type Verdict } from './brake.ts';

const never: Before = { last_complete: 0, held: [], held_by: '', held_seen: 0 };
const ids = (count: number, from = 0): string[] => Array.from({ length: count }, (_, i) => String(from + i));
const sight = (fields: Partial<Sight>): Sight => ({
  state: 'complete',
  scan: 's1',
  started: 1,
  finished: 2,
  missed: [],
  live: 1000,
  ...fields,
});

describe('the brake', () => {
  test('lets a few go at once, and a tenth of a unit', () => {
    expect(judgeAbsence(sight({ missed: ids(20), live: 30 }), never).gone).toHaveLength(20);
    expect(judgeAbsence(sight({ missed: ids(100), live: 1000 }), never).gone).toHaveLength(100);
  });

  test('holds more than a tenth that are more than twenty, until a second observation agrees', () => {
    const first = judgeAbsence(sight({ missed: ids(101), live: 1000 }), { ...never, last_complete: 1 });
    expect(first).toMatchObject({ gone: [], held: ids(101), held_by: 's1', held_seen: 1, last_complete: 2 });
    const second = judgeAbsence(sight({ scan: 's2', started: 3, finished: 4, missed: ids(101) }), first);
    expect(second).toMatchObject({ gone: ids(101), held: [] });
  });

  test('holds a unit that vanishes as a whole, whatever its size', () => {
    expect(judgeAbsence(sight({ missed: ids(3), live: 3 }), never)).toMatchObject({ gone: [], held: ids(3) });
    expect(judgeAbsence(sight({ missed: ids(1), live: 1 }), never)).toMatchObject({ gone: [], held: ids(1) });
  });

  test('confirms only those that both observations missed; what came back is released, what is new is judged anew', () => {
    const before = { ...never, last_complete: 2, held: ids(200), held_by: 's1', held_seen: 1 };
    const some = judgeAbsence(sight({ scan: 's2', started: 3, finished: 4, missed: [...ids(150), 'x'] }), before);
    expect(some).toMatchObject({ gone: [...ids(150), 'x'], held: [] });
    const many = judgeAbsence(
      sight({ scan: 's2', started: 3, finished: 4, missed: [...ids(150), ...ids(200, 500)] }),
      before,
    );
    expect(many).toMatchObject({ gone: ids(150), held: ids(200, 500), held_by: 's2', held_seen: 2 });
  });

  test('does not let a scan confirm itself', () => {
    const first = judgeAbsence(sight({ missed: ids(500) }), never);
    const again = judgeAbsence(sight({ missed: ids(500), started: 3, finished: 4 }), first);
    expect(again).toMatchObject({ gone: [], held: ids(500) });
  });

  test('ignores an observation that began before the last complete one ended', () => {
    const before = { ...never, last_complete: 10 };
    expect(judgeAbsence(sight({ started: 9, finished: 12, missed: ids(1) }), before)).toEqual({
      ...before,
      last_complete: 12,
      gone: [],
    });
  });
});

/**
 * A unit, as it is after some observations, and what is wrong with each verdict. Plain comparisons: `expect` of each of
 * half a million took 15 s.
 */
class Model {
  before: Before = never;
  readonly live = new Set(ids(60));
  /** Misses in complete observations, newest last, as scan names. */
  readonly misses = new Map<string, string[]>();
  readonly faults: string[] = [];

  see({ state, missed, scan, late }: Step, clock: number): void {
    const started = late ? Math.max(1, this.before.last_complete - 1) : clock;
    const stale = started < this.before.last_complete;
    const absent = [...missed].filter((id) => this.live.has(id));
    const verdict = judgeAbsence(
      { state, scan, started, finished: clock + 1, missed: absent, live: this.live.size },
      this.before,
    );
    if (state === 'complete' && !stale) this.checkComplete(verdict, { missed: absent, scan });
    else this.check(verdict.gone.length === 0, `${state}, stale ${stale}: ${verdict.gone.join()} gone`);
    this.before = verdict;
  }

  private check(holds: boolean, what: string): void {
    if (!holds) this.faults.push(what);
  }

  private checkComplete({ gone, held }: Verdict, { missed, scan }: { missed: string[]; scan: string }): void {
    const absent = new Set(missed);
    for (const id of this.live) {
      if (absent.has(id)) this.misses.set(id, [...(this.misses.get(id) ?? []), scan]);
      else this.misses.delete(id);
    }
    const judged = new Set([...gone, ...held]);
    const isEach =
      judged.size === gone.length + held.length && judged.size === absent.size && missed.every((id) => judged.has(id));
    this.check(isEach, `each missed one is gone or held, and none else is: ${JSON.stringify({ missed, gone, held })}`);
    const before = new Set(this.before.held);
    const few =
      missed.length <= BRAKE_COUNT ||
      missed.length <= this.live.size * 0.1 ||
      missed.filter((id) => !before.has(id)).length <= BRAKE_COUNT;
    const scans = (id: string): number => new Set(this.misses.get(id)).size;
    for (const id of gone) this.check(few || scans(id) > 1, `${id} gone by one scan of many`);
    // Two different complete scans in a row are enough for anything.
    for (const id of held) this.check(scans(id) === 1, `${id} held after ${scans(id)} scans`);
    for (const id of gone) this.live.delete(id);
    for (const id of gone) this.misses.delete(id);
  }
}

interface Step {
  readonly state: ObservationState;
  readonly missed: ReadonlySet<string>;
  readonly scan: string;
  readonly late: boolean;
}
const step: fc.Arbitrary<Step> = fc.record({
  state: fc.constantFrom('complete', 'complete', 'complete', 'partial', 'failed', 'skipped'),
  missed: fc.oneof(
    fc.constant(new Set(ids(60))),
    fc.constant(new Set(ids(30))),
    fc.subarray(ids(60)).map((list) => new Set(list)),
    fc.subarray(ids(60), { maxLength: 5 }).map((list) => new Set(list)),
  ),
  scan: fc.constantFrom('a', 'b', 'c', 'd'),
  late: fc.boolean(),
});

test('10,000 histories of observations and faults: no tombstone but from complete ones that agree', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      const model = new Model();
      for (const [i, one] of steps.entries()) model.see(one, 10 + i * 10);
      expect(model.faults).toEqual([]);
    }),
    { numRuns: 10_000 },
  );
});
