/** Lets so many in at once; so many more may wait, in order of arrival. */
import { elavaError } from '../../lib/errors.ts';

interface Waiter {
  readonly admit: () => void;
  readonly refuse: (error: Error) => void;
}

export class Slots {
  readonly #maxQueue: number;
  readonly #waiting = new Set<Waiter>();
  #free: number;
  #closed = false;

  constructor(slots: number, maxQueue: number) {
    this.#free = slots;
    this.#maxQueue = maxQueue;
  }

  /** Resolves with a slot, to be given back by `leave`. Errors: QUEUE_FULL, CANCELLED. */
  async enter(signal?: AbortSignal): Promise<void> {
    if (this.#closed || signal?.aborted) throw elavaError('CANCELLED', 'the wait for a thread was cancelled');
    if (this.#free > 0) {
      this.#free -= 1;
      return;
    }
    if (this.#waiting.size >= this.#maxQueue) {
      throw elavaError('QUEUE_FULL', `${this.#maxQueue} batches wait to be evaluated already`);
    }
    await this.#wait(signal);
  }

  /** The slot passes to the one that waits longest. */
  leave(): void {
    const [next] = this.#waiting;
    if (!next) {
      this.#free += 1;
      return;
    }
    this.#waiting.delete(next);
    next.admit();
  }

  /** Refuses who waits and whoever comes. */
  close(): void {
    this.#closed = true;
    for (const waiter of this.#waiting) waiter.refuse(elavaError('CANCELLED', 'the pool was closed'));
    this.#waiting.clear();
  }

  async #wait(signal: AbortSignal | undefined): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiter: Waiter = { admit: resolve, refuse: reject };
    const abort = (): void => {
      this.#waiting.delete(waiter);
      reject(elavaError('CANCELLED', 'the wait for a thread was cancelled', { cause: signal?.reason }));
    };
    this.#waiting.add(waiter);
    signal?.addEventListener('abort', abort, { once: true });
    try {
      await promise;
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }
}
