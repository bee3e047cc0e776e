/**
 * Lets at most `max` pieces of work run at once, each owner in turn. Where there are several owners, none gets more than half
 * while others wait, and none ever gets the last quarter: one whose work takes for ever must not hold up the others, those
 * that come later neither.
 */
export class Gate {
  readonly #max: number;
  /** Owner → who waits, in the order in which they came; the owner whose turn is next stands first. */
  readonly #waiting = new Map<string, (() => void)[]>();
  readonly #running = new Map<string, number>();
  #total = 0;
  #first: string | undefined;
  #several = false;

  constructor(max: number) {
    this.#max = max;
  }

  /** Runs the work when there is room for it. Who may wait is bounded by the caller: so many jobs as it takes ahead. */
  async run<T>(owner: string, work: () => Promise<T>): Promise<T> {
    this.#first ??= owner;
    this.#several ||= owner !== this.#first;
    if (this.#mayBegin(owner)) this.#begin(owner);
    else await new Promise<void>((resolve) => this.#queue(owner).push(resolve));
    try {
      return await work();
    } finally {
      this.#end(owner);
    }
  }

  #mayBegin(owner: string): boolean {
    return this.#total < this.#max && (this.#running.get(owner) ?? 0) < this.#shareOf(owner);
  }

  #shareOf(owner: string): number {
    if (!this.#several || this.#max === 1) return this.#max;
    const others = this.#waiting.size > (this.#waiting.has(owner) ? 1 : 0);
    return others ? Math.ceil(this.#max / 2) : this.#max - Math.max(1, Math.floor(this.#max / 4));
  }

  #begin(owner: string): void {
    this.#total += 1;
    this.#running.set(owner, (this.#running.get(owner) ?? 0) + 1);
  }

  #end(owner: string): void {
    this.#total -= 1;
    const left = (this.#running.get(owner) ?? 1) - 1;
    if (left > 0) this.#running.set(owner, left);
    else this.#running.delete(owner);
    const next = [...this.#waiting.keys()].find((one) => this.#mayBegin(one));
    if (next !== undefined) this.#wake(next);
  }

  /** The owner's next turn comes after those of all who wait. */
  #wake(owner: string): void {
    const queue = this.#waiting.get(owner) ?? [];
    const resolve = queue.shift();
    this.#waiting.delete(owner);
    if (queue.length > 0) this.#waiting.set(owner, queue);
    this.#begin(owner);
    resolve?.();
  }

  #queue(owner: string): (() => void)[] {
    const known = this.#waiting.get(owner);
    if (known) return known;
    const made: (() => void)[] = [];
    this.#waiting.set(owner, made);
    return made;
  }
}
