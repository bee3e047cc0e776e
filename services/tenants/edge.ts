/** The tenants service's parts put together: what is served, who asks, and who is told. */
import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import type { Client } from '../../lib/contract.ts';
import type { PolicyRecord } from '../../lib/policy-event/record.ts';
import type { Runtime } from '../../lib/runtime.ts';
import { sleep } from '../../lib/time.ts';
import type { historyContract } from '../history/history.contract.ts';
import type { policyContract, TenantOffer } from '../policy/policy.contract.ts';
import { Asker } from './asker.ts';
import { Book } from './book.ts';
import { Budgets, type Warning } from './budgets.ts';
import { Catalog } from './catalog.ts';
import { Policies } from './policies.ts';
import { Teller } from './teller.ts';
import { Watching } from './watching.ts';

export interface EdgeOptions {
  readonly runtime: Pick<Runtime, 'config' | 'log' | 'metrics' | 'clock'>;
  readonly engine: Client<typeof policyContract>;
  readonly history: Pick<Client<typeof historyContract>, 'record' | 'records'>;
  readonly tell: (records: readonly PolicyRecord[], lost: number) => Promise<void>;
  readonly onTellError: (error: unknown) => void;
  readonly onLost: (count: number) => void;
}

/** How often policies that other nodes have written are looked for. */
const readMs = 1000;

export class Edge {
  readonly catalog: Catalog;
  readonly asker: Asker;
  readonly policies: Policies;
  readonly book: Book;
  readonly #options: EdgeOptions;
  readonly #teller: Teller | undefined;
  readonly #watching: Watching;
  readonly #budgets: Budgets;
  readonly #stopping = new AbortController();
  #reading: Promise<void> | undefined;
  /** Tenants whose last bundle was not good. */
  readonly #faulty = new Set<string>();

  constructor(options: EdgeOptions) {
    this.#options = options;
    const { runtime, engine, history } = options;
    const { config, log, clock, metrics } = runtime;
    const { tenants } = config;
    const now = (): number => clock.now();
    this.#teller = tellerOf(options);
    const directory = resolve(tenants.path);
    this.catalog = new Catalog({
      directory,
      engine,
      limits: limitsOf(tenants),
      log,
      onLoad: (tenant, isGood) => this.#loaded(tenant, isGood),
      onGone: (tenant) => this.#gone(tenant),
    });
    this.#watching = new Watching({ directory, catalog: this.catalog, hotReload: config.policies.hot_reload, log });
    this.#budgets = new Budgets({
      of: (tenant) => budgetOf(tenants, tenant),
      now: () => performance.now(),
      onWarning: (tenant, warning) => this.#warn(tenant, warning),
    });
    this.asker = new Asker({ ask: engine.askTenant, budgets: this.#budgets, teller: this.#teller, metrics, now });
    this.book = new Book({ history, now });
    const trial = (offer: TenantOffer) => tryOut(engine, offer);
    this.policies = new Policies({ book: this.book, catalog: this.catalog, trial, teller: this.#teller, now });
  }

  async start(): Promise<void> {
    await this.#watching.start();
    await this.#read();
    // A single process hears of every change that there is.
    if (this.#options.runtime.config.nats.servers.length > 0) this.#reading = this.#keepReading();
  }

  async close(): Promise<void> {
    this.#stopping.abort();
    await this.#watching.close();
    await this.#reading;
    await this.#teller?.close();
  }

  async #keepReading(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await sleep(readMs, signal, { unref: true }).catch(() => undefined);
      if (!signal.aborted) await this.#read();
    }
  }

  async #read(): Promise<void> {
    const { log, config } = this.#options.runtime;
    try {
      for (const tenant of await this.book.read()) await this.catalog.take(tenant, this.book.of(tenant));
      // The memory forgets records after a time: those of policies that still count are written again before.
      for (const { version, ...policy } of this.book.older(config.decisions.retention / 4)) {
        await this.book.write('kept', policy, version);
      }
    } catch (error) {
      log.error({ error }, 'policies of the API cannot be read');
    }
  }

  #loaded(tenant: string, isGood: boolean): void {
    const { metrics } = this.#options.runtime;
    if (isGood) this.#faulty.delete(tenant);
    else this.#faulty.add(tenant);
    metrics.tenantLoads.inc({ outcome: isGood ? 'ok' : 'kept' });
    this.#count();
  }

  #gone(tenant: string): void {
    this.#faulty.delete(tenant);
    this.#budgets.forget(tenant);
    this.#count();
  }

  #count(): void {
    const { metrics } = this.#options.runtime;
    metrics.tenantsLoaded.set({ state: 'faulty' }, this.#faulty.size);
    metrics.tenantsLoaded.set({ state: 'ready' }, this.catalog.size - this.#faulty.size);
  }

  #warn(tenant: string, warning: Warning): void {
    const at = new Date(this.#options.runtime.clock.now()).toISOString();
    const payload = { ...warning };
    const from = { principal: '', correlation: '' };
    this.#teller?.emit(() => ({
      kind: 'change',
      id: randomUUID(),
      tenant,
      at,
      type: 'quota_warning',
      payload,
      ...from,
    }));
  }
}

function tellerOf({ runtime, tell, onLost, onTellError }: EdgeOptions): Teller | undefined {
  const { config, metrics } = runtime;
  if (!config.events.enabled && !config.decisions.enabled) return undefined;
  const emitted = metrics.eventsEmitted.labels('policy');
  return new Teller({ tell, onEmit: (count) => emitted.inc(count), onLost, onError: onTellError });
}

/** Compiles a bundle under a name that nobody asks for. */
async function tryOut(engine: Client<typeof policyContract>, offer: TenantOffer) {
  const tenant = `trial-${randomUUID()}`;
  try {
    return await engine.loadTenant({ ...offer, tenant });
  } finally {
    await engine.removeTenant({ tenant });
  }
}

type Settings = Runtime['config']['tenants'];

function limitsOf({ timeout, memory }: Settings): NonNullable<TenantOffer['limits']> {
  return { deadlineMs: timeout, memoryBytes: memory * 1024 * 1024 };
}

function budgetOf({ rate, concurrency, budgets }: Settings, tenant: string) {
  const own = budgets[tenant];
  return { rate: own?.rate || rate, concurrency: own?.concurrency || concurrency };
}
