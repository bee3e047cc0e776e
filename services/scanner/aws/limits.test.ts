import { describe, expect, jest, test } from '@jest/globals';
import { Limiter, limitOf } from './limits.ts';

const signal = new AbortController().signal;

/** A clock that the waits themselves move on, so that nothing is slept. */
function stillTime() {
  let now = 1_000_000;
  jest.useFakeTimers({ now });
  return {
    clock: { now: () => now },
    /** Runs the work, letting every wait in it pass; returns the milliseconds that this took. */
    async pass<T>(work: Promise<T>): Promise<[T, number]> {
      const start = now;
      let done = false;
      const result = work.finally(() => {
        done = true;
      });
      while (!done) {
        await jest.advanceTimersByTimeAsync(1);
        if (!done) now += 1;
      }
      return [await result, now - start];
    },
    later(ms: number) {
      now += ms;
    },
    end: () => jest.useRealTimers(),
  };
}

describe('the pace of an API', () => {
  test('is the published one: a burst, then so many a second', async () => {
    const time = stillTime();
    try {
      const limiter = new Limiter({ share: 0.5, clock: time.clock });
      const take = (many: number) =>
        Promise.all(Array.from({ length: many }, () => limiter.take('a/r', 'ec2:DescribeVpcs', signal)));
      const [burst] = await time.pass(take(50));
      expect(burst.every((wait) => wait === 0)).toBe(true);
      const [, took] = await time.pass(take(20));
      // Half of 20 a second.
      expect(took).toBeGreaterThanOrEqual(1990);
      expect(took).toBeLessThanOrEqual(2010);
    } finally {
      time.end();
    }
  });

  test('is kept apart for accounts, regions and APIs', async () => {
    const time = stillTime();
    try {
      const limiter = new Limiter({ share: 0.05, clock: time.clock });
      for (const [place, api] of [
        ['a/r', 'ec2:A'],
        ['b/r', 'ec2:A'],
        ['a/s', 'ec2:A'],
        ['a/r', 'ec2:B'],
      ] as const) {
        const [wait] = await time.pass(limiter.take(place, api, signal));
        expect(wait).toBe(0);
      }
    } finally {
      time.end();
    }
  });

  test('is halved by a throttled answer and comes back with good ones', async () => {
    const time = stillTime();
    try {
      const limiter = new Limiter({ share: 1, clock: time.clock });
      const spacing = async (): Promise<number> => {
        await time.pass(limiter.take('a/r', 'ec2:A', signal));
        const [wait] = await time.pass(limiter.take('a/r', 'ec2:A', signal));
        return wait;
      };
      await limiter.take('a/r', 'ec2:A', signal);
      limiter.throttled('a/r', 'ec2:A');
      expect(await spacing()).toBeCloseTo(100, -1);
      limiter.throttled('a/r', 'ec2:A');
      expect(await spacing()).toBeCloseTo(200, -1);
      for (let i = 0; i < 100; i++) limiter.succeeded('a/r', 'ec2:A');
      expect(await spacing()).toBeCloseTo(50, -1);
    } finally {
      time.end();
    }
  });

  test('never comes to a stop', async () => {
    const time = stillTime();
    try {
      const limiter = new Limiter({ share: 1, clock: time.clock });
      for (let i = 0; i < 50; i++) limiter.throttled('a/r', 'ec2:A');
      const [, took] = await time.pass(limiter.take('a/r', 'ec2:A', signal));
      expect(took).toBeLessThanOrEqual(1001);
    } finally {
      time.end();
    }
  });

  test('can be left: a cancelled wait gives its turn back', async () => {
    const limiter = new Limiter({ share: 0.001, clock: { now: () => 0 } });
    await limiter.take('a/r', 'ec2:A', signal);
    const stop = new AbortController();
    const waiting = limiter.take('a/r', 'ec2:A', stop.signal);
    stop.abort();
    await expect(waiting).rejects.toMatchObject({ type: 'CANCELLED' });
  });
});

test('is shared where a service counts all of its calls together', async () => {
  const limiter = new Limiter({ share: 1, clock: { now: () => 0 } });
  for (let i = 0; i < 15; i++) await limiter.take('a/r', i % 2 ? 'lambda:ListFunctions' : 'lambda:ListTags', signal);
  const stop = new AbortController();
  const waiting = limiter.take('a/r', 'lambda:ListTags', stop.signal);
  stop.abort();
  await expect(waiting).rejects.toMatchObject({ type: 'CANCELLED' });
  expect(await limiter.take('a/r', 'ec2:DescribeVpcs', signal)).toBe(0);
});

test('memory does not grow with accounts', async () => {
  let now = 0;
  const limiter = new Limiter({ share: 1, clock: { now: () => now } });
  for (let i = 0; i < 20_000; i++) {
    now += 100;
    await limiter.take(`${i}/r`, 'ec2:A', signal);
  }
  expect(limiter.size).toBeLessThanOrEqual(2001);
});

test.each([
  ['ec2:DescribeInstances', { burst: 100, perSecond: 20 }],
  ['rds:DescribeDBInstances', { burst: 300, perSecond: 12 }],
  ['lambda:ListFunctions', { burst: 15, perSecond: 15 }],
  ['sts:AssumeRole', { burst: 600, perSecond: 600 }],
  ['organizations:ListAccounts', { burst: 15, perSecond: 8 }],
  ['nobody:Knows', { burst: 20, perSecond: 10 }],
])('the limit of %s', (api, limit) => {
  expect(limitOf(api)).toEqual(limit);
});
