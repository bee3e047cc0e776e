/** Makes plans: asks what policies propose, leaves out what is under way, and shows at once what would hold each item. */
import { randomUUID } from 'node:crypto';
import type { ResourceFilter } from '../../lib/resource.ts';
import type { Clock } from '../../lib/time.ts';
import type { Book, Held } from './book.ts';
import { brake, groupOf } from './brakes.ts';
import { type Candidate, candidatesOf } from './candidates.ts';
import { canonicalJson } from './fingerprint.ts';
import { evaluationsOf, gather, type JudgementParts, populationOf } from './judgement.ts';
import { type Facts, itemOf } from './plan.ts';
import type { PlanView } from './reconciler.contract.ts';
import type { Item, Plan, Refused } from './reconciler.schema.ts';
import type { ReconcilerSettings } from './settings.ts';
import { planView } from './views.ts';

export interface PlanningParts extends JudgementParts {
  readonly book: Book;
  readonly settings: ReconcilerSettings;
  readonly clock: Clock;
  /** Resolves when owners are told, or when it is known that they could not be. */
  readonly planned: (plan: PlanView) => Promise<void>;
}
export interface PlanRequest {
  readonly by: string;
  readonly filter?: ResourceFilter | undefined;
  readonly actions?: readonly string[] | undefined;
  readonly policies?: readonly string[] | undefined;
  readonly limit?: number | undefined;
}

/** Open items are looked for in the plans of so many days. */
const OPEN_DAYS = 120;
const DAY_MS = 86_400_000;

/** Proposals that were refused are shown up to so many. */
const MOST_REFUSED = 1000;

export class Planning {
  readonly #parts: PlanningParts;

  constructor(parts: PlanningParts) {
    this.#parts = parts;
  }

  /** Errors: those of history and of the store. */
  async plan(request: PlanRequest): Promise<PlanView> {
    const { settings, clock } = this.#parts;
    const evaluations = await this.#evaluations(request.filter);
    const { candidates, refused } = candidatesOf(evaluations);
    const fresh = await this.#withoutOpen(candidates.filter((one) => isWanted(one, request)));
    const now = clock.now();
    const ids = fresh.map(({ resourceId }) => resourceId);
    const facts = await gather(ids, now, this.#parts);
    const id = newPlanId();
    const items = fresh.flatMap((one) => itemOf(one, { plan: id, id: '' }, { facts, settings }) ?? []);
    const kept = items.sort(byImportance).slice(0, request.limit ?? settings.plan.items);
    const numbered = kept.map((item, i) => ({ ...item, id: `${id}-${i + 1}` }));
    return this.publish({
      id,
      by: request.by,
      bundle: evaluations[0]?.bundle ?? '',
      items: await this.#braked(numbered),
      refused: [...refused, ...unfitOf(fresh, facts)].slice(0, MOST_REFUSED),
    });
  }

  /** Whether policies ask for something that no open item asks for. */
  async hasNews(): Promise<boolean> {
    const { candidates } = candidatesOf(await this.#evaluations(undefined));
    const { settings, clock } = this.#parts;
    const fresh = await this.#withoutOpen(candidates);
    const facts = await gather(
      fresh.map(({ resourceId }) => resourceId),
      clock.now(),
      this.#parts,
    );
    return fresh.some((one) => itemOf(one, { plan: '', id: '' }, { facts, settings }) !== undefined);
  }

  /** Signs, stores and announces it. */
  async publish(content: Pick<Plan, 'id' | 'by' | 'bundle' | 'items' | 'refused'>): Promise<PlanView> {
    const { book, clock, settings, planned } = this.#parts;
    const now = clock.now();
    const life = {
      created_at: new Date(now).toISOString(),
      expires_at: new Date(now + settings.plan.expires).toISOString(),
    };
    const plan = await book.open({ ...content, ...life });
    const view = planView(plan, await book.items(plan), clock.now());
    await planned(view);
    return view;
  }

  /** Every item that is not at its end, of plans that can still have one. */
  async open(): Promise<Held[]> {
    const { book, clock } = this.#parts;
    const items = await book.all(clock.now() - OPEN_DAYS * DAY_MS);
    return items.filter(({ state }) => state.end === undefined && state.seq > 0);
  }

  async #withoutOpen(candidates: readonly Candidate[]): Promise<Candidate[]> {
    const open = new Set((await this.open()).map(({ item }) => keyOf(item.resource_id, item.action, item.params)));
    return candidates.filter(({ resourceId, action, params }) => !open.has(keyOf(resourceId, action.type, params)));
  }

  async #braked(items: readonly Item[]): Promise<Item[]> {
    const { history, settings } = this.#parts;
    const living = await populationOf(items, history);
    const going = items.filter(({ held }) => held === '');
    const population = ({ account, type }: { account: string; type: string }) => living.get(`${account}/${type}`) ?? 0;
    const stopped = brake(going, { population }, settings.limits);
    return items.map((item) => (item.held === '' ? { ...item, held: stopped.get(groupOf(item)) ?? '' } : item));
  }

  /** Of every resource that somebody objects to all that is said, so that a failure silences the rest. */
  async #evaluations(filter: ResourceFilter | undefined) {
    const { history } = this.#parts;
    const objected = new Set<string>();
    for (let after: string | undefined, more = true; more; ) {
      const page = await history.evaluations({
        ...(filter && { filter }),
        decisions: ['deny', 'require_approval', 'flag'],
        limit: 10_000,
        ...(after ? { after } : {}),
      });
      for (const { resource_id, result } of page.evaluations) {
        if (result.actions.length > 0 || result.decision === 'deny') objected.add(resource_id);
      }
      after = page.next;
      more = after !== undefined;
    }
    return [...(await evaluationsOf([...objected], history)).values()].flat();
  }
}

export function newPlanId(): string {
  return `p-${randomUUID().slice(0, 8)}`;
}

/** What is asked for and cannot be done to the resource as it is. */
function unfitOf(candidates: readonly Candidate[], facts: Facts): Refused[] {
  return candidates.flatMap(({ resourceId, action, params }) => {
    const resource = facts.resources.get(resourceId);
    const reason = resource && action.check(resource, params);
    return reason === undefined ? [] : [{ resource_id: resourceId, action: action.type, reason }];
  });
}

function isWanted({ action, evaluation }: Candidate, { actions, policies }: PlanRequest): boolean {
  const policy = evaluation.policy_name;
  const named = !policies || policies.includes(policy) || policies.includes(policy.replace(/^elava\./, ''));
  return named && (!actions || actions.includes(action.type));
}

function keyOf(resource: string, action: string, params: object): string {
  return `${resource} ${action} ${canonicalJson(params)}`;
}

/** What matters most is planned first when there is more than a plan holds: denials, then the rest, in a steady order. */
function byImportance(a: Item, b: Item): number {
  const rank = (item: Item): number => ['deny', 'require_approval', 'flag'].indexOf(item.decision);
  const held = (item: Item): number => (item.held === '' ? 0 : 1);
  return held(a) - held(b) || rank(a) - rank(b) || (a.resource_id < b.resource_id ? -1 : 1);
}
