/** What of a plan may be done now: everything is looked at again, and counted as a whole before the first call. Pure but for `gather`. */
import { unitKey } from '../../lib/resource.ts';
import type { Evaluation } from '../history/history.contract.ts';
import { actions } from './actions/index.ts';
import type { Held } from './book.ts';
import { type Braked, brake, groupOf } from './brakes.ts';
import { stillAsked } from './candidates.ts';
import { type Facts, fingerprintIn, holdOf } from './plan.ts';
import type { Item } from './reconciler.schema.ts';
import type { ReconcilerSettings } from './settings.ts';
import { phaseOf } from './state.ts';

export interface Verdict {
  readonly held: Held;
  /** `hold`: not now; `supersede`: not ever, for what it rests on is gone. */
  readonly verdict: 'go' | 'hold' | 'supersede';
  readonly why: string;
}
export interface Looked {
  /** Every item of the plan, also those that are not asked for. */
  readonly plan: readonly Held[];
  readonly facts: Facts;
  readonly evaluations: ReadonlyMap<string, readonly Evaluation[]>;
  /** Why a unit cannot be relied on. */
  readonly faults: ReadonlyMap<string, string>;
  /** Live resources, by `account/type`. */
  readonly population: ReadonlyMap<string, number>;
  readonly settings: ReconcilerSettings;
}

/** One verdict an item, in their order; brakes count all that would go, and what their plan did before. */
export function verdictsOf(items: readonly Held[], looked: Looked): Verdict[] {
  const first = items.map((held) => verdictOf(held, looked));
  const going = first.filter(({ verdict }) => verdict === 'go').map(({ held }) => held.item);
  const facts = { population: (item: Braked) => populationOf(item, looked), done: doneOf(looked.plan, going) };
  const stopped = brake(going, facts, looked.settings.limits);
  return first.map((one) => {
    const over = one.verdict === 'go' ? stopped.get(groupOf(one.held.item)) : undefined;
    return over === undefined ? one : { ...one, verdict: 'hold', why: over };
  });
}

function populationOf({ account, type }: { account: string; type: string }, { population }: Looked): number {
  return population.get(`${account}/${type}`) ?? 0;
}

/** Items that the plan has begun or done, by group, those that go on now aside. */
function doneOf(plan: readonly Held[], going: readonly Item[]): Map<string, number> {
  const ids = new Set(going.map(({ id }) => id));
  const begun = plan.filter(({ item, state }) => !ids.has(item.id) && hasBegun(state));
  return new Map([...Map.groupBy(begun, ({ item }) => groupOf(item))].map(([group, some]) => [group, some.length]));
}

function hasBegun({ end, step, calling }: Held['state']): boolean {
  return step > 0 || calling || end === 'done' || end === 'failed';
}

function verdictOf(held: Held, looked: Looked): Verdict {
  const { item, state, terms } = held;
  const { facts, settings } = looked;
  const phase = phaseOf(state, terms, facts.now);
  if (phase !== 'ready') return { held, verdict: 'hold', why: waitingFor(held, phase) };
  if (state.step === 0 && facts.now >= terms.expires) return { held, verdict: 'hold', why: 'its plan has expired' };
  const fault = looked.faults.get(unitKey(item));
  if (fault !== undefined) return { held, verdict: 'hold', why: fault };
  const changed = changedOf(item, looked);
  if (changed !== undefined) return { held, verdict: 'supersede', why: changed };
  const hold = holdOf(item, facts, settings);
  return hold === undefined ? { held, verdict: 'go', why: '' } : { held, verdict: 'hold', why: hold };
}

function waitingFor({ item, state, terms }: Held, phase: string): string {
  if (phase === 'waiting')
    return `it waits for ${item.needs === 1 ? 'an approval' : `${item.needs} approvals`} of others than ${terms.proposer}`;
  if (phase === 'grace') return `its grace time ends ${new Date(state.due ?? 0).toISOString()}`;
  if (phase === 'calling') return 'a call is under way';
  return phase === 'claimed' ? `${state.claim?.by ?? 'another'} is at it` : `it is ${phase}`;
}

/** Why it would not be the same decision on the same thing any more. */
function changedOf(item: Item, { facts, evaluations }: Looked): string | undefined {
  const resource = facts.resources.get(item.resource_id);
  if (!resource) return 'the resource is gone';
  if (fingerprintIn(facts, resource) !== item.fingerprint) return 'the resource changed since it was judged';
  const unfit = actions.get(item.action)?.check(resource, item.params);
  if (unfit !== undefined) return unfit;
  if (item.undoes !== undefined || stillAsked(evaluations.get(item.resource_id) ?? [], item)) return undefined;
  return "today's policies do not ask for it any more";
}
