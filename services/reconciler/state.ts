/**
 * An item's life as a pure machine: its state is what its records come to, and a record is only written when the machine
 * takes it. Two reconcilers are kept apart by the store, which takes a record only at the number that its writer expects.
 */
import { type Approval, countingApprovals, samePerson } from './approvals.ts';
import type { Phase } from './reconciler.schema.ts';

/** What can happen to an item. `at` is milliseconds; `by` a person, or the reconciler that claims. */
export type ItemEvent = { readonly at: number; readonly by: string } & (
  | { readonly kind: 'proposed' }
  | { readonly kind: 'approved'; readonly until: number; readonly link?: string }
  | { readonly kind: 'revoked' }
  | { readonly kind: 'cancelled'; readonly reason: string }
  | { readonly kind: 'acknowledged' }
  | { readonly kind: 'extended'; readonly due: number }
  | { readonly kind: 'claimed'; readonly until: number }
  | { readonly kind: 'released'; readonly reason: string }
  | { readonly kind: 'superseded'; readonly reason: string }
  | { readonly kind: 'skipped'; readonly step: number; readonly reason: string; readonly due?: number }
  | { readonly kind: 'intended'; readonly step: number }
  | { readonly kind: 'done'; readonly step: number; readonly detail: string; readonly due?: number }
  | { readonly kind: 'failed'; readonly step: number; readonly detail: string }
  | { readonly kind: 'withdrawn'; readonly step: number; readonly reason: string }
  | { readonly kind: 'expired' }
);

/** What of the item the machine must know. Times in milliseconds. */
export interface Terms {
  readonly proposer: string;
  readonly needs: number;
  readonly steps: number;
  /** Its first step marks the resource; the others wait for the end of the grace time. */
  readonly delayed: boolean;
  readonly expires: number;
  /** A call that was begun may still be under way for so long after the claim has run out. */
  readonly callMs: number;
}
export interface ItemState {
  readonly seq: number;
  readonly end: Extract<Phase, 'done' | 'failed' | 'superseded' | 'cancelled' | 'expired'> | undefined;
  readonly approvals: readonly Approval[];
  /** Links that were used: one approves once, whatever was revoked since. */
  readonly links: readonly string[];
  readonly claim: { readonly by: string; readonly until: number } | undefined;
  /** Steps that are behind it. */
  readonly step: number;
  /** A step whose intent is written and whose outcome is not. */
  readonly calling: boolean;
  readonly due: number | undefined;
  readonly acknowledged: string;
  readonly why: string;
  readonly at: number;
}

const nothing: ItemState = {
  seq: 0,
  end: undefined,
  approvals: [],
  links: [],
  claim: undefined,
  step: 0,
  calling: false,
  due: undefined,
  acknowledged: '',
  why: '',
  at: 0,
};

type Of<K extends ItemEvent['kind']> = Extract<ItemEvent, { kind: K }>;
type Rule<K extends ItemEvent['kind']> = (state: ItemState, event: Of<K>, terms: Terms) => Partial<ItemState> | string;

export function isApproved({ approvals }: ItemState, { proposer, needs }: Terms, at: number): boolean {
  return needs === 0 || countingApprovals(approvals, proposer, at).length >= needs;
}

/** Held by somebody whose time has not run out. */
function isClaimed({ claim }: ItemState, at: number): boolean {
  return claim !== undefined && claim.until > at;
}

function holds({ claim }: ItemState, { by, at }: { by: string; at: number }): boolean {
  return claim !== undefined && claim.by === by && claim.until > at;
}

const past = (reason: string): Partial<ItemState> => ({ claim: undefined, why: reason });

const claimed: Rule<'claimed'> = (state, { by, until, at }, terms) => {
  if (until <= at) return 'a claim must end later';
  const why = state.calling ? stillCalling(state, at, terms) : notYet(state, at, terms);
  return why ?? { claim: { by, until } };
};

/** A call whose caller is gone is taken over, to find out what became of it. */
function stillCalling({ claim }: ItemState, at: number, { callMs }: Terms): string | undefined {
  return claim && claim.until + callMs > at ? `${claim.by} may still be calling` : undefined;
}

function notYet(state: ItemState, at: number, terms: Terms): string | undefined {
  if (isClaimed(state, at)) return `${state.claim?.by ?? ''} has claimed it`;
  if (!isApproved(state, terms, at)) return 'it is not approved';
  if (state.step === 0 && at >= terms.expires) return 'its plan has expired';
  return state.due !== undefined && at < state.due ? 'its grace time is not over' : undefined;
}

const intended: Rule<'intended'> = (state, event, terms) => {
  if (state.calling) return 'a call is under way';
  if (!holds(state, event)) return 'the claim is not held';
  if (!isApproved(state, terms, event.at)) return 'it is not approved';
  if (event.step !== state.step) return `step ${state.step} is next`;
  if (state.due !== undefined && event.at < state.due) return 'its grace time is not over';
  return { calling: true };
};

