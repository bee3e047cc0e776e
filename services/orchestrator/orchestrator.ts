/** What the orchestrator's actions and events do, put together from its parts. */
import { randomBytes } from 'node:crypto';
import type { Client } from '../../lib/contract.ts';
import type { Coverage, Unit } from '../../lib/resource.ts';
import type { Runtime } from '../../lib/runtime.ts';
import type { historyContract } from '../history/history.contract.ts';
import type { scannerContract } from '../scanner/scanner.contract.ts';
import { estateOf } from './estate.ts';
import type { ScanReport, Scope } from './orchestrator.contract.ts';
import { Planner } from './planner.ts';
import { reportOf } from './report.ts';
import { Scans, type ScansOptions } from './scans.ts';
import { Schedule, type TierState } from './schedule.ts';
import { allUnits, type Estate, scopeUnits } from './scope.ts';
import { type Unobserved, unobserved } from './unobserved.ts';

export interface OrchestratorParts extends Pick<ScansOptions, 'onDone'> {
  readonly runtime: Runtime;
  readonly history: Pick<Client<typeof historyContract>, 'coverage'>;
  readonly scanner: Pick<Client<typeof scannerContract>, 'types' | 'regions' | 'identify'>;
}

export class Orchestrator {
  readonly #parts: OrchestratorParts;
  readonly #estate: () => Promise<Estate>;
  readonly #scans: Scans;
  readonly #planner: Planner;
  readonly #schedule: Schedule;

  constructor(parts: OrchestratorParts) {
    const { config, clock, log, jobs } = parts.runtime;
    this.#parts = parts;
    this.#estate = estateOf(config, parts.scanner);
    this.#scans = new Scans({ clock, ...(parts.onDone ? { onDone: parts.onDone } : {}) });
    this.#planner = new Planner({ jobs, scans: this.#scans, clock, log, random: () => randomBytes(3).toString('hex') });
    this.#schedule = new Schedule({
      ...parts.runtime,
      tiers: config.tiers,
      planner: this.#planner,
      scans: this.#scans,
      units: () => this.#units(),
      coverage: async () => (await parts.history.coverage({})).units,
    });
  }

  async scan(scope: Scope): Promise<{ scan: string; total: number }> {
    const units = scopeUnits(scope, await this.#estate());
    return { scan: this.#planner.begin(units), total: units.length };
  }

  async report(scan: string, waitMs: number): Promise<ScanReport> {
    await this.#scans.wait(scan, waitMs);
    return reportOf(scan, { scans: this.#scans, history: this.#parts.history, clock: this.#parts.runtime.clock });
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

  async schedule(): Promise<{ running: boolean; tiers: TierState[] }> {
    return { running: this.#schedule.running, tiers: await this.#schedule.status() };
  }

  observed(row: Coverage): void {
    this.#schedule.observed(row);
    this.#scans.observed(row);
  }

  /** A unit was given up: its scan must not wait for it, and the loop tries it again. */
  failed(failure: Unobserved): void {
    this.observed(unobserved(failure, this.#parts.runtime.clock.now()));
  }

  async #units(): Promise<readonly Unit[]> {
    return allUnits(await this.#estate());
  }
}
