import { describe, expect, test } from '@jest/globals';
import { elavaError } from '../../lib/errors.ts';
import { Book, type Held, type Switch } from './book.ts';
import { type CrashPoint, Executor } from './executor.ts';
import type { Item } from './reconciler.schema.ts';
import type { ItemEvent } from './state.ts';
import { itemFor, memoryStore, type OneInstance, oneInstance, planOf } from './testing.ts';

const CLAIM = 1000;
const CALL = 100;

class Bench {
  now = 1;
  readonly store = memoryStore();
  readonly book = new Book({ store: this.store, key: Buffer.alloc(32, 3), callMs: CALL });
  readonly world: OneInstance = oneInstance();
  readonly item: Item;

  constructor(item: Partial<Item> = {}) {
    this.item = itemFor({ needs: 0, ...item });
  }

  async open(): Promise<this> {
    await this.book.open(planOf(this.item));
    return this;
  }

  executor(name: string, reached?: (point: CrashPoint) => Promise<void>): Executor {
    return new Executor({
      book: this.book,
      world: this.world,
      clock: { now: () => this.now },
      log: { warn() {}, info() {}, error() {} },
      name,
      claimMs: CLAIM,
      callMs: CALL,
      pauseMs: 1,
      graceEnd: () => 50_000,
      ...(reached && { reached }),
    });
  }

  held = (): Promise<Held> => this.book.item(this.item.id);
  switches = async (): Promise<Switch[]> => [...(await this.book.switches()).values()];
  async run(reached?: (point: CrashPoint) => Promise<void>): Promise<Held> {
    return this.executor('r1', reached).run(await this.held(), await this.switches());
  }
  kinds = (): string[] => this.store.all.filter(({ stream }) => stream === this.item.id).map(({ kind }) => kind);
}

const bench = (item: Partial<Item> = {}): Promise<Bench> => new Bench(item).open();
const at = (point: CrashPoint, then: () => void) => async (reached: CrashPoint) => {
  if (reached === point) then();
};
const die = (): never => {
  throw new Error('killed');
};

test('the intent is stored before the call and the outcome after', async () => {
  const one = await bench();
  let known: string[] = [];
  await one.run(at('before-call', () => (known = one.kinds())));
  expect(known).toEqual(['proposed', 'claimed', 'intended']);
  expect(one.kinds()).toEqual(['proposed', 'claimed', 'intended', 'done']);
  expect(one.world.made).toEqual([one.item.id]);
});

describe('a resource that changes in a gap is not touched', () => {
  test.each<CrashPoint>(['before-claim', 'after-claim', 'after-look', 'before-intent', 'after-intent'])(
    '%s',
    async (gap) => {
      const one = await bench();
      const { state } = await one.run(at(gap, () => (one.world.version += 1)));
      expect(one.world.made).toEqual([]);
      expect(state).toMatchObject({ end: 'superseded', why: 'the resource changed since it was judged' });
    },
  );
});

describe('nothing is called', () => {
  test('when a switch is moved before the intent', async () => {
    const one = await bench();
    const move = { stopped: true, reason: 'wrong', by: 'bob', at: 1 };
    const run = one.executor('r1', async (point) => {
      if (point === 'before-intent') await one.book.turn('', move);
    });
    await expect(run.run(await one.held(), await one.switches())).rejects.toMatchObject({ type: 'ACTION_STOPPED' });
    expect(one.world.made).toEqual([]);
  });

  test('when the store cannot keep the intent; afterwards it goes on', async () => {
    const one = await bench();
    const { record } = one.store;
    let down = true;
    Object.assign(one.store, {
      record: (request: Parameters<typeof record>[0]) =>
        down && request.record.kind === 'intended'
          ? Promise.reject(elavaError('STORE_UNAVAILABLE', 'down'))
          : record(request),
    });
    await expect(one.run()).rejects.toMatchObject({ type: 'STORE_UNAVAILABLE' });
    expect(one.world.made).toEqual([]);
    down = false;
    one.now += CLAIM;
    expect((await one.run()).state.end).toBe('done');
    expect(one.world.made).toHaveLength(1);
  });

  test('when there would be no time left to call', async () => {
    const one = await bench();
    const { state } = await one.run(at('after-claim', () => (one.now += CLAIM - CALL)));
    expect([state.end, state.why]).toEqual([undefined, 'there was no time left to call']);
    const late = await bench();
    const after = await late.run(at('after-intent', () => (late.now += CLAIM - CALL)));
    expect(after.state).toMatchObject({ end: 'superseded', why: 'there was no time left to call' });
    expect([...one.world.made, ...late.world.made]).toEqual([]);
  });

  test('when the effect is there already', async () => {
    const one = await bench();
    one.world.status = 'stopping';
    expect((await one.run()).state).toMatchObject({ end: 'done', why: 'it is so already' });
    expect(one.world.made).toEqual([]);
  });
});

