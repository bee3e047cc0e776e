/** One run after the other: read the logs, answer open changes; again and again while the loop runs. */
import type { Runtime } from '../../lib/runtime.ts';
import { sleep } from '../../lib/time.ts';
import type { AttributedChange } from '../history/history.contract.ts';
import { answerOpen } from './answerer.ts';
import { type ReaderParts, type Reading, type ReadResult, readLogs } from './reader.ts';

export interface AttributorParts extends ReaderParts {
  readonly runtime: Pick<Runtime, 'config' | 'clock' | 'log'>;
  readonly told: (change: AttributedChange) => void;
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

export class Attributor {
  readonly #parts: AttributorParts;
  readonly #stopping = new AbortController();
  #last: Promise<unknown> = Promise.resolve();
  #loop: Promise<void> | undefined;

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
    this.#loop ??= this.#forever();
  }

  async close(): Promise<void> {
    this.#stopping.abort();
    await this.#loop;
    await this.#last;
    this.#parts.bucket?.close();
  }

  async #once(filter: Reading['filter'], deadlineMs: number): Promise<RunResult> {
    const { runtime, history, told, lookbackMs } = this.#parts;
    const { config, clock } = runtime;
    const now = clock.now();
    const signal = AbortSignal.any([this.#stopping.signal, AbortSignal.timeout(Math.min(RUN_MS, deadlineMs))]);
    const read = config.attribution.cloudtrail ? await readLogs(this.#parts, { filter, now, signal }) : none;
    const parts = { history, ownerTags: config.tags.owner, lookbackMs, now, upto: read.upto, told };
    const answered = await answerOpen(parts);
    return { events: read.events, ...answered, behind: read.behind.map((place) => ({ ...place })) };
  }

  async #forever(): Promise<void> {
    const { runtime } = this.#parts;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await this.run({ deadlineMs: RUN_MS }).catch((error: unknown) =>
        runtime.log.warn({ error }, 'changes could not be attributed and will be tried again'),
      );
      await sleep(runtime.config.attribution.interval, signal, { unref: true }).catch(() => undefined);
    }
  }
}

const none: ReadResult = { events: 0, upto: new Map(), behind: [] };
