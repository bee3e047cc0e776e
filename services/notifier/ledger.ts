/** What became of the latest notices, in memory: bounded, the oldest goes first. */
import type { Delivery } from './notifier.contract.ts';

export class Ledger {
  readonly #capacity: number;
  readonly #held = new Map<string, Delivery>();

  constructor(capacity = 1000) {
    this.#capacity = capacity;
  }

  put(delivery: Delivery): void {
    this.#held.delete(delivery.id);
    this.#held.set(delivery.id, delivery);
    const oldest = this.#held.keys().next().value;
    if (this.#held.size > this.#capacity && oldest !== undefined) this.#held.delete(oldest);
  }

  /** Newest first. */
  latest({ key, limit = 100 }: { key?: string | undefined; limit?: number | undefined } = {}): Delivery[] {
    return [...this.#held.values()]
      .filter((one) => key === undefined || one.key === key)
      .toReversed()
      .slice(0, limit);
  }
}
