/** Room for so many pieces of work at once, shared by whoever takes of it, in the order in which they came. */
export class Slots {
  readonly total: number;
  #free: number;
  readonly #waiting: (() => void)[] = [];
  #turn: Promise<void> = Promise.resolve();

  constructor(total: number) {
    this.total = total;
    this.#free = total;
  }

  get free(): number {
    return this.#free;
  }

  /** Waits for one at least and takes up to `most`; 0 when the signal aborts first. Waiters: one a caller. */
  async take(most: number, signal: AbortSignal): Promise<number> {
    while (this.#free <= 0 && !signal.aborted) await this.#room(signal);
    if (signal.aborted) return 0;
    const taken = Math.min(most, this.#free);
    this.#free -= taken;
    return taken;
  }

  /** Takes one if there is one; else `told` is called once when there may be. */
  takeOr(told: () => void): boolean {
    if (this.#free <= 0) {
      this.#waiting.push(told);
      return false;
    }
    this.#free -= 1;
    return true;
  }

  /** Takes all there are, one caller after the other; fewer when the signal aborts. `release` lets the next one begin. */
  async takeAll(signal: AbortSignal): Promise<{ readonly held: number; readonly release: () => void }> {
    const before = this.#turn;
    let release = (): void => {};
    this.#turn = new Promise<void>((resolve) => {
      release = resolve;
    });
    await before;
    let held = 0;
    while (held < this.total && !signal.aborted) held += await this.take(this.total - held, signal);
    return { held, release };
  }

  give(count: number): void {
    this.#free += count;
    // All of them: one that has nothing to do any more would otherwise keep the news from the others.
    for (const wake of this.#waiting.splice(0)) wake();
  }

  #room(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        signal.removeEventListener('abort', abort);
        resolve();
      };
      const abort = (): void => {
        const at = this.#waiting.indexOf(wake);
        if (at >= 0) this.#waiting.splice(at, 1);
        resolve();
      };
      this.#waiting.push(wake);
      signal.addEventListener('abort', abort, { once: true });
    });
  }
}
