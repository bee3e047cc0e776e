/** The policy service's parts put together: what is loaded, the threads, and the loop that judges. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Config } from '../../lib/config/schema.ts';
import type { Client } from '../../lib/contract.ts';
import type { Unit } from '../../lib/resource.ts';
import type { Runtime } from '../../lib/runtime.ts';
import type { historyContract } from '../history/history.contract.ts';
import type { scannerContract } from '../scanner/scanner.contract.ts';
import type { PolicySource } from './bundles/policy-source.ts';
import { isUrl, policySource } from './bundles/source.ts';
import { RegoCompiler } from './compiler/compiler.ts';
import { buildInput, type PolicyInput } from './input.ts';
import { Judge, type Summary } from './judge.ts';
import { policyName } from './packages.ts';
import type { Judgement } from './policy.contract.ts';
import { type PolicyState, PolicyStore } from './policy-store.ts';
import { PolicyPool } from './pool.ts';
import { rowOf, scannedOf } from './row-of.ts';
import { type JudgeSettings, judgeSettings, tenantLimits, threadCount } from './settings.ts';
import { Tenants } from './tenants/tenants.ts';

export interface EngineOptions {
  readonly runtime: Runtime;
  readonly history: Client<typeof historyContract>;
  readonly scanner: Pick<Client<typeof scannerContract>, 'types'>;
  readonly onLoad: (state: PolicyState) => void;
}
export type JudgeRequest = Pick<Parameters<Judge['run']>[0], 'filter' | 'all' | 'at'>;

export class PolicyEngine {
  readonly tenants: Tenants;
  readonly #options: EngineOptions;
  readonly #compiler: RegoCompiler;
  readonly #source: PolicySource;
  readonly #store: PolicyStore;
  readonly #pool: PolicyPool;
  readonly #judge: Judge;
  readonly #stopping = new AbortController();
  readonly #judging = new AbortController();
  #settings: Promise<JudgeSettings> | undefined;
  #watching: Promise<void> | undefined;

  constructor(options: EngineOptions) {
    this.#options = options;
    const { config, clock, log } = options.runtime;
    const { batch, timeout, workers, interval } = config.policies;
    const threads = threadCount(workers);
    const keepIn = join(config.storage.path, 'policies');
    this.#compiler = new RegoCompiler({ cacheDirectory: keepIn });
    this.#source = sourceOf(config);
    this.#store = new PolicyStore({
      directory: this.#source.name,
      read: (signal) => this.#source.read(signal),
      compiler: this.#compiler,
      settings: decisive(judgeSettings(config)),
      keepIn,
      now: () => clock.now(),
      onLoad: options.onLoad,
    });
    this.#pool = new PolicyPool({
      threads,
      deadlineMs: timeout,
      maxQueue: 256,
      cacheDirectory: join(keepIn, 'code'),
      onRestart: () => options.runtime.metrics.policyRestarts.inc(),
    });
    this.tenants = new Tenants({
      compiler: this.#compiler,
      pool: this.#pool,
      now: () => clock.now(),
      limits: tenantLimits(config),
    });
    this.#judge = new Judge({
      history: options.history,
      pool: this.#pool,
      clock,
      log,
      batch,
      pages: threads + 2,
      intervalMs: interval,
    });
  }

  /** Begins to look for changes of the policies; they are loaded when they are first needed. */
  start(): void {
    const { policies } = this.#options.runtime.config;
    if (!policies.enabled || !policies.hot_reload) return;
    const { signal } = this.#stopping;
    this.#watching = this.#source.watch(signal, () => this.#store.load(signal));
  }

  state(): Promise<PolicyState> {
    return this.#store.current(this.#stopping.signal);
  }

  /** Judges what is due, of all units or of those that are `mine`. Errors: CANCELLED, QUEUE_FULL, those of history. */
  async judge(request: JudgeRequest = {}, mine?: (unit: Unit) => boolean): Promise<Summary> {
    const { metrics } = this.#options.runtime;
    const [{ served }, settings] = await Promise.all([this.state(), this.#knownSettings()]);
    const { exemptions } = await this.#options.history.exemptions({});
    const run = { ...request, mine, bundle: served, settings, exemptions, signal: this.#judging.signal };
    const summary = await this.#judge.run(run);
    metrics.policyJudged.inc(summary.judged);
    metrics.policyFailed.inc(summary.failed);
    return summary;
  }

  /** Evaluates whole inputs; nothing is stored. */
  async evaluate(inputs: readonly object[], policies: readonly string[] = []): Promise<Judgement[]> {
    const [{ served }, settings] = await Promise.all([this.state(), this.#knownSettings()]);
    const lines = inputs.map((input) => `${JSON.stringify(input)}\n`).join('');
    const batch = { bundle: served, settings, lines, signal: this.#stopping.signal };
    return this.#pool.evaluate(batch, policies.map(policyName));
  }

  /** What a live resource is judged with now. Errors: NOT_FOUND. */
  async input(id: string): Promise<PolicyInput> {
    const settings = await this.#knownSettings();
    const row = await rowOf(this.#options.history, id, settings);
    const scanned = await scannedOf(this.#options.history, row.resource);
    return buildInput(row, settings, new Date(this.#options.runtime.clock.now()).toISOString(), scanned);
  }

  /** What is judged now is given up, and judged where somebody goes on; questions are still answered. */
  endJudging(): void {
    this.#judging.abort();
    this.#judge.close();
  }

  async close(): Promise<void> {
    this.#stopping.abort();
    this.endJudging();
    this.tenants.close();
    await Promise.all([this.#watching, this.#pool.close(), this.#compiler.close()]);
  }

  /** What a type joins is the scanner's to say, and is asked once. */
  #knownSettings(): Promise<JudgeSettings> {
    this.#settings ??= this.#options.scanner
      .types({})
      .then(({ types }) => {
        const joins = Object.fromEntries(
          types.filter((one) => one.joins.length > 0).map((one) => [one.type, one.joins]),
        );
        return judgeSettings(this.#options.runtime.config, joins);
      })
      .catch((error: unknown) => {
        this.#settings = undefined;
        throw error;
      });
    return this.#settings;
  }
}

const shipped = fileURLToPath(new URL('../../policies', import.meta.url));

/** The configured directory; where there is none under the default name, the policies that ship with the product. */
export function policyDirectory(path: string): string {
  if (isUrl(path)) return path;
  const configured = resolve(path);
  return !existsSync(configured) && configured === resolve('policies') ? shipped : configured;
}

function sourceOf({ policies }: Config): PolicySource {
  const { keys, token, poll, timeout } = policies.bundle;
  return policySource(policyDirectory(policies.path), { keys, token, pollMs: poll, timeoutMs: timeout });
}

/** What of the settings decides a result; the memory limit does not. */
function decisive({ environments, accounts, tags, defaultDecision, context }: JudgeSettings): unknown {
  return { environments, accounts, tags, defaultDecision, context };
}
