/**
 * The loop: scans each unit at its tier's interval. What it knows is the last observation of each unit, which it reads from
 * the coverage when it starts: nothing of its own is lost when the process dies.
 */
import type { Logger } from '../../lib/log.ts';
import type { Metrics } from '../../lib/metrics.ts';
import { type Coverage, type Unit, unitKey } from '../../lib/resource.ts';
import { type Clock, sleep } from '../../lib/time.ts';
import { Looks } from './looks.ts';
import type { Planner } from './planner.ts';
import type { Scans } from './scans.ts';
import type { EstateAccount } from './scope.ts';
import { dueAt, type TierFacts, type Tiers, tierOf } from './tiers.ts';
import { type Pace, tunedInterval } from './tune.ts';
import type { Units } from './units.ts';

export interface ScheduleParts {
  readonly tiers: Tiers;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly planner: Planner;
  readonly scans: Scans;
  /** Accounts whose coverage is loaded at once. */
  readonly accountsAtOnce: number;
  /** The accounts with their names, and all units of the configuration. */
  estate(): Promise<{ accounts: readonly EstateAccount[]; units: Units }>;
  /** The last observation of each unit of these accounts. */
  coverage(accounts: readonly string[]): Promise<readonly Coverage[]>;
  /** The last two looks at each unit of these accounts. */
  pace(accounts: readonly string[]): Promise<readonly UnitPace[]>;
  /** Looks up which units hold what tiers ask for; `holds` tells it afterwards. */
  refresh(accounts: readonly string[]): Promise<void>;
  holds(tier: string, unit: Unit): boolean;
  /** Takes from the memory what was not heard of a scan. */
  lookUp(scan: string): Promise<void>;
}
export interface UnitPace extends Unit {
  readonly between_ms: number;
  readonly changed: boolean;
}
export interface TierState {
  readonly tier: string;
  readonly interval_ms: number;
  readonly tuned_ms: number;
  readonly units: number;
  /** Units that were read twice at least, and those of them where the second look saw a change. */
  readonly looks: number;
  readonly changed: number;
  readonly last: string;
  readonly next: string;
}

/** The longest nap: a clock may jump, and what was asked for by hand moves what is due. */
const LONGEST_NAP_MS = 30_000;
const SHORTEST_NAP_MS = 250;
/** To look through millions of units takes a while: the loop spends no more than a twentieth of its time on it. */
const NAPS_TO_TURNS = 20;
/** Pause after a failure, such as credentials that are not there yet. */
const AFTER_FAILURE_MS = 15_000;
/** Units that are planned and not observed yet: the rest is due when half of them have been. */
const MAX_UNITS = 5000;
/** What tiers hold, and their paces, are looked up again after this. */
const REFRESH_MS = 10 * 60_000;
/** A scan that was not heard of for so long is looked up in the memory. */
const SILENT_MS = 5 * 60_000;

interface Facts extends Required<TierFacts> {
  readonly units: Units;
}

export class Schedule {
  readonly #parts: ScheduleParts;
  readonly #looks = new Looks();
  /** Units that were planned and not observed yet → their scan. */
  readonly #planned = new Map<string, string>();
  #loaded = false;
  #refreshed = Number.NEGATIVE_INFINITY;
  #intervals = new Map<string, number>();
  /** Where the last turn stopped for want of room: what comes after it must not wait for ever. */
  #skip = 0;
  #stop: AbortController | undefined;
  #running: Promise<void> | undefined;

  constructor(parts: ScheduleParts) {
    this.#parts = parts;
  }

  get running(): boolean {
    return this.#running !== undefined;
  }