describe('after a crash', () => {
  test.each<[CrashPoint, number, string, string]>([
    ['after-intent', 0, 'failed', 'found not done'],
    ['before-call', 0, 'failed', 'found not done'],
    ['after-call', 1, 'done', 'found done'],
    ['before-verify', 1, 'done', 'found done'],
    ['before-outcome', 1, 'done', 'found done'],
  ])('%s: the truth is read, and nothing is called again', async (point, calls, end, why) => {
    const one = await bench();
    await expect(one.run(at(point, die))).rejects.toThrow('killed');
    await expect(one.executor('r2').recover(await one.held())).rejects.toMatchObject({ type: 'ACTION_REFUSED' });
    one.now += CLAIM + CALL;
    const { state } = await one.executor('r2').recover(await one.held());
    expect(state.end).toBe(end);
    expect(state.why).toContain(why);
    expect(one.world.made).toHaveLength(calls);
  });

  test('before the intent another one does it', async () => {
    const one = await bench();
    await expect(one.run(at('before-intent', die))).rejects.toThrow('killed');
    one.now += CLAIM;
    expect((await one.executor('r2').run(await one.held(), [])).state.end).toBe('done');
    expect(one.world.made).toHaveLength(1);
  });
});

test('a refused call has failed; one that nobody knows of is looked up', async () => {
  const refused = await bench();
  refused.world.calls = () => ({
    read: async () => ({}) as never,
    change: () =>
      Promise.reject(elavaError('AWS_ACCESS_DENIED', 'no', { data: { aws: 'AccessDenied', refused: true } })),
  });
  expect((await refused.run()).state).toMatchObject({ end: 'failed', why: 'no' });

  const lost = await bench();
  lost.world.calls = () => ({
    read: async () => ({}) as never,
    change: () => {
      lost.world.status = 'stopping';
      return Promise.reject(elavaError('AWS_UNREACHABLE', 'reset', { data: { aws: 'TimeoutError', refused: false } }));
    },
  });
  expect((await lost.run()).state).toMatchObject({ end: 'done', why: 'seen, though reset' });
});

test('a call without an effect has failed', async () => {
  const one = await bench();
  one.world.calls = () => ({ read: async () => ({}) as never, change: async () => ({}) as never });
  expect((await one.run()).state).toMatchObject({ end: 'failed', why: 'its effect was not seen' });
});

test('a plan that somebody changed in the store is not acted on', async () => {
  const one = await bench();
  const { plans } = one.store;
  Object.assign(one.store, {
    plans: async (question: Parameters<typeof plans>[0]) => {
      const found = await plans(question);
      return { plans: found.plans.map((plan) => ({ ...plan, body: plan.body.replace('"needs":0', '"needs":-1') })) };
    },
  });
  await expect(one.held()).rejects.toMatchObject({ type: 'PLAN_INVALID' });
});

test('an event that the store gives back is the event that was written', async () => {
  const one = await bench();
  const event: ItemEvent = { kind: 'approved', at: 7, by: 'bob', until: 70, link: 'n' };
  await one.book.record(await one.held(), event);
  expect((await one.held()).events.at(-1)).toEqual(event);
});
