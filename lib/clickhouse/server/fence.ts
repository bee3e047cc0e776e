/** The latest term that wrote to the store. A writer of an earlier one was paused or cut off and must stop. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { FENCED, Refused } from './errors.ts';

export class Fence {
  readonly #file: string;
  #term: number;
  /** Writes under way: those of an earlier term end before the first of a later one begins. */
  readonly #writing = new Set<Promise<unknown>>();

  constructor(dir: string) {
    this.#file = path.join(dir, 'fence');
    this.#term = read(this.#file);
  }

  get term(): number {
    return this.#term;
  }

  /** Forgets the term: for a store whose NATS was made anew and counts from one again. */
  reset(): void {
    this.#save(0);
  }

  /** Runs a request of a term. One without a term writes only while no term ever did. Throws Refused. */
  async run<T>(term: number | undefined, writes: boolean, work: () => Promise<T>): Promise<T> {
    if (term !== undefined && term > this.#term) await this.#raise(term);
    if (!writes) return work();
    if ((term ?? 0) < this.#term)
      throw new Refused(FENCED, 'FENCED', `the store is written under term ${this.#term}, this was ${term ?? 'none'}`);
    const writing = work();
    this.#writing.add(writing);
    try {
      return await writing;
    } finally {
      this.#writing.delete(writing);
    }
  }

  async #raise(term: number): Promise<void> {
    this.#save(term);
    await Promise.allSettled(this.#writing);
  }

  #save(term: number): void {
    writeFileSync(`${this.#file}.new`, `${term}\n`, { flush: true });
    renameSync(`${this.#file}.new`, this.#file);
    this.#term = term;
  }
}

function read(file: string): number {
  try {
    return Number(readFileSync(file, 'utf8')) || 0;
  } catch {
    // No term has written yet.
    return 0;
  }
}
