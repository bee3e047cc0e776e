/**
 * Lets so many in at once; so many more may wait, in order of arrival. A tenant never holds the last two slots, nor more
 * than half of the queue: whatever its batches do, another's are let in, and there is a processor to answer them. Work of
 * our own may be kept from the last slot too.
 */
import { elavaError } from '../../lib/errors.ts';

/** Who asks; nobody: work of our own. `most` is how many slots the tenant may hold, where that is less than its share. */
export interface Guest {
  readonly tenant: string;
  readonly most?: number | undefined;
}

interface Waiter {
  readonly guest: Guest | undefined;
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
  /** Slots that work of our own may still take. */
  #freeForOwn: number;
  #closed = false;

  /** `own` is how many slots work of our own may hold; all of them when absent. */
  constructor(slots: number, maxQueue: number, own = slots) {
    this.#free = slots;
    this.#freeForOwn = own;
    this.#share = Math.max(1, slots - 2);
    this.#maxQueue = maxQueue;
  }

  /** Resolves with a slot, to be given back by `leave`. Errors: QUEUE_FULL, CANCELLED. */
  async enter(signal?: AbortSignal, guest?: Guest): Promise<void> {
    if (this.#closed || signal?.aborted) throw elavaError('CANCELLED', 'the wait for a thread was cancelled');
    if (this.#mayEnter(guest)) return this.#take(guest);
    const mine = guest ? [...this.#waiting].filter((one) => one.guest?.tenant === guest.tenant).length : 0;
    if (this.#waiting.size >= this.#maxQueue || mine >= Math.ceil(this.#maxQueue / 2)) {
      throw elavaError('QUEUE_FULL', `${this.#waiting.size} batches wait to be evaluated already`);
    }
    await this.#wait(signal, guest);
  }

  /** The slot passes to the one that waits longest and may have it. */
  leave(guest?: Guest): void {
    this.#free += 1;
    if (!guest) this.#freeForOwn += 1;
    else {
      const held = (this.#held.get(guest.tenant) ?? 1) - 1;
      if (held > 0) this.#held.set(guest.tenant, held);
      else this.#held.delete(guest.tenant);
    }
    for (const waiter of this.#waiting) {
      if (!this.#mayEnter(waiter.guest)) continue;
      this.#waiting.delete(waiter);
      this.#take(waiter.guest);
      waiter.admit();
      if (this.#free === 0) return;
    }
  }

  /** Refuses who waits and whoever comes. */
  close(): void {
    this.#closed = true;
    for (const waiter of this.#waiting) waiter.refuse(elavaError('CANCELLED', 'the pool was closed'));
    this.#waiting.clear();
  }

  #mayEnter(guest: Guest | undefined): boolean {
    if (this.#free === 0) return false;
    if (!guest) return this.#freeForOwn > 0;
    return (this.#held.get(guest.tenant) ?? 0) < Math.min(this.#share, guest.most ?? this.#share);
  }

  #take(guest: Guest | undefined): void {
    this.#free -= 1;
    if (guest) this.#held.set(guest.tenant, (this.#held.get(guest.tenant) ?? 0) + 1);
    else this.#freeForOwn -= 1;
  }

  async #wait(signal: AbortSignal | undefined, guest: Guest | undefined): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiter: Waiter = { guest, admit: resolve, refuse: reject };
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
