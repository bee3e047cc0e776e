/** Which shards a process takes, gives and writes; who holds them is a lease in NATS in test/cluster/writers.nats.ts. */
import { expect, test } from '@jest/globals';
import { codeOf, elavaError } from '../../lib/errors.ts';
import { leadOf, SHARDS, shardOf } from '../../lib/shard.ts';
import { until } from '../../test/support/until.ts';
import { Shards, type ShardsParts } from './shards.ts';

/** The leases of one world, and a member of it. */
function world() {
  const holders = new Map<string, string>();
  const lose = new Map<string, AbortController>();
  let members: readonly string[] | undefined = [];
  let token = 0;
  const join = (me: string, more: Partial<ShardsParts> = {}): Shards => {
    const shards = new Shards({
      members: () => members,
      me,
      holderOf: (lead) => holders.get(lead),
      take: async (lead) => {
        if (holders.has(lead)) return undefined;
        holders.set(lead, me);
        const lost = new AbortController();
        lose.set(lead, lost);
        token += 1;
        return {
          token,
          lost: lost.signal,
          release: async () => void (holders.get(lead) === me && holders.delete(lead)),
        };
      },
      inherit: async () => undefined,
      onHeld: () => undefined,
      log: { info: () => undefined, warn: () => undefined },
      ...more,
    });
    shards.start();
    return shards;
  };
  return { holders, lose, join, have: (now: readonly string[] | undefined) => void (members = now) };
}
const account = '111111111111';
const failure = (work: Promise<unknown>): Promise<string> => work.then(() => 'none', codeOf);

test('none are taken while nobody leads; then an even share, and what others leave', async () => {
  const { join, have, holders } = world();
  have(undefined);
  const [a, b] = [join('a'), join('b')];
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect([a.held, b.held]).toEqual([[], []]);
  have(['a', 'b']);
  await until(() => a.held.length === SHARDS / 2 && b.held.length === SHARDS / 2);
  expect(new Set([...a.held, ...b.held]).size).toBe(SHARDS);
  have(['a']);
  await until(() => a.held.length === SHARDS);
  expect(b.held).toEqual([]);
  have([]);
  await until(() => a.held.length === 0);
  expect(holders.size).toBe(0);
  await Promise.all([a.close(), b.close()]);
});

test('what is under way ends before a shard is given, and nothing new begins', async () => {
  const { join, have, holders } = world();
  have(['a']);
  const a = join('a');
  await until(() => a.held.length === SHARDS);
  const lead = leadOf(shardOf(account));
  const terms = a.terms();
  expect([a.isOf(terms, account), a.isOf({}, account)]).toEqual([true, false]);
  const work = Promise.withResolvers<string>();
  const running = a.run(account, () => work.promise);
  const closed = a.close();
  await until(async () => (await failure(a.run(account, async () => 'late'))) === 'NOT_LEADER');
  // What is in the queue is still written under its terms.
  expect([a.terms()[lead], holders.size]).toEqual([terms[lead], SHARDS]);
  work.resolve('done');
  expect(await running).toBe('done');
  await closed;
  expect(holders.size).toBe(0);
});

test('a lease that is lost takes its accounts from this process at once', async () => {
  const { join, have, lose } = world();
  have(['a']);
  const a = join('a');
  await until(() => a.held.length === SHARDS);
  const lead = leadOf(shardOf(account));
  lose.get(lead)?.abort();
  expect(await failure(a.run(account, async () => 'x'))).toBe('NOT_LEADER');
  expect(a.isOf(a.terms(), account)).toBe(false);
  await a.close();
});

test('no work is taken on a shard whose past could not be completed', async () => {
  const { join, have, holders } = world();
  have(['a']);
  let broken = true;
  const a = join('a', {
    inherit: async () => {
      if (broken) throw elavaError('STORE_UNAVAILABLE', 'away');
    },
  });
  await new Promise((resolve) => setTimeout(resolve, 600));
  expect([a.held, holders.size]).toEqual([[], 0]);
  expect(await failure(a.run(account, async () => 'x'))).toBe('NOT_LEADER');
  broken = false;
  await until(() => a.held.length === SHARDS);
  expect(await a.run(account, async () => 'written')).toBe('written');
  await a.close();
});
