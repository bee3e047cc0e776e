/**
 * The loop: scans each unit at its tier's interval. What it knows is the last observation of each unit, which it reads from
 * the coverage when it starts: nothing of its own is lost when the process dies.
 */
import type { Logger } from '../../lib/log.ts';
import { type Coverage, type Unit, unitKey } from '../../lib/resource.ts';
import { type Clock, sleep } from '../../lib/time.ts';
import type { Planner } from './planner.ts';
import type { Scans } from './scans.ts';
import { dueAt, type LastLook, type Tiers, tierOf } from './tiers.ts';

export interface ScheduleParts {
  readonly tiers: Tiers;
  readonly clock: Clock;
  readonly log: Logger;
  readonly planner: Planner;
  readonly scans: Scans;
  /** All units of the configuration. */
  units(): Promise<readonly Unit[]>;
  /** The last observation of each unit. */
  coverage(): Promise<readonly Coverage[]>;
}
export interface TierState {
  readonly tier: string;
  readonly interval_ms: number;
  readonly units: number;
  readonly last: string;
  readonly next: string;
}

/** The longest nap: a clock may jump, and what was asked for by hand moves what is due. */
const LONGEST_NAP_MS = 30_000;
const SHORTEST_NAP_MS = 250;
/** Pause after a failure, such as credentials that are not there yet. */
const AFTER_FAILURE_MS = 15_000;
/** Units that one scan of the loop holds. */
const MAX_UNITS = 5000;

export class Schedule {
  readonly #parts: ScheduleParts;
  readonly #last = new Map<string, LastLook>();
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

  observed({ account, region, type, started, state }: Coverage): void {
    this.#last.set(unitKey({ account, region, type }), { started: Date.parse(started), state });
  }

  /** Loads what is not known yet and tells each tier's units, last observation and next one. */
  async status(): Promise<TierState[]> {
    const units = await this.#parts.units();
    if (this.#last.size === 0) await this.#load();
    return Object.entries(this.#parts.tiers).map(([tier, { interval }]) => {
      const mine = units.filter((unit) => tierOf(unit, this.#parts.tiers) === tier);
      const looks = mine.map((unit) => this.#last.get(unitKey(unit)));
      const last = Math.max(0, ...looks.map((look) => look?.started ?? 0));
      const next = Math.min(...looks.map((look) => dueAt(look, interval)));
      return {
        tier,
        interval_ms: interval,
        units: mine.length,
        last: iso(last),
        next: mine.length > 0 ? iso(this.#notPast(next)) : '',
      };
    });
  }

  async #load(): Promise<void> {
    for (const row of await this.#parts.coverage()) {
      const known = this.#last.get(unitKey(row));
      if (!known || known.started < Date.parse(row.started)) this.observed(row);
    }
  }

  async #loop(signal: AbortSignal): Promise<void> {
    let loaded = false;
    while (!signal.aborted) {
      let nap = AFTER_FAILURE_MS;
      try {
        if (!loaded) await this.#load();
        loaded = true;
        nap = await this.#turn();
      } catch (error) {
        this.#parts.log.error({ error }, 'the loop could not plan');
      }
      await sleep(nap, signal).catch(() => undefined);
    }
  }

  /** Plans what is due; returns the milliseconds until something else will be. */
  async #turn(): Promise<number> {
    const { tiers, clock, planner, scans, log } = this.#parts;
    const now = clock.now();
    const due: Unit[] = [];
    let next = now + LONGEST_NAP_MS;
    for (const unit of await this.#parts.units()) {
      const interval = tiers[tierOf(unit, tiers) ?? '']?.interval;
      if (interval === undefined || scans.isPending(unit)) continue;
      const at = dueAt(this.#last.get(unitKey(unit)), interval);
      if (at <= now) due.push(unit);
      else next = Math.min(next, at);
    }
    for (let from = 0; from < due.length; from += MAX_UNITS) {
      const units = due.slice(from, from + MAX_UNITS);
      log.info({ scan: planner.begin(units), units: units.length }, 'units are due');
    }
    return Math.max(SHORTEST_NAP_MS, next - clock.now());
  }

  #notPast(at: number): number {
    return Math.max(at, this.#parts.clock.now());
  }
}

function iso(at: number): string {
  return at > 0 ? new Date(at).toISOString() : '';
}
