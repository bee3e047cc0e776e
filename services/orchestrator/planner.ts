/** Hands units to the scanners: one job a unit, on the topic of its region. */
import type { Jobs } from '../../lib/jobs.ts';
import type { Logger } from '../../lib/log.ts';
import { type Unit, unitKey } from '../../lib/resource.ts';
import type { Clock } from '../../lib/time.ts';
import { type ScanJob, scannerTopic } from '../scanner/scanner.contract.ts';
import type { Scans } from './scans.ts';

export interface PlannerParts {
  readonly jobs: Jobs;
  readonly scans: Scans;
  readonly clock: Clock;
  readonly log: Logger;
  /** A few digits that tell scans of one second apart. */
  readonly random: () => string;
  /** Looks a scan up of which nothing was heard: events are volatile, and a scan must not wait for a lost one. */
  readonly lookUp: (scan: string) => Promise<void>;
}

/** A scan that is full and silent for so long is looked up. */
const SILENT_MS = 30_000;

export class Planner {
  readonly #parts: PlannerParts;
  readonly #publishing = new Set<Promise<void>>();

  constructor(parts: PlannerParts) {
    this.#parts = parts;
  }

  /** Begins a scan of the units and returns its id; the jobs go out as fast as the scanners take them. */
  begin(units: Iterable<Unit> & { readonly size: number }): string {
    const { scans, clock, random } = this.#parts;
    const scan = `${compact(clock.now())}-${random()}`;
    scans.begin(scan, units.size);
    const publishing = this.#publish(scan, units).finally(() => this.#publishing.delete(publishing));
    this.#publishing.add(publishing);
    return scan;
  }

  /** Resolves when no job is on its way to the queue any more. */
  async idle(): Promise<void> {
    await Promise.all(this.#publishing);
  }

  async #publish(scan: string, units: Iterable<Unit>): Promise<void> {
    const { jobs, scans, log, lookUp } = this.#parts;
    try {
      for (const unit of units) {
        while (!(await scans.room(scan, SILENT_MS))) await lookUp(scan);
        if (!scans.isRunning(scan)) return;
        scans.add(scan, unit);
        const job: ScanJob = { scan, unit };
        await jobs.publish(scannerTopic(unit.region), job, { id: `${scan}/${unitKey(unit)}` });
      }
    } catch (error) {
      log.error({ error, scan }, 'units could not be queued');
      if (scans.isRunning(scan)) scans.cancel(scan);
    }
  }
}

/** Sorts by time and reads as such: 20260601T090000Z. */
function compact(now: number): string {
  return new Date(now).toISOString().replace(/[-:]|\.\d+/g, '');
}
