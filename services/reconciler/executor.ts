/**
 * Carries one item out: claim, look, intend, look again, call once, look what came of it, say so. Whoever dies in between
 * leaves a record from which the next one sees how far it was; a call whose outcome is not known is never made again.
 */
import { codeOf, elavaError, messageOf } from '../../lib/errors.ts';
import type { Logger } from '../../lib/log.ts';
import type { Resource } from '../../lib/resource.ts';
import { type Clock, sleep } from '../../lib/time.ts';
import type { Action, Step, StepContext } from './action.ts';
import { actions } from './actions/index.ts';
import type { AwsCalls } from './aws/calls.ts';
import { faultOf } from './aws/errors.ts';
import type { Book, Held, Switch } from './book.ts';
import type { Item } from './reconciler.schema.ts';
import type { ItemEvent } from './state.ts';

/** Where a process can die, in the order of its way. Tests kill it there. */
export const crashPoints = [
  'before-claim',
  'after-claim',
  'after-look',
  'before-intent',
  'after-intent',
  'before-call',
  'after-call',
  'before-verify',
  'after-verify',
  'before-outcome',
  'after-outcome',
  'between-steps',
] as const;
export type CrashPoint = (typeof crashPoints)[number];

/** The cloud as actions see it. */
export interface World {
  /** The resource as it is now, undefined when it is gone. Rejects when it cannot be read whole. */
  read(item: Item): Promise<Resource | undefined>;
  fingerprint(resource: Resource): string;
  calls(item: Item, step: Step, mayChange: boolean): AwsCalls;
  tell(item: Item, text: string): Promise<void>;
}
export interface ExecutorOptions {
  readonly book: Book;
  readonly world: World;
  readonly clock: Clock;
  readonly log: Pick<Logger, 'warn' | 'info' | 'error'>;
  /** This reconciler's name, different for each process. */
  readonly name: string;
  readonly claimMs: number;
  readonly callMs: number;
  /** When the grace time of what is marked now ends, milliseconds. */
  readonly graceEnd: (item: Item, now: number) => number;
  /** Between looks for an effect that does not show at once, milliseconds. */
  readonly pauseMs?: number;
  readonly reached?: (point: CrashPoint, item: Item) => Promise<void>;
}

const LOOKS = 4;

export class Executor {
  readonly #options: ExecutorOptions;

  constructor(options: ExecutorOptions) {
    this.#options = options;
  }

  /**
   * Does what is left of an item that is ready, under switches that must stay as they are. Resolves with where it then
   * stands. Errors: ACTION_REFUSED when it is not ready, RECORD_CONFLICT when another was faster, STORE_*.
   */
  async run(held: Held, switches: readonly Switch[]): Promise<Held> {
    const action = actionOf(held.item);
    await this.#reached('before-claim', held.item);
    let now = await this.#claim(held);
    await this.#reached('after-claim', held.item);
    while (now.state.end === undefined && now.state.claim !== undefined) {
      const step = action.steps[now.state.step];
      if (!step) throw elavaError('INTERNAL', `${held.item.id} has no step ${now.state.step}`);
      now = await this.#step(now, step, switches);
      await this.#reached('between-steps', held.item);
    }
    return now;
  }

  /** Says that an item is not to be done any more, because what it rests on has changed. */
  async supersede(held: Held, reason: string): Promise<Held> {
    return this.#write(await this.#claim(held), { kind: 'superseded', reason });
  }

