/** Putting back what was done: an item of its own, with all that items go through. */
import type { Client } from '../../lib/contract.ts';
import type { historyContract } from '../history/history.contract.ts';
import type { Undo } from './action.ts';
import { isDelayed } from './action.ts';
import { actions } from './actions/index.ts';
import { type Facts, fingerprintIn, holdOf, undoText } from './plan.ts';
import type { Item } from './reconciler.schema.ts';
import type { ReconcilerSettings } from './settings.ts';

/** From the version that was judged, which the memory has for as long as it remembers. */
export async function inverseOf(
  item: Item,
  history: Pick<Client<typeof historyContract>, 'timeline' | 'resources'>,
): Promise<Undo | undefined> {
  const { versions } = await history.timeline({ id: item.resource_id, limit: 1000 });
  const judged = versions.find(({ revision }) => revision === item.revision);
  return judged && actions.get(item.action)?.inverse?.(judged.resource, item.params);
}

/** The item, or why there is nothing to put back. */
export function undoItem(
  done: Item,
  inverse: Undo,
  { plan, facts, settings }: { plan: string; facts: Facts; settings: ReconcilerSettings },
): Item | string {
  const action = actions.get(inverse.action);
  const resource = facts.resources.get(done.resource_id);
  if (!action) return `this version knows no action ${inverse.action}`;
  if (!resource) return 'the resource is gone';
  const params = action.params(inverse.params);
  if (typeof params === 'string') return params;
  const unfit = action.check(resource, params);
  if (unfit !== undefined) return unfit;
  const item: Item = {
    ...done,
    id: `${plan}-1`,
    plan,
    action: action.type,
    params,
    cost: action.cost,
    steps: action.steps.map(({ name }) => name),
    delayed: isDelayed(action),
    would: action.would(resource, params),
    undo: undoText(action.inverse?.(resource, params), resource),
    reason: `it undoes ${done.id} (${done.action})`,
    revision: resource.revision,
    fingerprint: fingerprintIn(facts, resource),
    // Whoever may ask for it has seen what it does: what only restores needs no second person.
    needs: action.cost === 'destructive' ? 1 : 0,
    undoes: done.id,
  };
  return { ...item, held: holdOf(item, facts, settings) ?? '' };
}
