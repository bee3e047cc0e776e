/** What the orchestrator's actions and events do, put together from its parts. */
import { randomBytes } from 'node:crypto';
import type { Client } from '../../lib/contract.ts';
import { codeOf, messageOf } from '../../lib/errors.ts';
import type { Coverage } from '../../lib/resource.ts';
import type { Runtime } from '../../lib/runtime.ts';
import type { historyContract } from '../history/history.contract.ts';
import { type EstateScanner, estateOf } from './estate.ts';
import { Holdings, heldBy } from './holdings.ts';
import type { ScanReport, Scope, TierTable } from './orchestrator.contract.ts';
import { Planner } from './planner.ts';
import { lookUp, type ReportParts, reportOf } from './report.ts';
import { Scans, type ScansOptions } from './scans.ts';
import { Schedule, type TierState } from './schedule.ts';
import { allUnits, type Estate, scopeUnits } from './scope.ts';
import { asksResources, type Tier, tierOf } from './tiers.ts';
import { type Unobserved, unobserved } from './unobserved.ts';

/** Looks that are older say nothing of how often something changes now. */
const PACE_MS = 7 * 86_400_000;

export interface OrchestratorParts extends Pick<ScansOptions, 'onDone'> {
  readonly runtime: Runtime;
  readonly history: Pick<Client<typeof historyContract>, 'coverage' | 'counts' | 'pace'>;
  readonly scanner: EstateScanner;
}

export class Orchestrator {
  readonly #parts: OrchestratorParts;
  readonly #estate: () => Promise<Estate>;
  readonly #scans: Scans;
  readonly #reporting: Omit<ReportParts, 'clock'>;
  readonly #planner: Planner;
  readonly #schedule: Schedule;

  constructor(parts: OrchestratorParts) {
    const { config, clock, log, jobs } = parts.runtime;
    const { history } = parts;
    const scans = new Scans({ clock, ...(parts.onDone ? { onDone: parts.onDone } : {}) });
    // Over a bus one account may fill a message: 500 units of up to 1.5 kB.
    const each = async () => (await this.#estate()).accounts.map(({ id }) => [id]);
    const clustered = config.nats.servers.length > 0;
    this.#reporting = { scans, history, accounts: clustered ? each : undefined };
    const missed = (scan: string): Promise<void> => lookUp(scan, this.#reporting);
    const holdings = new Holdings(config.tiers, history);
    this.#parts = parts;
    this.#scans = scans;
    this.#estate = estateOf(config, parts.scanner, clock);
    const random = (): string => randomBytes(3).toString('hex');
    this.#planner = new Planner({ jobs, scans, clock, log, random, lookUp: missed });
    this.#schedule = new Schedule({
      ...parts.runtime,
      tiers: config.tiers,
      planner: this.#planner,
      scans,
      accountsAtOnce: clustered ? 1 : 200,
      estate: async () => {
        const estate = await this.#estate();
        return { accounts: estate.accounts, units: allUnits(estate) };
      },
      coverage: async (accounts) => (await history.coverage({ filter: { accounts: [...accounts] } })).units,
      pace: async (accounts) => {
        const since = new Date(clock.now() - PACE_MS).toISOString();
        return (await history.pace({ accounts: [...accounts], since })).units;
      },
      refresh: (accounts) => holdings.refresh(accounts),
      holds: (tier, unit) => holdings.holds(tier, unit),
      lookUp: missed,
    });
  }

  async scan(scope: Scope): Promise<{ scan: string; total: number }> {
    const estate = await this.#estate();
    const units = scopeUnits(scope, estate, scope.tiers ? await this.#schedule.facts() : {});
    return { scan: this.#planner.begin(units), total: units.size };
  }

  async report(scan: string, waitMs: number): Promise<ScanReport> {
    await this.#scans.wait(scan, waitMs);
    return reportOf(scan, { ...this.#reporting, clock: this.#parts.runtime.clock });
  }

  cancel(scan: string): number {
    return this.#scans.cancel(scan);
  }

  start(): void {
    this.#schedule.start();
  }

  async stop(): Promise<void> {
    await this.#schedule.stop();
  }

  async close(): Promise<void> {
    await this.#schedule.stop();
    this.#scans.close();
    await this.#planner.idle();
  }

  async schedule(): Promise<{ running: boolean; tiers: TierState[] }> {
    return { running: this.#schedule.running, tiers: await this.#schedule.status() };
  }

  /** Live resources of each tier's units; of a tier that asks for tags or status, those that have them. */
  async holdings(): Promise<{ tiers: { tier: string; resources: number }[] }> {
    const { tiers } = this.#parts.runtime.config;
    const facts = await this.#schedule.facts();
    const accounts = (await this.#estate()).accounts.map(({ id }) => id);
    const sums = new Map(Object.keys(tiers).map((tier) => [tier, 0]));
    const add = (tier: string, key: string, count: number): void => {
      const [account = '', region = '', type = ''] = key.split('/');
      if (tierOf({ account, region, type }, tiers, facts) === tier) sums.set(tier, (sums.get(tier) ?? 0) + count);
    };
    const all = await heldBy({ tags: [], status: [] }, accounts, this.#parts.history);
    for (const [name, tier] of Object.entries(tiers)) {
      const held = asksResources(tier) ? await heldBy(tier, accounts, this.#parts.history) : all;
      for (const [key, count] of held) add(name, key, count);
    }
    return { tiers: [...sums].map(([tier, resources]) => ({ tier, resources })) };
  }

  /** What is configured can be told without the cloud; what is in it cannot. */
  async tiers(): Promise<TierTable> {
    const { tiers } = this.#parts.runtime.config;
    try {
      await this.#estate();
    } catch (error) {
      return { tiers: Object.entries(tiers).map(configured), error: codeOf(error), detail: messageOf(error) };
    }
    const [states, holdings] = [await this.#schedule.status(), await this.holdings()];
    const held = new Map(holdings.tiers.map(({ tier, resources }) => [tier, resources]));
    const rows = Object.entries(tiers).map(([name, tier]) => {
      const state = states.find((one) => one.tier === name);
      return { ...configured([name, tier]), ...state, resources: held.get(name) ?? 0 };
    });
    return { tiers: rows, error: '', detail: '' };
  }

  observed(row: Coverage): void {
    this.#schedule.observed(row);
    this.#scans.observed(row);
  }

  /** A unit was given up: its scan must not wait for it, and the loop tries it again. */
  failed(failure: Unobserved): void {
    this.observed(unobserved(failure, this.#parts.runtime.clock.now()));
  }
}

function configured([tier, { interval, ...pattern }]: [string, Tier]): TierTable['tiers'][number] {
  const { types, accounts, regions, tags, status } = pattern;
  return {
    tier,
    matches: { types, accounts, regions, tags, status },
    interval_ms: interval,
    tuned_ms: interval,
    units: null,
    resources: null,
    looks: 0,
    changed: 0,
    last: '',
    next: '',
  };
}
