/** Runs `reconcile` for keys of a queue, some at once, and decides when a key comes back. */
import { codeOf, messageOf } from '../../../lib/errors.ts';
import type { Logger } from '../../../lib/log.ts';
import { refusalOf } from './api-errors.ts';
import { WorkQueue } from './work-queue.ts';

export interface Attempt {
  readonly key: string;
  /** Failures of this key in a row so far. */
  readonly failures: number;
  readonly signal: AbortSignal;
}
export interface Outcome {
  /** Come back after so many milliseconds, as for an expiry. */
  readonly againMs?: number;
  /** Counts as a failure: come back by the backoff. */
  readonly failed?: unknown;
}
export interface ControllerOptions {
  readonly reconcile: (attempt: Attempt) => Promise<Outcome>;
  readonly concurrency: number;
  /** Every key is looked at again after so long, give or take a tenth. */
  readonly resyncMs: number;
  /** Milliseconds of the first, second, … wait; the last one goes on. */
  readonly backoffMs: readonly number[];
  readonly log: Logger;
  readonly onDone?: (outcome: string, ms: number) => void;
}

export class Controller {
  readonly #options: ControllerOptions;
  readonly #failures = new Map<string, number>();
  #queue = new WorkQueue();

  constructor(options: ControllerOptions) {
    this.#options = options;
  }

  get depth(): number {
    return this.#queue.depth;
  }

  add(key: string): void {
    this.#queue.add(key);
  }

  /** Works until `signal` aborts, and resolves when no key is being worked on. It may run again afterwards. */
  async run(signal: AbortSignal): Promise<void> {
    const queue = this.#queue;
    signal.addEventListener('abort', () => queue.close(), { once: true });
    if (signal.aborted) queue.close();
    await Promise.all(Array.from({ length: this.#options.concurrency }, () => this.#work(queue, signal)));
    this.#queue = new WorkQueue();
    this.#failures.clear();
  }

  async #work(queue: WorkQueue, signal: AbortSignal): Promise<void> {
    for (let key = await queue.take(); key !== undefined; key = await queue.take()) {
      await this.#once(queue, key, signal);
      queue.done(key);
    }
  }

  async #once(queue: WorkQueue, key: string, signal: AbortSignal): Promise<void> {
    const start = performance.now();
    const failures = this.#failures.get(key) ?? 0;
    let outcome: Outcome;
    try {
      outcome = await this.#options.reconcile({ key, failures, signal });
    } catch (failed) {
      outcome = { failed };
    }
    if (signal.aborted) return;
    if (outcome.failed === undefined) {
      this.#failures.delete(key);
      const resync = this.#options.resyncMs * (0.9 + Math.random() / 5);
      queue.addAfter(key, Math.min(outcome.againMs ?? resync, resync));
    } else {
      this.#failures.set(key, failures + 1);
      const wait = waitFor(this.#options.backoffMs, failures, outcome.failed);
      queue.addAfter(key, wait);
      const code = codeOf(outcome.failed);
      this.#options.log.warn(
        { key, code, failures: failures + 1, wait, reason: messageOf(outcome.failed) },
        'reconcile failed',
      );
    }
    this.#options.onDone?.(outcome.failed === undefined ? 'ok' : codeOf(outcome.failed), performance.now() - start);
  }

  /** A key that is gone for good. */
  forget(key: string): void {
    this.#failures.delete(key);
  }
}

/** A conflict is not a failure of the cluster: what was read is old, and reading again is the remedy. */
export function waitFor(backoffMs: readonly number[], failures: number, error: unknown): number {
  const code = codeOf(error);
  if (code === 'KUBE_CONFLICT') return 100 * 2 ** Math.min(failures, 6);
  const wait = backoffMs[Math.min(failures, backoffMs.length - 1)] ?? 0;
  return Math.max(wait, refusalOf(error)?.retryAfterMs ?? 0);
}
