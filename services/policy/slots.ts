/**
 * Lets so many in at once; so many more may wait, in order of arrival. A tenant never holds the last slot, nor more than
 * half of the queue: whatever its batches do, another's are let in.
 */
import { elavaError } from '../../lib/errors.ts';

interface Waiter {
  readonly tenant: string | undefined;
  readonly admit: () => void;
  readonly refuse: (error: Error) => void;
}

export class Slots {
  readonly #maxQueue: number;
  readonly #waiting = new Set<Waiter>();
  /** Tenant → slots that it holds. */
  readonly #held = new Map<string, number>();
  readonly #share: number;
  #free: number;
  #closed = false;

  constructor(slots: number, maxQueue: number) {
    this.#free = slots;
    this.#share = Math.max(1, slots - 1);
    this.#maxQueue = maxQueue;
  }

  /** Resolves with a slot, to be given back by `leave`. Errors: QUEUE_FULL, CANCELLED. */
  async enter(signal?: AbortSignal, tenant?: string): Promise<void> {
    if (this.#closed || signal?.aborted) throw elavaError('CANCELLED', 'the wait for a thread was cancelled');
    if (this.#free > 0 && this.#mayEnter(tenant)) return this.#take(tenant);
    const own = tenant === undefined ? 0 : [...this.#waiting].filter((one) => one.tenant === tenant).length;
    if (this.#waiting.size >= this.#maxQueue || own >= Math.ceil(this.#maxQueue / 2)) {
      throw elavaError('QUEUE_FULL', `${this.#waiting.size} batches wait to be evaluated already`);
    }
    await this.#wait(signal, tenant);
  }

  /** The slot passes to the one that waits longest and may have it. */
  leave(tenant?: string): void {
    this.#free += 1;
    if (tenant !== undefined) {
      const held = (this.#held.get(tenant) ?? 1) - 1;
      if (held > 0) this.#held.set(tenant, held);
      else this.#held.delete(tenant);
    }
    for (const waiter of this.#waiting) {
      if (!this.#mayEnter(waiter.tenant)) continue;
      this.#waiting.delete(waiter);
      this.#take(waiter.tenant);
      return waiter.admit();
    }
  }

  /** Refuses who waits and whoever comes. */
  close(): void {
    this.#closed = true;
    for (const waiter of this.#waiting) waiter.refuse(elavaError('CANCELLED', 'the pool was closed'));
    this.#waiting.clear();
  }

  #mayEnter(tenant: string | undefined): boolean {
    return tenant === undefined || (this.#held.get(tenant) ?? 0) < this.#share;
  }

  #take(tenant: string | undefined): void {
    this.#free -= 1;
    if (tenant !== undefined) this.#held.set(tenant, (this.#held.get(tenant) ?? 0) + 1);
  }

  async #wait(signal: AbortSignal | undefined, tenant: string | undefined): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiter: Waiter = { tenant, admit: resolve, refuse: reject };
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
