/** Works the jobs of the regions: at most so many units at once in this process, whichever regions they are of. */
import type { Cloud } from '../../lib/config/cloud.ts';
import { codeOf, elavaError, messageOf } from '../../lib/errors.ts';
import { Slots } from '../../lib/jobs/slots.ts';
import type { Delivery, Jobs, Worker } from '../../lib/jobs.ts';
import type { Logger } from '../../lib/log.ts';
import { type Coverage, unitKey } from '../../lib/resource.ts';
import { linked, sleep } from '../../lib/time.ts';
import { Gate } from './gate.ts';
import { type ScanParts, scanUnit } from './scan.ts';
import { type ScanJob, scannerTopic } from './scanner.contract.ts';

export interface UnitsOptions {
  readonly cloud: Pick<Cloud, 'concurrency' | 'unitTimeoutMs'>;
  readonly jobs: Jobs;
  readonly log: Logger;
  readonly scan: ScanParts;
  /** The regions whose units are read here, "global" among them. */
  readonly regions: readonly string[];
  /**
   * Jobs taken for each unit that may run: among them the one is chosen whose account has the fewest. Where several scanners
   * share a queue, what one takes ahead the others cannot.
   */
  readonly ahead?: number;
  readonly onGivenUp: (failure: ScanJob & { error: string; detail: string }) => void;
}

/** Deliveries of a job whose observation cannot be stored. What goes wrong with AWS is an observation, not a failure. */
const ATTEMPTS = 3;
/** Time beyond the unit's own in which what was read is stored. */
const STORE_MS = 120_000;
/** Units under way may end within this long after a stop; then they are cut short. */
const GRACE_MS = 5000;
/** What was read of them may be stored within this long. */
const STORE_GRACE_MS = 5000;
/** Cancelled scans that are remembered. */
const MAX_CANCELLED = 1000;

export class Units {
  readonly #options: UnitsOptions;
  readonly #gate: Gate;
  readonly #stopping = new AbortController();
  readonly #cancelled = new Set<string>();
  /** Ends the wait for a unit that is being read. */
  readonly #waiting = new Set<() => void>();
  #workers: Worker[] = [];
  #closing = false;

  constructor(options: UnitsOptions) {
    this.#options = options;
    this.#gate = new Gate(options.cloud.concurrency);
  }

  start(): void {
    const { cloud, jobs, regions, ahead = 8 } = this.#options;
    // A job waits its turn behind those of all other regions; the unit itself has a time of its own.
    const deadlineMs = (regions.length + ahead) * (cloud.unitTimeoutMs + STORE_MS);
    const concurrency = cloud.concurrency * ahead;
    const options = { concurrency, attempts: ATTEMPTS, deadlineMs, slots: new Slots(concurrency) };
    this.#workers = regions.map((region) =>
      jobs.work<ScanJob>(scannerTopic(region), options, (job, delivery) => this.#work(job, delivery)),
    );
  }

  /**
   * Takes no more jobs, lets units under way end for a while, then cuts them short, and waits no longer for a memory that does
   * not answer. What has not begun does not.
   */
  async close(graceMs = GRACE_MS, storeMs = STORE_GRACE_MS): Promise<void> {
    this.#closing = true;
    const closed = Promise.all(this.#workers.map((worker) => worker.close()));
    await Promise.race([closed, sleep(graceMs, undefined, { unref: true })]);
    this.#stopping.abort();
    await Promise.race([closed, sleep(storeMs, undefined, { unref: true })]);
    for (const giveUp of this.#waiting) giveUp();
    await closed;
  }

  cancel(scan: string): void {
    this.#cancelled.add(scan);
    const [oldest] = this.#cancelled;
    if (this.#cancelled.size > MAX_CANCELLED && oldest !== undefined) this.#cancelled.delete(oldest);
  }

  /** Scans one unit as soon as there is room. */
  scan(job: ScanJob, signal: AbortSignal = this.#stopping.signal): Promise<Coverage> {
    return this.#gate.run(job.unit.account, async () => {
      if (this.#closing) throw elavaError('CANCELLED', 'the scanner is stopping');
      using either = linked([signal, this.#stopping.signal]);
      return await this.#unlessGivenUp(scanUnit(job, this.#options.scan, either.signal));
    });
  }

  /** What a memory that does not answer may still store of the unit, whoever takes it stores again. */
  async #unlessGivenUp<T>(scan: Promise<T>): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const giveUp = (): void => reject(elavaError('CANCELLED', 'the scanner is stopping'));
    this.#waiting.add(giveUp);
    scan.then(resolve, reject);
    try {
      return await promise;
    } finally {
      this.#waiting.delete(giveUp);
    }
  }

  async #work(job: ScanJob, { attempt, signal }: Delivery): Promise<void> {
    if (this.#cancelled.has(job.scan)) return;
    try {
      await this.scan(job, signal);
    } catch (error) {
      // Another process takes the unit; where there is none, it is due again when this one is back.
      if (this.#closing) throw elavaError('CANCELLED', 'the scanner is stopping', { cause: error });
      this.#options.log.error({ error, unit: unitKey(job.unit), scan: job.scan, attempt }, 'unit could not be stored');
      if (attempt >= ATTEMPTS) this.#options.onGivenUp({ ...job, error: codeOf(error), detail: messageOf(error) });
      throw error;
    }
  }
}
