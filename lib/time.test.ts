import { getEventListeners } from 'node:events';
import { describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { codeOf } from './errors.ts';
import { formatDuration, linked, parseDuration, sleep, systemClock, withDeadline } from './time.ts';

const failure = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'no error',
    (error: unknown) => codeOf(error),
  );

describe('durations', () => {
  test.each([
    ['30d', 2_592_000_000],
    ['7d', 604_800_000],
    ['15m', 900_000],
    ['1h30m', 5_400_000],
    ['1.5h', 5_400_000],
    ['250ms', 250],
    ['2w', 1_209_600_000],
    ['0s', 0],
  ])('%s is %d ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  test.each(['', '30', 'd', '30 d', '-1d', '1d1d', '30m1h', '1y', '1e3s', 'NaNs', '9999999999999w'])(
    '%j is no duration',
    (text) => {
      expect(parseDuration(text)).toBeUndefined();
    },
  );

  test('what is written is read back', () => {
    fc.assert(
      fc.property(fc.nat({ max: 10 ** 12 }), (ms) => {
        expect(parseDuration(formatDuration(ms))).toBe(ms);
      }),
    );
  });
});

describe('sleep', () => {
  test('ends by itself, and at once for nothing', async () => {
    for (const ms of [1, 0, -5]) expect(await sleep(ms)).toBeUndefined();
  });

  test('a signal ends it with CANCELLED, also one that came first', async () => {
    const stop = new AbortController();
    const waiting = failure(sleep(60_000, stop.signal));
    stop.abort();
    expect(await waiting).toBe('CANCELLED');
    expect(await failure(sleep(60_000, stop.signal))).toBe('CANCELLED');
  });

  test('longer than a timer can be is not fired at once', async () => {
    const stop = new AbortController();
    const waiting = failure(sleep(2 ** 31 + 5, stop.signal));
    await sleep(40);
    stop.abort();
    expect(await waiting).toBe('CANCELLED');
  });
});

describe('withDeadline', () => {
  test('gives the result, and leaves no timer', async () => {
    const seen: AbortSignal[] = [];
    const work = async (signal: AbortSignal): Promise<number> => seen.push(signal);
    // Its own ones: whatever else the process holds has timers too.
    jest.useFakeTimers();
    try {
      expect(await withDeadline(work, { ms: 60_000, what: 'one' })).toBe(1);
      expect(seen[0]?.aborted).toBe(false);
      expect(jest.getTimerCount()).toBe(0);
    } finally {
      jest.useRealTimers();
    }
  });

  test('work that ignores its signal is left behind, and its signal has aborted', async () => {
    const seen: AbortSignal[] = [];
    const work = (signal: AbortSignal): Promise<never> => {
      seen.push(signal);
      return new Promise(() => undefined);
    };
    await expect(withDeadline(work, { ms: 5, what: 'listing ec2' })).rejects.toThrow(
      'listing ec2 took longer than 5ms',
    );
    expect(await failure(withDeadline(work, { ms: 5, what: 'x' }))).toBe('DEADLINE_EXCEEDED');
    expect(seen.every((signal) => signal.aborted)).toBe(true);
  });

  test('the caller giving up is CANCELLED, and reaches the work', async () => {
    const caller = new AbortController();
    const work = (signal: AbortSignal): Promise<void> => sleep(60_000, signal);
    const waiting = failure(withDeadline(work, { ms: 60_000, signal: caller.signal, what: 'x' }));
    caller.abort();
    expect(await waiting).toBe('CANCELLED');
  });

  test('an error of the work is its own', async () => {
    await expect(
      withDeadline(async () => Promise.reject(new Error('mine')), { ms: 60_000, what: 'x' }),
    ).rejects.toThrow('mine');
  });
});

describe('linked', () => {
  test('aborts with any of the signals, at once with one that has, and says why', () => {
    const [first, second] = [new AbortController(), new AbortController()];
    using either = linked([first.signal, second.signal]);
    expect(either.signal.aborted).toBe(false);
    second.abort('enough');
    using late = linked([first.signal, second.signal]);
    expect([either.signal.reason, late.signal.reason]).toEqual(['enough', 'enough']);
  });

  test('aborts after its time', async () => {
    using limit = linked([], 5);
    await sleep(60_000, limit.signal).catch(() => undefined);
    expect(limit.signal.reason).toMatchObject({ name: 'TimeoutError' });
  });

  test('once disposed of, nothing of it hangs on what it was made from', () => {
    const { signal } = new AbortController();
    for (let i = 0; i < 3; i++) {
      using _ = linked([signal], 60_000);
      expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    }
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});

test('the system clock counts milliseconds', () => {
  const before = Date.now();
  const now = systemClock.now();
  expect(now).toBeGreaterThanOrEqual(before);
  expect(now).toBeLessThanOrEqual(Date.now());
});