/** A step is behind it: the last one ends the item, the mark of a delayed one begins its grace time. */
function passed(state: ItemState, terms: Terms, { due, why }: { due: number | undefined; why: string }) {
  const step = state.step + 1;
  const marked = terms.delayed && step === 1;
  if (marked && due === undefined) return 'a mark needs a deadline';
  return {
    step,
    calling: false,
    why,
    ...(step >= terms.steps ? { end: 'done' as const, claim: undefined } : {}),
    ...(marked ? { due, claim: undefined } : {}),
  };
}

const rules: { readonly [K in ItemEvent['kind']]: Rule<K> } = {
  proposed: (state) => (state.seq === 0 ? {} : 'it is proposed already'),
  approved(state, { by, until, at, link }, { proposer }) {
    if (samePerson(by, proposer)) return 'who proposes cannot approve';
    if (link !== undefined && state.links.includes(link)) return 'the link was used';
    if (until <= at) return 'an approval must end later';
    if (state.calling) return 'a call is under way';
    if (countingApprovals(state.approvals, proposer, at).some((one) => samePerson(one, by)))
      return 'they approved it already';
    return {
      approvals: [...state.approvals, { by, until }],
      ...(link === undefined ? {} : { links: [...state.links, link] }),
    };
  },
  revoked(state, { by }) {
    if (state.calling) return 'a call is under way';
    const left = state.approvals.filter((one) => !samePerson(one.by, by));
    return left.length === state.approvals.length ? 'they have not approved it' : { approvals: left };
  },
  cancelled: (state, { reason }) => (state.calling ? 'a call is under way' : { end: 'cancelled', ...past(reason) }),
  acknowledged: (_state, { by }) => ({ acknowledged: by }),
  extended(state, { due }) {
    if (state.due === undefined) return 'its grace time has not begun';
    return due <= state.due ? 'a new deadline must be later' : { due };
  },
  claimed,
  released: (state, event) => (state.calling || !holds(state, event) ? 'the claim is not held' : past(event.reason)),
  superseded: (state, event) =>
    state.calling || !holds(state, event) ? 'the claim is not held' : { end: 'superseded', ...past(event.reason) },
  skipped(state, event, terms) {
    if (state.calling || !holds(state, event)) return 'the claim is not held';
    if (event.step !== state.step) return `step ${state.step} is next`;
    return passed(state, terms, { due: event.due, why: event.reason });
  },
  intended,
  done(state, event, terms) {
    if (!state.calling || state.claim?.by !== event.by || event.step !== state.step) return 'no such call is under way';
    return passed(state, terms, { due: event.due, why: event.detail });
  },
  failed(state, { by, step, detail }) {
    if (!state.calling || state.claim?.by !== by || step !== state.step) return 'no such call is under way';
    return { end: 'failed', calling: false, ...past(detail) };
  },
  withdrawn(state, { by, step, reason }) {
    if (!state.calling || state.claim?.by !== by || step !== state.step) return 'no such call is under way';
    return { end: 'superseded', calling: false, ...past(reason) };
  },
  expired(state, { at }, terms) {
    if (state.step > 0 || state.calling || isClaimed(state, at)) return 'it has begun';
    return at < terms.expires
      ? 'its time is not over'
      : { end: 'expired', ...past('nobody approved or applied it in time') };
  },
};

/** The state after the event, or why it is refused. */
export function advance(state: ItemState, event: ItemEvent, terms: Terms): ItemState | string {
  if (event.kind !== 'proposed' && state.seq === 0) return 'it was never proposed';
  if (state.end !== undefined) return `it is ${state.end}`;
  const rule = rules[event.kind] as Rule<ItemEvent['kind']>;
  const change = rule(state, event, terms);
  return typeof change === 'string' ? change : { ...state, ...change, seq: state.seq + 1, at: event.at };
}

/** What the records come to. A record that the machine would refuse is one of a bug, and nothing is done on it. */
export function fold(events: readonly ItemEvent[], terms: Terms): ItemState {
  return events.reduce<ItemState>((state, event) => {
    const next = advance(state, event, terms);
    if (typeof next === 'string') throw new TypeError(`record ${state.seq + 1} (${event.kind}) is impossible: ${next}`);
    return next;
  }, nothing);
}

/** The word for where it stands. */
export function phaseOf(state: ItemState, terms: Terms, at: number): Phase {
  if (state.end) return state.end;
  if (state.calling) return 'calling';
  if (isClaimed(state, at)) return 'claimed';
  if (state.due !== undefined && at < state.due) return 'grace';
  return isApproved(state, terms, at) ? 'ready' : 'waiting';
}
