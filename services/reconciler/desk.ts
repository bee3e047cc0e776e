/** Puts the reconciler together from what its process has, and runs its loop. */
import type { Client } from '../../lib/contract.ts';
import { codeOf, messageOf } from '../../lib/errors.ts';
import type { Runtime } from '../../lib/runtime.ts';
import { sleep } from '../../lib/time.ts';
import type { historyContract } from '../history/history.contract.ts';
import type { notifierContract } from '../notifier/notifier.contract.ts';
import type { policyContract } from '../policy/policy.contract.ts';
import type { scannerContract } from '../scanner/scanner.contract.ts';
import { Caller } from './aws/caller.ts';
import { callsOf } from './aws/calls.ts';
import { Book } from './book.ts';
import { graceEnd } from './calendar.ts';
import { Executor, type World } from './executor.ts';
import { fingerprintOf } from './fingerprint.ts';
import { signingKey } from './key.ts';
import { noticeOf, tellOwners } from './notices.ts';
import type { Item } from './reconciler.schema.ts';
import { Reconciler } from './reconciler.ts';
import { type ReconcilerSettings, settingsOf } from './settings.ts';

export interface DeskParts {
  readonly runtime: Runtime;
  readonly node: string;
  readonly history: Client<typeof historyContract>;
  readonly scanner: Client<typeof scannerContract>;
  readonly policy: Client<typeof policyContract>;
  readonly notifier: Client<typeof notifierContract>;
  readonly tell: (event: 'planned' | 'moved' | 'halted', said: object) => void;
}

export class Desk {
  readonly book: Book;
  readonly reconciler: Reconciler;
  readonly key: Buffer;
  readonly settings: ReconcilerSettings;
  readonly #parts: DeskParts;
  readonly #caller: Caller;
  readonly #stopping = new AbortController();
  #loop: Promise<void> | undefined;

  static async open(parts: DeskParts): Promise<Desk> {
    const { reconciler, storage } = parts.runtime.config;
    return new Desk(parts, await signingKey(reconciler.key, storage));
  }

  private constructor(parts: DeskParts, key: Buffer) {
    const { runtime, history, node } = parts;
    const { config, clock, log } = runtime;
    this.#parts = parts;
    this.key = key;
    this.settings = settingsOf(config);
    this.#caller = new Caller({ aws: config.providers.aws, role: config.reconciler.role, clock });
    this.book = new Book({ store: history, key, callMs: this.settings.call });
    const executor = new Executor({
      book: this.book,
      world: this.#world(),
      clock,
      log,
      name: node,
      claimMs: this.settings.claim,
      callMs: this.settings.call,
      graceEnd: (item, now) => this.#graceEnd(item, now),
    });
    this.reconciler = new Reconciler({
      ...parts,
      book: this.book,
      executor,
      settings: this.settings,
      clock,
      log,
      name: node,
      metrics: runtime.metrics,
      heard: {
        planned: async (plan) => {
          parts.tell('planned', { plan: plan.id, items: plan.items.length, by: plan.by });
          await tellOwners(plan, { ...parts, key, now: clock.now(), log });
        },
        moved: ({ id, phase, why }) => parts.tell('moved', { item: id, phase, why }),
        halted: (policy, reason) => {
          parts.tell('halted', { policy, reason });
          this.#notify(noticeOf.halted(policy, reason));
        },
      },
    });
  }

  get now(): number {
    return this.#parts.runtime.clock.now();
  }

  /** Whoever has no owner has more time: nobody may be reading. */
  #graceEnd({ owner }: Item, now: number): number {
    const { grace, calendar } = this.settings;
    return graceEnd(now, owner === '' ? grace.orphan_days : grace.owner_days, calendar);
  }

  #world(): World {
    const { scanner } = this.#parts;
    const volatile = new Map<string, readonly string[]>();
    const signal = this.#stopping.signal;
    return {
      read: async ({ account, region, type, resource_id: id }) => {
        const found = await scanner.read({ unit: { account, region, type }, id });
        volatile.set(type, found.volatile);
        return found.resource;
      },
      fingerprint: (resource) => fingerprintOf(resource, { volatile: volatile.get(resource.type) ?? [] }),
      calls: ({ account, region }, { role }, mayChange) =>
        callsOf(this.#caller.at({ account, region, role }, signal), mayChange),
      tell: async (item, text) => {
        await this.#parts.notifier.notify(noticeOf.item(item, text));
      },
    };
  }

  #notify(notice: Parameters<Client<typeof notifierContract>['notify']>[0]): void {
    this.#parts.notifier.notify(notice).catch((error: unknown) => {
      this.#parts.runtime.log.warn({ code: codeOf(error), reason: messageOf(error) }, 'a notice was not taken');
    });
  }

  /** Does a round at once, then one an interval, until it is closed. */
  start(): void {
    this.#loop ??= this.#run();
  }

  async #run(): Promise<void> {
    const { log, config } = this.#parts.runtime;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        const round = await this.reconciler.tick({});
        if (Object.values(round).some((count) => count > 0)) log.info(round, 'a round of the reconciler');
      } catch (error) {
        log.error({ code: codeOf(error), reason: messageOf(error) }, 'a round of the reconciler failed');
      }
      await sleep(config.reconciler.interval, signal, { unref: true }).catch(() => undefined);
    }
  }

  /** Lets the item at hand end. */
  async close(): Promise<void> {
    this.#stopping.abort();
    await this.#loop;
    this.#caller.close();
  }
}
