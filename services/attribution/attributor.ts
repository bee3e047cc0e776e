/** One run after the other: read the logs, answer open changes; again and again while the loop runs. */
import type { Runtime } from '../../lib/runtime.ts';
import { sleep } from '../../lib/time.ts';
import type { AttributedChange } from '../history/history.contract.ts';
import { answerOpen } from './answerer.ts';
import { type EventQueue, takeEvents } from './queue.ts';
import { LogReader, type ReaderParts, type Reading, storeTo } from './reader.ts';
import type { AuditRecord } from './record.ts';

export interface AttributorParts extends ReaderParts {
  readonly runtime: Pick<Runtime, 'config' | 'clock' | 'log'>;
  readonly queue: EventQueue | undefined;
  readonly told: (change: AttributedChange) => void;
  /** Told of what the queue delivered, once it is stored. */
  readonly heard?: (records: readonly AuditRecord[]) => void;
}
export interface RunRequest {
  readonly filter?: Reading['filter'];
  readonly deadlineMs: number;
}
export interface RunResult {
  readonly events: number;
  readonly attributed: number;
  readonly guessed: number;
  readonly pending: number;
  readonly behind: { account: string; region: string; error: string; detail: string }[];
}

const RUN_MS = 9 * 60_000;
/** A scan's changes come in bursts; a run answers all that are there. */
const SETTLE_MS = 2000;

export class Attributor {
  readonly #parts: AttributorParts;
  readonly #stopping = new AbortController();
  #last: Promise<unknown> = Promise.resolve();
  #loop: Promise<void> | undefined;
  #woken = new AbortController();

  constructor(parts: AttributorParts) {
    this.#parts = parts;
  }

  /** Runs wait for each other: two would read the same windows twice. */
  run({ filter, deadlineMs }: RunRequest): Promise<RunResult> {
    const next = this.#last.then(() => this.#once(filter, deadlineMs));
    this.#last = next.catch(() => undefined);
    return next;
  }

  start(): void {
    this.#loop ??= Promise.all([this.#forever(), this.#take()]).then(() => undefined);
  }

  /** There is news: the loop need not wait for its interval. */
  wake(): void {
    this.#woken.abort();
  }

  async close(): Promise<void> {
    this.#stopping.abort();
    await this.#loop;
    await this.#last;
    this.#parts.bucket?.close();
    this.#parts.queue?.close();
  }

  async #once(filter: Reading['filter'], deadlineMs: number): Promise<RunResult> {
    const { runtime, history, told, lookbackMs } = this.#parts;
    const { config, clock } = runtime;
    const now = clock.now();
    const signal = AbortSignal.any([this.#stopping.signal, AbortSignal.timeout(Math.min(RUN_MS, deadlineMs))]);
    const log = await LogReader.open(this.#parts, { filter, now, signal });
    const answered = await answerOpen({ history, ownerTags: config.tags.owner, lookbackMs, now, log, told });
    return { events: log.events, ...answered, behind: log.behind };
  }

  async #forever(): Promise<void> {
    const { runtime } = this.#parts;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await this.run({ deadlineMs: RUN_MS }).catch((error: unknown) =>
        runtime.log.warn({ error }, 'changes could not be attributed and will be tried again'),
      );
      await sleep(SETTLE_MS, signal, { unref: true }).catch(() => undefined);
      const woken = AbortSignal.any([signal, this.#woken.signal]);
      await sleep(runtime.config.attribution.interval, woken, { unref: true }).catch(() => undefined);
      this.#woken = new AbortController();
    }
  }

  async #take(): Promise<void> {
    const { queue, history, log, heard } = this.#parts;
    if (!queue) return;
    const keep = storeTo(history);
    const store = async (records: readonly AuditRecord[]): Promise<void> => {
      await keep(records);
      heard?.(records);
    };
    await takeEvents({ queue, store, log, arrived: () => this.wake() }, this.#stopping.signal);
  }
}
