/** Items, switches and actions as others see them. Pure. */

import { countingApprovals } from './approvals.ts';
import type { Held, Switch } from './book.ts';
import type { PlanView, SwitchView } from './reconciler.contract.ts';
import type { ActionView, ItemView, Plan } from './reconciler.schema.ts';
import { type ItemEvent, phaseOf } from './state.ts';

const iso = (ms: number): string => new Date(ms).toISOString();

export function viewOf({ item, state, terms }: Held, now: number): ItemView {
  return {
    ...item,
    phase: phaseOf(state, terms, now),
    proposer: terms.proposer,
    approved_by: countingApprovals(state.approvals, terms.proposer, now),
    due: state.due === undefined ? '' : iso(state.due),
    acknowledged_by: state.acknowledged,
    done_steps: state.step,
    why: state.why,
    updated_at: iso(state.at),
  };
}

export function planView({ signature: _signature, ...plan }: Plan, items: readonly Held[], now: number): PlanView {
  return { ...plan, items: items.map((held) => viewOf(held, now)) };
}

export function switchView({ policy, stopped, reason, by, at }: Switch): SwitchView {
  return { policy, stopped, reason, by, at: at === 0 ? '' : iso(at) };
}

type Intended = Extract<ItemEvent, { kind: 'intended' }>;

/** One line for each intent, with the outcome that followed it. */
export function actionsOf({ item, plan, events }: Held): ActionView[] {
  return events.flatMap((event, i) =>
    event.kind === 'intended' ? [actionOf({ item, plan }, event, events.slice(i + 1))] : [],
  );
}

type Ended = Extract<ItemEvent, { kind: 'done' | 'failed' | 'withdrawn' }>;
const isEnd = (event: ItemEvent): event is Ended => ['done', 'failed', 'withdrawn'].includes(event.kind);

function actionOf(
  { item, plan }: Pick<Held, 'item' | 'plan'>,
  { step, by, at }: Intended,
  later: readonly ItemEvent[],
): ActionView {
  const end = later.find(isEnd);
  const done = end?.kind === 'done';
  return {
    id: `${item.id}.${step}`,
    item: item.id,
    plan: plan.id,
    resource_id: item.resource_id,
    action: item.action,
    step: item.steps[step] ?? '',
    by,
    at: iso(at),
    outcome: end ? (done ? 'done' : 'failed') : 'open',
    detail: end ? detailOf(end) : '',
    undo: done && step === item.steps.length - 1 ? item.undo : '',
  };
}

function detailOf(end: Ended): string {
  return end.kind === 'withdrawn' ? `not called: ${end.reason}` : end.detail;
}
