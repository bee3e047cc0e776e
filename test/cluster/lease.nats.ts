import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { codeOf } from '../../lib/errors.ts';
import { type Term, Terms, takeLease, tryLease } from '../../lib/lease.ts';
import { NatsLink } from '../../lib/nats.ts';
import { type TestNats, testNats } from '../support/nats.ts';
import { until } from '../support/until.ts';

let nats: TestNats;
const links: NatsLink[] = [];
const terms: Term[] = [];
let count = 0;
beforeAll(async () => {
  nats = await testNats();
});
afterAll(async () => {
  await nats[Symbol.asyncDispose]();
});
afterEach(async () => {
  for (const term of terms.splice(0)) await term.release();
  for (const link of links.splice(0)) await link.close();
});
function link(): NatsLink {
  const made = new NatsLink(nats.settings(), 'test');
  links.push(made);
  return made;
}
const never = new AbortController().signal;
/** One that a holder keeps whose processor is busy. */
const ttlMs = 2500;
const twoLeases = () => new Promise((resolve) => setTimeout(resolve, 2 * ttlMs));
const options = (prefix: string, me = 'a') => ({ prefix, key: 'orchestrator', me, ttlMs, replicas: 1 });
async function take(over: NatsLink, prefix: string, me: string): Promise<Term> {
  const term = await takeLease(over, options(prefix, me), never);
  terms.push(term);
  return term;
}
const aborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => (signal.aborted ? resolve() : signal.addEventListener('abort', () => resolve())));

describe('the lease', () => {
  test('one leads; the next one leads as soon as it is let go, with a later token', async () => {
    const prefix = `l${++count}`;
    const first = await take(link(), prefix, 'a');
    let second: Term | undefined;
    const waiting = take(link(), prefix, 'b').then((term) => {
      second = term;
    });
    // It is renewed.
    await twoLeases();
    expect([second, first.lost.aborted]).toEqual([undefined, false]);
    await first.release();
    await waiting;
    expect(second?.token).toBeGreaterThan(first.token);
  });

  test('a leader that is cut off stops by itself before another begins, and its work is known to be stale', async () => {
    const prefix = `l${++count}`;
    const cut = link();
    const watcher = await Terms.watch(link(), options(prefix));
    const first = await take(cut, prefix, 'a');
    let over = false;
    void aborted(first.lost).then(() => {
      over = true;
    });
    await (await cut.connection()).close();
    const second = await take(link(), prefix, 'b');
    expect(over).toBe(true);
    expect(codeOf(first.lost.reason)).toBe('NOT_LEADER');
    await until(() => watcher.isStale('orchestrator', first.token));
    expect([first, second].map(({ token }) => watcher.isStale('orchestrator', token))).toEqual([true, false]);
    watcher.close();
  });

  test('a renewal that is stored though its answer never came does not cost the lead', async () => {
    const prefix = `l${++count}`;
    const term = await take(link(), prefix, 'a');
    const kv = await (await link().connection()).jetstream().views.kv(`${prefix}-lease`);
    const stored = new TextEncoder().encode(JSON.stringify({ me: 'a', token: term.token }));
    // As the server does when the answer comes too late: the holder knows the entry before this one.
    const store = async (): Promise<boolean> => {
      const entry = await kv.get('orchestrator');
      // The holder's own renewal may come in between.
      return kv.update('orchestrator', stored, entry?.revision ?? 0).then(
        () => true,
        () => false,
      );
    };
    for (let renewal = 0; renewal < 3; renewal += 1) {
      await until(store);
      await new Promise((resolve) => setTimeout(resolve, ttlMs / 2));
      expect(term.lost.aborted).toBe(false);
    }
  });

  test('a lead that another took is lost, and it is said that another took it', async () => {
    const prefix = `l${++count}`;
    const term = await take(link(), prefix, 'a');
    const kv = await (await link().connection()).jetstream().views.kv(`${prefix}-lease`);
    await kv.delete('orchestrator');
    const second = await take(link(), prefix, 'b');
    await aborted(term.lost);
    expect(String(term.lost.reason)).toMatch('another took it');
    expect(second.lost.aborted).toBe(false);
  });

  test('whoever begins to watch in the middle of a term takes its leader for no past one', async () => {
    const prefix = `l${++count}`;
    const term = await take(link(), prefix, 'a');
    const kv = await (await link().connection()).jetstream().views.kv(`${prefix}-lease`);
    await until(async () => ((await kv.get('orchestrator'))?.revision ?? 0) > term.token);
    const watcher = await Terms.watch(link(), options(prefix));
    await until(() => watcher.isStale('orchestrator', term.token - 1));
    expect(watcher.isStale('orchestrator', term.token)).toBe(false);
    watcher.close();
  });

  test('whoever waits can give up', async () => {
    const prefix = `l${++count}`;
    await take(link(), prefix, 'a');
    const stop = new AbortController();
    const waiting = takeLease(link(), options(prefix, 'b'), stop.signal);
    stop.abort();
    await expect(waiting).rejects.toMatchObject({ type: 'CANCELLED' });
  });

  test('who holds it is known, and no more when it is let go or its holder is silent', async () => {
    const prefix = `l${++count}`;
    const watching = await Terms.watch(link(), options(prefix));
    expect(watching.holderOf('orchestrator')).toBeUndefined();
    const first = await take(link(), prefix, 'a');
    await until(() => watching.holderOf('orchestrator') === 'a');
    expect(await tryLease(link(), options(prefix, 'b'))).toBeUndefined();
    // It is renewed.
    await twoLeases();
    await until(() => watching.holderOf('orchestrator') === 'a');
    await first.release();
    await until(() => watching.holderOf('orchestrator') === undefined);
    const silent = link();
    const second = await tryLease(silent, options(prefix, 'b'));
    expect(second?.token).toBeGreaterThan(first.token);
    await until(() => watching.holderOf('orchestrator') === 'b');
    await silent.close();
    await until(() => watching.holderOf('orchestrator') === undefined);
    watching.close();
  });
});
