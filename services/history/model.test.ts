/** The memory beside a model that keeps everything: as of any instant, between any two, and after folding, they agree. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Unit } from '../../lib/resource.ts';
import * as ask from './actions-ask.ts';
import * as read from './actions-read.ts';
import { ingest, observe } from './actions-write.ts';
import { maintain } from './maintenance.ts';
import { hashOf, observation, resource, type TestMemory, testMemory } from './testing.ts';

let t: TestMemory;
beforeAll(async () => {
  t = await testMemory();
});
afterAll(async () => {
  await t.close();
});

const MEMBERS = [0, 1, 2, 3, 4, 5, 6, 7];
const DAY = 86_400_000;
const START = Date.parse('2026-09-01T00:00:00Z');

interface Step {
  /** Days after the one before. */
  readonly days: number;
  /** Member → version; the others are absent. */
  readonly present: Readonly<Record<number, number>>;
  readonly complete: boolean;
}
const step: fc.Arbitrary<Step> = fc.record({
  days: fc.integer({ min: 1, max: 12 }),
  present: fc
    .array(fc.tuple(fc.constantFrom(...MEMBERS), fc.integer({ min: 0, max: 2 })), { minLength: 1, maxLength: 8 })
    .map((list) => Object.fromEntries(list)),
  complete: fc.boolean(),
});

/** What was there at each instant: member → version. */
type State = Map<number, number>;
interface Moment {
  readonly at: number;
  readonly state: State;
}

class Model {
  readonly moments: Moment[] = [{ at: 0, state: new Map() }];
  #held: ReadonlySet<number> = new Set();

  get now(): State {
    return this.moments.at(-1)!.state;
  }

  see({ present, complete }: Step, at: number): void {
    const before = this.now;
    const state = new Map(before);
    for (const [member, version] of Object.entries(present)) state.set(Number(member), version);
    if (complete) {
      const missed = [...before.keys()].filter((member) => !(member in present));
      const confirmed = missed.filter((member) => this.#held.has(member));
      const fresh = missed.filter((member) => !this.#held.has(member));
      // The unit is small: only a whole one that vanishes is held, and what is new counts as live.
      const whole = fresh.length > 0 && fresh.length >= state.size - confirmed.length;
      for (const member of whole ? confirmed : missed) state.delete(member);
      this.#held = new Set(whole ? fresh : []);
    }
    this.moments.push({ at, state });
  }

  asOf(at: number): State {
    return this.moments.findLast((moment) => moment.at <= at)!.state;
  }
}

const nameOf = (id: string): number => Number(id.split('/m')[1]);

async function tell(
  unit: Unit,
  model: Model,
  { steps, at: start }: { steps: readonly Step[]; at: number },
): Promise<void> {
  let at = start;
  for (const [i, one] of steps.entries()) {
    at += one.days * DAY;
    const iso = new Date(at).toISOString();
    const seen = Object.entries(one.present).map(([member, version]) =>
      resource(`m${member}`, { version, status: `s${version}` }, unit),
    );
    const resources = seen.map((item) => ({ hash: hashOf(item), resource: item }));
    const absent = MEMBERS.filter((member) => !(member in one.present)).map(
      (member) => resource(`m${member}`, {}, unit).id,
    );
    await ingest(t.memory, { batch: `${i}`, scan: `s${i}`, unit, at: iso, resources });
    const state = one.complete ? 'complete' : 'partial';
    await observe(t.memory, observation(iso, { scan: `s${i}`, unit, state, count: seen.length, absent }));
    model.see(one, at);
  }
}

async function compare(unit: Unit, model: Model, since: number): Promise<void> {
  const filter = { accounts: [unit.account] };
  const instants = model.moments.map(({ at }) => at).filter((at) => at >= since);
  for (const at of instants) {
    const expected = model.asOf(at);
    const asked = { filter, at: new Date(at).toISOString() };
    const { resources } = await read.resources(t.memory, asked);
    expect(
      new Map(resources.map((item) => [nameOf(item.id), (item as unknown as { version: number }).version])),
    ).toEqual(expected);
    expect((await ask.counts(t.memory, asked)).types.ec2 ?? 0).toBe(expected.size);
  }
  const from = instants[Math.floor(instants.length / 3)];
  const to = instants.at(-1);
  if (from !== undefined && to !== undefined) await compareDifference({ filter, model, from, to });
}

async function compareDifference({
  filter,
  model,
  from,
  to,
}: {
  filter: { accounts: string[] };
  model: Model;
  from: number;
  to: number;
}) {
  const { changes } = await ask.diff(t.memory, {
    filter,
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
  });
  const [before, after] = [model.asOf(from), model.asOf(to)];
  const expected = MEMBERS.flatMap((member) => {
    const [old, now] = [before.get(member), after.get(member)];
    if (old === now) return [];
    if (now === undefined) return [[member, 'gone']];
    return [[member, old === undefined ? 'came' : `${old} ${now}`]];
  });
  const found = changes.map(({ id, kind, fields }) => {
    const version = fields.find(({ path }) => path === 'version');
    if (kind === 'modified') return [nameOf(id), `${version?.old as number} ${version?.new as number}`];
    return [nameOf(id), kind === 'disappeared' ? 'gone' : 'came'];
  });
  expect(found.toSorted((a, b) => Number(a[0]) - Number(b[0]))).toEqual(expected);
}

test('as of any instant and between any two, before and after folding', async () => {
  let run = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 6 }), async (steps) => {
      run += 1;
      const unit: Unit = { account: `model${run}`, region: 'eu-west-1', type: 'ec2' };
      const model = new Model();
      // Where another run has folded the log, the past begins there.
      const start = Math.max(START, t.memory.foldedUntil);
      await tell(unit, model, { steps, at: start });
      await compare(unit, model, start);
      const now = model.moments.at(-1)!.at + 20 * DAY;
      t.clock.set(new Date(now).toISOString());
      await maintain(t.memory, { merge: run % 3 === 0 });
      await compare(unit, model, Math.max(now - 30 * DAY, t.memory.foldedUntil));
    }),
    { numRuns: 12 },
  );
});
