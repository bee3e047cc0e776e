/** The reconciler's work as its actions ask for it. Decisions are made elsewhere, purely; here they are fetched, stored and carried out. */
import { codeOf, elavaError, messageOf } from '../../lib/errors.ts';
import type { Logger } from '../../lib/log.ts';
import type { Metrics } from '../../lib/metrics.ts';
import type { Clock } from '../../lib/time.ts';
import type { Undo } from './action.ts';
import { verdictsOf } from './apply.ts';
import type { Book, Held, Switch } from './book.ts';
import { graceEnd } from './calendar.ts';
import type { Executor } from './executor.ts';
import { markTags } from './fingerprint.ts';
import { haltIfNeeded } from './halting.ts';
import { evaluationsOf, gather, type JudgementParts, populationOf, refresh } from './judgement.ts';
import { newPlanId, Planning, type PlanRequest } from './planning.ts';
import type { Applied, PlanView } from './reconciler.contract.ts';
import type { Item, ItemView } from './reconciler.schema.ts';
import type { ReconcilerSettings } from './settings.ts';
import { type ItemEvent, phaseOf } from './state.ts';
import { inverseOf, undoItem } from './undo.ts';
import { planView, viewOf } from './views.ts';

export interface ReconcilerParts extends JudgementParts {
  readonly book: Book;
  readonly executor: Executor;
  readonly settings: ReconcilerSettings;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Pick<Metrics, 'actionItems'>;
  /** This reconciler's name. */
  readonly name: string;
  readonly heard: {
    readonly planned: (plan: PlanView) => Promise<void>;
    readonly moved: (item: ItemView) => void;
    readonly halted: (policy: string, reason: string) => void;
  };
}
interface Asked {
  readonly plan: string;
  /** Every item of the plan. */
  readonly all: readonly Held[];
  readonly asked: readonly Held[];
}

/** Attempts to write what only loses a race. */
const RACES = 5;

export class Reconciler {
  readonly #parts: ReconcilerParts;
  readonly #planning: Planning;

  constructor(parts: ReconcilerParts) {
    this.#parts = parts;
    this.#planning = new Planning({ ...parts, planned: parts.heard.planned });
  }

  plan(request: PlanRequest): Promise<PlanView> {
    return this.#planning.plan(request);
  }

  async plans({ id, limit = 20 }: { id?: string | undefined; limit?: number | undefined }): Promise<PlanView[]> {
    const { book, clock } = this.#parts;
    const plans = id === undefined ? await book.plans({ limit }) : [await book.plan(id)];
    const views: PlanView[] = [];
    for (const plan of plans) views.push(planView(plan, await book.items(plan), clock.now()));
    return views;
  }

  /** Errors: NOT_FOUND, PLAN_INVALID, ACTION_STOPPED, STORE_*. */
  async apply(request: {
    plan: string;
    items?: readonly string[] | undefined;
    dry_run?: boolean | undefined;
  }): Promise<Applied> {
    const { book } = this.#parts;
    const plan = await book.plan(request.plan);
    const all = await book.items(plan);
    const unknown = request.items?.find((id) => !all.some(({ item }) => item.id === id));
    if (unknown !== undefined) throw elavaError('NOT_FOUND', `${plan.id} has no item ${unknown}`);
    const asked = all.filter(({ item, state }) => state.seq > 0 && (request.items?.includes(item.id) ?? true));
    return this.#carryOut({ plan: plan.id, all, asked }, request.dry_run ?? false);
  }

