/**
 * Whatever people and reconcilers do, in whatever order, with crashes and with two at it at once: at most one changing
 * call, never one that was not agreed to, not of another version, not after a stop. `npm run test:sequences` runs 20,000.
 */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Book, type Switch } from './book.ts';
import { type CrashPoint, crashPoints, Executor } from './executor.ts';
import { type ItemEvent, isApproved } from './state.ts';
import { itemFor, memoryStore, oneInstance, planOf } from './testing.ts';

const RUNS = Number(process.env['SEQUENCES'] ?? 400);
const KEY = Buffer.alloc(32, 3);
const CLAIM = 1000;
const CALL = 100;

type Command =
  | { readonly do: 'approve' | 'revoke' | 'cancel'; readonly who: string }
  | { readonly do: 'pass'; readonly ms: number }
  | { readonly do: 'change' | 'stop' | 'resume' | 'recover' | 'expire' }
  /** One run, or two at once; each may die somewhere on its way. */
  | { readonly do: 'run'; readonly dies: readonly (CrashPoint | '')[] };

const people = fc.constantFrom('ada', 'bob', 'cleo', 'BOB ');
const point = fc.constantFrom<CrashPoint | ''>('', '', ...crashPoints);
const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('approve' as const), who: people }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('revoke' as const, 'cancel' as const), who: people }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('pass' as const),
      ms: fc.constantFrom(1, 500, CLAIM, CLAIM + CALL, 50_000),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom('change' as const, 'stop' as const, 'resume' as const, 'recover' as const, 'expire' as const),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('run' as const), dies: fc.array(point, { minLength: 1, maxLength: 2 }) }),
  },
);

class Death extends Error {}

async function play(commands: readonly Command[], needs: number, turn: () => Promise<void>): Promise<number> {
  let now = 1;
  const store = memoryStore(turn);
  const book = new Book({ store, key: KEY, callMs: CALL });
  const item = itemFor({ needs });
  await book.open(planOf(item, { expires: 100_000 }));
  const held = () => book.item(item.id);
  const world = oneInstance(() => {
    expect(world.version).toBe(0);
  });
  let died = 0;
  const executor = (name: string, dies: CrashPoint | '') =>
    new Executor({
      book,
      world: {
        ...world,
        read: (one) => world.read(one),
        fingerprint: (one) => world.fingerprint(one),
        calls: (...all) => world.calls(...all),
      },
      clock: { now: () => now },
      log: { warn() {}, info() {}, error() {} },
      name,
      claimMs: CLAIM,
      callMs: CALL,
      pauseMs: 1,
      graceEnd: () => now,
      reached: async (at) => {
        await turn();
        if (at === dies) throw new Death(at);
        if (at !== 'before-call') return;
        const { state, terms } = await held();
        expect(state.calling && state.claim?.by === name).toBe(true);
        expect(isApproved(state, terms, now)).toBe(true);
      },
    });
  const attempt = async (work: () => Promise<unknown>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      const type = (error as { type?: string }).type ?? '';
      if (!(error instanceof Death) && !/^(RECORD_CONFLICT|ACTION_|APPROVAL_)/.test(type)) throw error;
    }
  };
  const say = (event: object) => attempt(async () => book.record(await held(), { at: now, ...event } as ItemEvent));
  const run = (dies: CrashPoint | '') =>
    attempt(async () => {
      const switches = (await book.switches([item.policy])).values().toArray();
      if (switches.some(({ stopped }: Switch) => stopped)) return;
      await executor(`r${(died += 1)}`, dies).run(await held(), switches);
    });
  for (const one of commands) {
    if (one.do === 'approve') await say({ kind: 'approved', by: one.who, until: now + 40_000 });
    else if (one.do === 'revoke') await say({ kind: 'revoked', by: one.who });
    else if (one.do === 'cancel') await say({ kind: 'cancelled', by: one.who, reason: '' });
    else if (one.do === 'expire') await say({ kind: 'expired', by: 'r0' });
    else if (one.do === 'pass') now += one.ms;
    else if (one.do === 'change') world.version += 1;
    else if (one.do === 'recover') await attempt(async () => executor(`r${(died += 1)}`, '').recover(await held()));
    else if (one.do === 'run') await Promise.all(one.dies.map(run));
    else await attempt(() => book.turn('', { stopped: one.do === 'stop', reason: '', by: 'ada', at: now }));
    expect(world.made.length).toBeLessThanOrEqual(1);
  }
  const { state } = await held();
  if (world.made.length === 0) expect(state.end).not.toBe('done');
  return world.made.length;
}

test(`${RUNS} sequences: at most one call, none that was not agreed to`, async () => {
  let called = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(command, { minLength: 3, maxLength: 14 }),
      fc.integer({ min: 0, max: 2 }),
      fc.infiniteStream(fc.boolean()),
      async (commands, needs, coins) => {
        // Whoever is about to write may have to let the other one go first.
        const turn = async (): Promise<void> => {
          if (coins.next().value) await Promise.resolve().then(() => undefined);
        };
        called += await play(commands, needs, turn);
      },
    ),
    { numRuns: RUNS },
  );
  // The sequences must not be so hostile that nothing is ever done.
  expect(called).toBeGreaterThan(RUNS / 20);
}, 600_000);
