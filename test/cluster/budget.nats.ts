import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { SharedBudget } from '../../lib/budget.ts';
import { NatsLink } from '../../lib/nats.ts';
import { type TestNats, testNats } from '../support/nats.ts';

describe('processes that share a rate', () => {
  let nats: TestNats;
  const links: NatsLink[] = [];
  beforeAll(async () => {
    nats = await testNats();
  });
  afterAll(async () => {
    for (const link of links) await link.close();
    await nats[Symbol.asyncDispose]();
  });
  const budget = (clock = { now: () => Date.now() }) => {
    const link = new NatsLink(nats.settings(), 'test');
    links.push(link);
    return new SharedBudget({ link, prefix: 'b', replicas: 1, clock });
  };

  test('get together what one would have got alone, each a part of it', async () => {
    const [one, two] = [budget(), budget()];
    const rate = { burst: 8, perSecond: 40 };
    const uses: number[] = [];
    const begun = Date.now();
    const work = async (from: SharedBudget, count: number): Promise<void> => {
      for (let i = 0; i < count; i += 1) {
        await from.take('a/r ec2', rate, AbortSignal.timeout(20_000));
        uses.push(Date.now());
      }
    };
    await Promise.all([work(one, 25), work(two, 25), work(two, 10)]);
    expect(uses).toHaveLength(60);
    // A use may be late, and then stands beside others, but never early, but for a timer's own millisecond.
    const early = uses
      .toSorted((a, b) => a - b)
      .filter((use, i) => i > rate.burst + (rate.perSecond * (use - begun)) / 1000);
    expect(early).toEqual([]);
  });

  test('hear of it when one of them was throttled', async () => {
    const [one, two] = [budget(), budget()];
    // What comes back while the test runs is no token.
    const rate = { burst: 100, perSecond: 0.02 };
    await one.take('b/r ec2', rate, AbortSignal.timeout(20_000));
    await one.throttled('b/r ec2', rate);
    const late = new AbortController();
    const waiting = two.take('b/r ec2', rate, late.signal);
    await new Promise((resolve) => setTimeout(resolve, 50));
    late.abort();
    await expect(waiting).rejects.toMatchObject({ type: 'CANCELLED' });
  });
});
