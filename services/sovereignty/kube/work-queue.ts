/** Keys that want work: each waits once, is never worked on twice at once, and comes back later when asked to. */
const LONGEST_TIMER_MS = 2_147_483_647;

interface Delayed {
  readonly at: number;
  readonly timer: NodeJS.Timeout;
}

/** It holds at most one entry for each key, and keys are those of objects: that is its bound. */
export class WorkQueue {
  readonly #waiting = new Set<string>();
  readonly #working = new Set<string>();
  /** Asked for while they are worked on: they run again afterwards. */
  readonly #again = new Set<string>();
  readonly #delayed = new Map<string, Delayed>();
  readonly #takers: ((key: string | undefined) => void)[] = [];
  #closed = false;

  get depth(): number {
    return this.#waiting.size;
  }

  add(key: string): void {
    if (this.#closed) return;
    this.#cancel(key);
    if (this.#working.has(key)) this.#again.add(key);
    else {
      this.#waiting.add(key);
      this.#hand();
    }
  }

  /** The earliest of several times wins. A time beyond a timer's reach brings the key early, which does no harm. */
  addAfter(key: string, ms: number): void {
    if (this.#closed) return;
    const wait = Math.min(Math.max(0, ms), LONGEST_TIMER_MS);
    const at = performance.now() + wait;
    const held = this.#delayed.get(key);
    if (held && held.at <= at) return;
    this.#cancel(key);
    const timer = setTimeout(() => {
      this.#delayed.delete(key);
      this.add(key);
    }, wait);
    timer.unref();
    this.#delayed.set(key, { at, timer });
  }

  /** The next key, or undefined when the queue is closed. Who takes a key says `done` in the end. */
  async take(): Promise<string | undefined> {
    if (this.#closed) return undefined;
    const [key] = this.#waiting;
    if (key !== undefined) return this.#start(key);
    return await new Promise((resolve) => this.#takers.push(resolve));
  }

  done(key: string): void {
    this.#working.delete(key);
    if (this.#again.delete(key)) this.add(key);
  }

  close(): void {
    this.#closed = true;
    for (const key of this.#delayed.keys()) this.#cancel(key);
    this.#waiting.clear();
    this.#again.clear();
    for (const taker of this.#takers.splice(0)) taker(undefined);
  }

  #hand(): void {
    const [key] = this.#waiting;
    if (key === undefined) return;
    const taker = this.#takers.shift();
    if (taker) taker(this.#start(key));
  }

  #start(key: string): string {
    this.#waiting.delete(key);
    this.#working.add(key);
    return key;
  }

  #cancel(key: string): void {
    const held = this.#delayed.get(key);
    if (!held) return;
    clearTimeout(held.timer);
    this.#delayed.delete(key);
  }
}