  async #carryOut({ plan, all, asked }: Asked, dryRun: boolean): Promise<Applied> {
    const { clock, settings, book } = this.#parts;
    // The switch is read first: whatever is stopped from here on is seen when an intent is written.
    const switches = await book.switches(asked.map(({ item }) => item.policy));
    const stopped = switches.get('');
    if (stopped?.stopped && !dryRun)
      throw elavaError('ACTION_STOPPED', `actions were stopped by ${stopped.by}: ${stopped.reason}`);
    const ready = asked.filter(({ state, terms }) => phaseOf(state, terms, clock.now()) === 'ready');
    const items = ready.map(({ item }) => item);
    const faults = await refresh(items, `apply-${plan}`, this.#parts);
    const ids = items.map(({ resource_id }) => resource_id);
    const looked = {
      plan: all,
      faults,
      settings,
      facts: await gather(ids, clock.now(), this.#parts),
      evaluations: await evaluationsOf(ids, this.#parts.history),
      population: await populationOf(items, this.#parts.history),
    };
    const verdicts = verdictsOf(asked, looked);
    const outcomes: Applied['items'] = [];
    for (const { held, verdict, why } of verdicts) {
      const outcome = dryRun ? dry(verdict, why) : await this.#settle(held, { verdict, why }, switches);
      outcomes.push({ id: held.item.id, resource_id: held.item.resource_id, action: held.item.action, ...outcome });
    }
    return summaryOf(plan, dryRun, outcomes);
  }

  async #settle(held: Held, { verdict, why }: { verdict: string; why: string }, switches: ReadonlyMap<string, Switch>) {
    const { executor, log } = this.#parts;
    if (verdict === 'hold') return { outcome: held.state.end ?? 'held', why: held.state.end ? held.state.why : why };
    try {
      const { policy, undoes } = held.item;
      const guards = [switches.get(''), undoes === undefined ? switches.get(policy) : undefined].filter(
        (one) => one !== undefined,
      );
      const after = verdict === 'go' ? await executor.run(held, guards) : await executor.supersede(held, why);
      await this.#moved(after);
      return { outcome: outcomeOf(after), why: after.state.why };
    } catch (error) {
      log.error({ error, item: held.item.id }, 'an item could not be carried out');
      return { outcome: 'held', why: `${codeOf(error)}: ${messageOf(error)}` };
    }
  }

  async #moved(held: Held): Promise<void> {
    const view = viewOf(held, this.#parts.clock.now());
    this.#parts.metrics.actionItems.inc({ action: view.action, phase: view.phase });
    this.#parts.heard.moved(view);
    if (!['failed', 'cancelled', 'done'].includes(view.phase)) return;
    const { policy } = held.item;
    const reason = await haltIfNeeded(policy, this.#parts);
    if (reason !== undefined) this.#parts.heard.halted(policy, reason);
  }

  /** Writes what a person says of an item. One that loses a race reads again: what it says may still hold. */
  async say(id: string, eventOf: (held: Held, now: number) => ItemEvent): Promise<Held> {
    const { book, clock } = this.#parts;
    for (let attempt = 1; ; attempt += 1) {
      const held = await book.item(id);
      try {
        const after = await book.record(held, eventOf(held, clock.now()));
        await this.#moved(after);
        return after;
      } catch (error) {
        if (codeOf(error) !== 'RECORD_CONFLICT' || attempt >= RACES) throw error;
      }
    }
  }

  async approve(id: string, by: string, link?: string): Promise<ItemView> {
    const { settings, clock } = this.#parts;
    const after = await this.say(id, (_held, at) => ({
      kind: 'approved',
      at,
      by,
      until: at + settings.approval.expires,
      ...(link === undefined ? {} : { link }),
    }));
    return viewOf(after, clock.now());
  }

  /** A mark that is on the resource is taken off again, which nobody has to agree to. */
  async cancel(id: string, by: string, reason: string): Promise<ItemView> {
    const after = await this.say(id, (_held, at) => ({ kind: 'cancelled', at, by, reason }));
    const view = viewOf(after, this.#parts.clock.now());
    const left = after.item.delayed && after.state.step > 0 ? await this.#unmark(after.item, by) : undefined;
    return left === undefined ? view : { ...view, why: `${view.why} (its mark is still on it: ${left})` };
  }

  /** Why the mark is still there, undefined when it is not. */
  async #unmark(item: Item, by: string): Promise<string | undefined> {
    const params = { keys: Object.values(markTags), only: { [markTags.item]: item.id } };
    try {
      const { applied } = await this.#putBack({ ...item, id: `${item.id}.0` }, { action: 'untag', params }, by);
      return applied.done > 0 ? undefined : (applied.items[0]?.why ?? '');
    } catch (error) {
      return messageOf(error);
    }
  }

  async extend(id: string, by: string, days: number): Promise<ItemView> {
    const { settings, clock } = this.#parts;
    const after = await this.say(id, (held, at) => {
      const from = Math.max(held.state.due ?? at, at);
      return { kind: 'extended', at, by, due: graceEnd(from, days, settings.calendar) };
    });
    return viewOf(after, clock.now());
  }

  /** Errors: NOT_FOUND, ACTION_REFUSED when it was not done or cannot be put back. */
  async undo(action: string, by: string): Promise<{ plan: PlanView; applied: Applied }> {
    const held = await this.#parts.book.item(action.replace(/\.\d+$/, ''));
    const { item, state } = held;
    if (state.end !== 'done') throw elavaError('ACTION_REFUSED', `${item.id} is ${state.end ?? 'not done yet'}`);
    const inverse = await inverseOf(item, this.#parts.history);
    if (!inverse) throw elavaError('ACTION_REFUSED', `${item.action} cannot be put back`);
    return this.#putBack(item, inverse, by);
  }

  async #putBack(item: Item, inverse: Undo, by: string) {
    const { clock, settings } = this.#parts;
    const plan = newPlanId();
    await refresh([item], `undo-${plan}`, this.#parts);
    const now = clock.now();
    const facts = await gather([item.resource_id], now, this.#parts);
    const undoing = undoItem(item, inverse, { plan, facts, settings });
    if (typeof undoing === 'string') throw elavaError('ACTION_REFUSED', `${item.id} cannot be put back: ${undoing}`);
    const view = await this.#planning.publish({ id: plan, by, bundle: item.bundle, items: [undoing], refused: [] });
    return { plan: view, applied: await this.apply({ plan }) };
  }

  /** One round: what crashes left, what is new, what is ready, what is over. */
  async tick({ plan = true }: { plan?: boolean | undefined }) {
    const { book, clock, log } = this.#parts;
    const counts = { recovered: 0, planned: 0, done: 0, expired: 0 };
    const switches = await book.switches();
    for (const held of await this.#planning.open()) {
      const outcome = await this.#look(held).catch((error: unknown) => {
        log.warn({ item: held.item.id, code: codeOf(error), reason: messageOf(error) }, 'an item was left as it is');
        return undefined;
      });
      if (outcome) counts[outcome] += 1;
    }
    if (switches.get('')?.stopped) return counts;
    if (plan && (await this.#planning.hasNews())) counts.planned = (await this.plan({ by: 'elava' })).items.length;
    const ready = (await this.#planning.open()).filter(
      ({ state, terms }) => phaseOf(state, terms, clock.now()) === 'ready',
    );
    for (const [id, items] of Map.groupBy(ready, (held) => held.plan.id)) {
      const all = await book.items(await book.plan(id));
      counts.done += (await this.#carryOut({ plan: id, all, asked: items }, false)).done;
    }
    return counts;
  }

  async #look(held: Held): Promise<'recovered' | 'expired' | undefined> {
    const { clock, executor, book, name, settings } = this.#parts;
    const { state, terms } = held;
    const now = clock.now();
    if (state.calling && (state.claim?.until ?? 0) + settings.call <= now) {
      await this.#moved(await executor.recover(held));
      return 'recovered';
    }
    if (state.step > 0 || state.calling || now < terms.expires || phaseOf(state, terms, now) === 'claimed')
      return undefined;
    await this.#moved(await book.record(held, { kind: 'expired', at: now, by: name }));
    return 'expired';
  }
}

function dry(verdict: string, why: string) {
  const words: Readonly<Record<string, string>> = { go: 'would be done', hold: 'held', supersede: 'superseded' };
  return { outcome: words[verdict] ?? verdict, why };
}

function outcomeOf({ state, item }: Held): string {
  if (state.end !== undefined) return state.end;
  return item.delayed && state.step > 0 ? 'marked' : 'held';
}

function summaryOf(plan: string, dryRun: boolean, items: Applied['items']): Applied {
  const count = (...outcomes: string[]): number => items.filter(({ outcome }) => outcomes.includes(outcome)).length;
  return {
    plan,
    dry_run: dryRun,
    done: count('done', 'marked', 'would be done'),
    failed: count('failed'),
    held: count('held'),
    superseded: count('superseded'),
    items,
  };
}