  start(): void {
    if (this.#running) return;
    const stop = new AbortController();
    this.#stop = stop;
    this.#running = this.#loop(stop.signal);
  }

  /** Plans nothing more; resolves when the loop has ended. */
  async stop(): Promise<void> {
    this.#stop?.abort();
    await this.#running;
    this.#running = undefined;
  }

  observed(row: Coverage): void {
    this.#looks.observed(row);
    this.#planned.delete(unitKey(row));
  }

  /** Loads what is not known yet, and gives what tells the units of a tier by its resources. */
  async facts(): Promise<Facts> {
    const { accounts, units } = await this.#parts.estate();
    const names = new Map(accounts.map(({ id, name }) => [id, name]));
    if (!this.#loaded) await this.#load([...names.keys()]);
    const nameOf = (account: string): string => names.get(account) ?? '';
    // What was never read may hold anything.
    const holds = (tier: string, unit: Unit): boolean => !this.#looks.of(unit) || this.#parts.holds(tier, unit);
    const facts = { units, nameOf, holds };
    if (this.#parts.clock.now() - this.#refreshed >= REFRESH_MS) await this.#refresh(facts, accounts);
    return facts;
  }

  /** Each tier's units, last observation and next one, and the interval that its pace comes to. */
  async status(): Promise<TierState[]> {
    const { tiers } = this.#parts;
    const facts = await this.facts();
    const states = new Map(Object.keys(tiers).map((tier) => [tier, noUnits()]));
    for (const unit of facts.units) {
      const tier = tierOf(unit, tiers, facts) ?? '';
      const state = states.get(tier);
      if (!state) continue;
      const look = this.#looks.of(unit);
      state.units += 1;
      state.last = Math.max(state.last, look?.started ?? 0);
      state.next = Math.min(state.next, dueAt(look, this.#intervalOf(tier)));
      state.pace = this.#looks.addTo(state.pace, unit);
    }
    return [...states].map(([tier, { units, last, next, pace }]) => ({
      tier,
      interval_ms: tiers[tier]?.interval ?? 0,
      tuned_ms: this.#intervalOf(tier),
      units,
      looks: pace.looks,
      changed: pace.changed,
      last: iso(last),
      next: units > 0 ? iso(Math.max(next, this.#parts.clock.now())) : '',
    }));
  }

  #intervalOf(tier: string): number {
    return this.#intervals.get(tier) ?? this.#parts.tiers[tier]?.interval ?? Number.POSITIVE_INFINITY;
  }

  async #load(accounts: readonly string[]): Promise<void> {
    const { accountsAtOnce } = this.#parts;
    for (let from = 0; from < accounts.length; from += accountsAtOnce) {
      const some = accounts.slice(from, from + accountsAtOnce);
      for (const row of await this.#parts.coverage(some)) this.observed(row);
      for (const unit of await this.#parts.pace(some))
        this.#looks.paced(unit, { betweenMs: unit.between_ms, changed: unit.changed });
    }
    this.#loaded = true;
  }

  async #refresh(facts: Facts, accounts: readonly EstateAccount[]): Promise<void> {
    const { tiers, clock, scans, metrics, log } = this.#parts;
    const ids = accounts.map(({ id }) => id);
    await this.#parts.refresh(ids);
    this.#refreshed = clock.now();
    this.#looks.keepOnly(new Set(ids));
    for (const state of ['active', 'suspended'] as const)
      metrics.accounts.labels(state).set(accounts.filter((account) => account.state === state).length);
    for (const scan of scans.silent(SILENT_MS)) await this.#parts.lookUp(scan);
    const paces = new Map<string, Pace>();
    for (const unit of facts.units) {
      const tier = tierOf(unit, tiers, facts) ?? '';
      paces.set(tier, this.#looks.addTo(paces.get(tier) ?? standing, unit));
    }
    for (const [tier, { interval, tune }] of Object.entries(tiers)) {
      const tuned = tunedInterval(interval, tune, paces.get(tier) ?? standing);
      if (tuned !== this.#intervalOf(tier)) log.info({ tier, interval, tuned }, 'the interval of a tier was tuned');
      this.#intervals.set(tier, tuned);
      metrics.tierIntervalSeconds.labels(tier).set(tuned / 1000);
    }
  }

  async #loop(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      let nap = AFTER_FAILURE_MS;
      const { log } = this.#parts;
      try {
        const begun = performance.now();
        const next = await this.#turn();
        nap = Math.max(next, SHORTEST_NAP_MS, Math.min(LONGEST_NAP_MS, (performance.now() - begun) * NAPS_TO_TURNS));
      } catch (error) {
        log.error({ error }, 'the loop could not plan');
      }
      await sleep(nap, signal).catch(() => undefined);
    }
  }

  /** Plans what is due, as far as there is room; returns the milliseconds until something else will be. */
  async #turn(): Promise<number> {
    const { clock, planner, scans, log } = this.#parts;
    const facts = await this.facts();
    for (const [unit, scan] of this.#planned) if (!scans.isRunning(scan)) this.#planned.delete(unit);
    const room = MAX_UNITS - this.#planned.size;
    if (room < MAX_UNITS / 2) return SHORTEST_NAP_MS;
    const { due, next } = this.#due(facts, clock.now(), room);
    if (due.length === 0) return next - clock.now();
    const scan = planner.begin(Object.assign(due, { size: due.length }));
    for (const unit of due) this.#planned.set(unitKey(unit), scan);
    log.info({ scan, units: due.length }, 'units are due');
    return due.length >= room ? SHORTEST_NAP_MS : next - clock.now();
  }

  /** Units that are due, as many as there is room for, going round from where the last turn stopped. */
  #due(facts: Facts, now: number, room: number): { due: Unit[]; next: number } {
    const { tiers, scans } = this.#parts;
    const skipped: Unit[] = [];
    const due: Unit[] = [];
    let next = now + LONGEST_NAP_MS;
    let at = 0;
    for (const unit of facts.units) {
      at += 1;
      const tier = tierOf(unit, tiers, facts);
      if (tier === undefined || this.#planned.has(unitKey(unit)) || scans.isPending(unit)) continue;
      const when = dueAt(this.#looks.of(unit), this.#intervalOf(tier));
      if (when > now) next = Math.min(next, when);
      else if (at <= this.#skip) {
        if (skipped.length < room) skipped.push(unit);
      } else if (due.length < room) due.push(unit);
      else {
        this.#skip = at - 1;
        return { due, next };
      }
    }
    this.#skip = 0;
    return { due: [...due, ...skipped].slice(0, room), next };
  }
}

const standing: Pace = { looks: 0, changed: 0, betweenMs: 0 };

function noUnits() {
  return { units: 0, last: 0, next: Number.POSITIVE_INFINITY, pace: standing };
}

function iso(at: number): string {
  return at > 0 && Number.isFinite(at) ? new Date(at).toISOString() : '';
}
