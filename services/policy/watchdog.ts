/**
 * Ends batches that take too long. Time counts from when a thread has begun with one: starting a thread takes longer than
 * a tenant's evaluation may.
 */
import { Progress } from './tasks.ts';

export interface WatchedBatch {
  readonly progress: Int32Array<SharedArrayBuffer>;
  readonly deadlineMs: number;
  /** Each line has the time for itself. */
  readonly eachLine: boolean;
}

interface Watched extends WatchedBatch {
  readonly late: AbortController;
  readonly given: number;
  line: number;
  since: number;
}

/** How often is looked, milliseconds: that much more than its time a batch may take. */
const everyMs = 20;
/** A thread that has not begun by then never will. */
const startMs = 30_000;

export class Watchdog {
  readonly #watched = new Set<Watched>();
  #timer: NodeJS.Timeout | undefined;

  /** The signal aborts when the batch has taken too long; `release` when it is through. */
  watch(batch: WatchedBatch): { readonly signal: AbortSignal; release(): void } {
    const now = performance.now();
    const watched: Watched = { ...batch, late: new AbortController(), given: now, line: -1, since: now };
    this.#watched.add(watched);
    this.#timer ??= setInterval(() => this.#look(), everyMs);
    return {
      signal: watched.late.signal,
      release: () => {
        this.#watched.delete(watched);
      },
    };
  }

  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#watched.clear();
  }

  #look(): void {
    // The timer outlives a short batch, so that a stream of them does not start one each.
    if (this.#watched.size === 0) return this.close();
    const now = performance.now();
    for (const watched of this.#watched) if (isLate(watched, now)) watched.late.abort();
  }
}

function isLate(watched: Watched, now: number): boolean {
  const line = Atomics.load(watched.progress, Progress.line);
  if (line < 0) return now - watched.given > startMs;
  if (watched.line < 0 || (watched.eachLine && line !== watched.line)) {
    watched.line = line;
    watched.since = now;
  }
  return now - watched.since > watched.deadlineMs;
}
