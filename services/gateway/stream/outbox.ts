/**
 * What one listener has yet to be sent. It holds 1,024 entries; a listener that is slower loses the oldest of them, and
 * is told which before it gets what came after.
 */
import type { Entry, Missed } from './hub.ts';

export const outboxSize = 1024;

export class Outbox {
  #waiting: Entry[] = [];
  /** First and last number that was dropped, by tenant. */
  readonly #lost = new Map<string, { from: number; to: number }>();
  #dropped = 0;

  get dropped(): number {
    return this.#dropped;
  }

  get size(): number {
    return this.#waiting.length;
  }

  /** True when something had to go for it. */
  push(entry: Entry): boolean {
    this.#waiting.push(entry);
    if (this.#waiting.length <= outboxSize) return false;
    // Half at once: to take one off the front of an array, again and again, copies it each time.
    const gone = this.#waiting.splice(0, outboxSize / 2);
    for (const one of gone) this.#lose(one);
    return true;
  }

  /** Takes all that waits: what was lost before it, and the entries in their order. */
  take(): { readonly missed: readonly Missed[]; readonly entries: readonly Entry[] } {
    const missed = [...this.#lost].map(([tenant, range]) => ({ tenant, ...range }));
    const entries = this.#waiting;
    this.#lost.clear();
    this.#waiting = [];
    return { missed, entries };
  }

  /** What waits is lost with its listener. */
  abandon(): number {
    const left = this.#waiting.length;
    this.#waiting = [];
    this.#dropped += left;
    return left;
  }

  #lose({ seq, record: { tenant } }: Entry): void {
    this.#dropped += 1;
    const known = this.#lost.get(tenant);
    this.#lost.set(tenant, { from: known?.from ?? seq, to: seq });
  }
}