  /**
   * Finds out what became of a call whose caller is gone, by looking. Nothing is called. Errors: ACTION_REFUSED while its
   * caller may still be at it.
   */
  async recover(held: Held): Promise<Held> {
    const caller = held.state.claim?.by ?? '';
    const now = await this.#claim(held);
    const step = actionOf(held.item).steps[now.state.step];
    if (!step) throw elavaError('INTERNAL', `${held.item.id} has no step ${now.state.step}`);
    const resource = await this.#options.world.read(held.item);
    const context = this.#context(now, step, { resource, mayChange: false });
    const happened = await step.happened(context);
    this.#options.log.warn(
      { item: held.item.id, step: step.name, caller, happened },
      'found out what became of a call',
    );
    const detail = happened
      ? `found done; ${caller} ended before it said so`
      : `found not done; ${caller} ended before or during the call`;
    return happened
      ? this.#done(now, context, detail)
      : this.#write(now, { kind: 'failed', step: now.state.step, detail });
  }

  async #claim(held: Held): Promise<Held> {
    return this.#write(held, { kind: 'claimed', until: this.#options.clock.now() + this.#options.claimMs });
  }

  async #step(held: Held, step: Step, switches: readonly Switch[]): Promise<Held> {
    const first = await this.#look(held);
    if ('end' in first) return this.#write(held, { kind: 'superseded', reason: first.end });
    await this.#reached('after-look', held.item);
    const context = this.#context(held, step, { resource: first.resource, mayChange: true });
    const wait = await step.wait?.(context);
    if (wait !== undefined) return this.#write(held, { kind: 'released', reason: wait });
    if (!step.blind && (await step.happened(context))) return this.#skip(held, context);
    if (this.#isLate(held)) return this.#write(held, { kind: 'released', reason: 'there was no time left to call' });
    await this.#reached('before-intent', held.item);
    const intended = await this.#write(held, { kind: 'intended', step: held.state.step }, switches);
    await this.#reached('after-intent', held.item);
    return this.#call(intended, step, context);
  }

  /** The resource as it was judged, or why the item is at its end. */
  async #look({ item }: Held): Promise<{ resource: Resource } | { end: string }> {
    const { world } = this.#options;
    const resource = await world.read(item);
    if (!resource) return { end: 'the resource is gone' };
    if (world.fingerprint(resource) !== item.fingerprint) return { end: 'the resource changed since it was judged' };
    return { resource };
  }

  /** From here on the record says that there may have been a call. */
  async #call(held: Held, step: Step, context: StepContext): Promise<Held> {
    const last = await this.#look(held).catch((error: unknown) => ({
      end: `it could not be read: ${messageOf(error)}`,
    }));
    const late = this.#isLate(held) ? 'there was no time left to call' : undefined;
    const reason = 'end' in last ? last.end : late;
    if (reason !== undefined) return this.#write(held, { kind: 'withdrawn', step: held.state.step, reason });
    await this.#reached('before-call', held.item);
    let failure: unknown;
    try {
      await step.call(context);
    } catch (error) {
      failure = error;
    }
    await this.#reached('after-call', held.item);
    if (faultOf(failure)?.refused || codeOf(failure) === 'NOT_FOUND') {
      return this.#write(held, { kind: 'failed', step: held.state.step, detail: messageOf(failure) });
    }
    return this.#verify(held, step, { context, failure });
  }

  /** Looks for the effect. When even that fails the item stays as it is, and `recover` looks again later. */
  async #verify(
    held: Held,
    step: Step,
    { context, failure }: { context: StepContext; failure: unknown },
  ): Promise<Held> {
    await this.#reached('before-verify', held.item);
    const seen = await this.#seen(step, context);
    await this.#reached('after-verify', held.item);
    if (seen)
      return this.#done(held, context, failure === undefined ? 'done and seen' : `seen, though ${messageOf(failure)}`);
    const detail = failure === undefined ? 'its effect was not seen' : messageOf(failure);
    return this.#write(held, { kind: 'failed', step: held.state.step, detail });
  }

  async #seen(step: Step, context: StepContext): Promise<boolean> {
    for (let look = 1; look <= LOOKS; look += 1) {
      if (await step.happened(context)) return true;
      if (look < LOOKS) await sleep((this.#options.pauseMs ?? 1000) * 2 ** (look - 1));
    }
    return false;
  }

  async #done(held: Held, { due }: StepContext, detail: string): Promise<Held> {
    const marks = held.item.delayed && held.state.step === 0;
    await this.#reached('before-outcome', held.item);
    const deadline = marks ? { due: Date.parse(due) } : {};
    const now = await this.#write(held, { kind: 'done', step: held.state.step, detail, ...deadline });
    await this.#reached('after-outcome', held.item);
    return now;
  }

  #skip(held: Held, { due }: StepContext): Promise<Held> {
    const marks = held.item.delayed && held.state.step === 0;
    const deadline = marks ? { due: Date.parse(due) } : {};
    return this.#write(held, { kind: 'skipped', step: held.state.step, reason: 'it is so already', ...deadline });
  }

  #isLate({ state }: Held): boolean {
    const { clock, callMs } = this.#options;
    return (state.claim?.until ?? 0) - callMs <= clock.now();
  }

  #context(
    { item, state }: Held,
    step: Step,
    { resource, mayChange }: { resource: Resource | undefined; mayChange: boolean },
  ): StepContext {
    const { world, graceEnd, clock } = this.#options;
    return {
      resource: resource ?? gone(item),
      params: item.params,
      id: `${item.id}.${state.step}`,
      aws: world.calls(item, step, mayChange),
      due: item.delayed ? new Date(graceEnd(item, clock.now())).toISOString() : '',
      read: () => world.read(item),
      tell: (text) => world.tell(item, text),
    };
  }

  #write(held: Held, event: Unstamped, switches: readonly Switch[] = []): Promise<Held> {
    const { book, clock, name } = this.#options;
    return book.record(held, { ...event, at: clock.now(), by: name }, switches);
  }

  async #reached(point: CrashPoint, item: Item): Promise<void> {
    await this.#options.reached?.(point, item);
  }
}

type Unstamped = ItemEvent extends infer E ? (E extends ItemEvent ? Omit<E, 'at' | 'by'> : never) : never;

/** Error: INTERNAL for an item of an action that this version does not know; it is left alone. */
function actionOf({ action, id }: Item): Action {
  const found = actions.get(action);
  if (!found) throw elavaError('INTERNAL', `${id}: this version knows no action ${action}`);
  return found;
}

/** What steps that look for something that is gone still need to know of it. */
function gone({ resource_id, account, region, type, name }: Item): Resource {
  const empty = { provider: 'aws', status: '', tags: {}, created_at: '', refs: [], metadata: {} };
  return { ...empty, id: resource_id, account, region, type, name };
}
