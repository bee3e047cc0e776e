/** When to judge: soon after something changed, and again and again because time alone makes a rule fire. */
import type { Logger } from '../../lib/log.ts';
import { sleep } from '../../lib/time.ts';

export interface ScheduleOptions {
  readonly work: () => Promise<unknown>;
  readonly log: Pick<Logger, 'error'>;
  /** After the last of several changes, milliseconds. */
  readonly quietMs: number;
  /** Without any change, milliseconds. */
  readonly everyMs: number;
  readonly signal: AbortSignal;
}

/** Runs the work, never twice at once; what comes while it runs makes it run once more. */
export class Schedule {
  readonly #options: ScheduleOptions;
  #wake: (() => void) | undefined;
  #wanted = false;
  #running: Promise<void> | undefined;

  constructor(options: ScheduleOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Something changed. */
  soon(): void {
    this.#wanted = true;
    this.#wake?.();
  }

  /** Resolves when no work is under way any more; the signal must have been aborted. */
  async stopped(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    const { work, log, signal, everyMs } = this.#options;
    while (!signal.aborted) {
      await this.#pause(everyMs);
      if (signal.aborted) return;
      await this.#quiet();
      if (signal.aborted) return;
      this.#wanted = false;
      await work().catch((error: unknown) => {
        if (!signal.aborted) log.error({ error }, 'judging failed');
      });
    }
  }

  /** Until something changed, or the time is up. */
  async #pause(ms: number): Promise<void> {
    if (this.#wanted) return;
    const woken = new AbortController();
    this.#wake = () => woken.abort();
    await this.#sleep(ms, woken.signal);
    this.#wake = undefined;
  }

  /** A scan writes in many batches: they are judged together, but the first of them does not wait for ever. */
  async #quiet(): Promise<void> {
    for (let round = 0; this.#wanted && round < 5; round++) {
      this.#wanted = false;
      await this.#sleep(this.#options.quietMs);
    }
  }

  async #sleep(ms: number, woken?: AbortSignal): Promise<void> {
    const signal = woken ? AbortSignal.any([this.#options.signal, woken]) : this.#options.signal;
    await sleep(ms, signal, { unref: true }).catch(() => undefined);
  }
}
