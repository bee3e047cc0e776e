/**
 * The latest term that wrote to the store, of each lead that writes: that of the memory, and those of its writers' shards.
 * A writer of an earlier one was paused or cut off and must stop.
 */
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Terms } from '../terms.ts';
import { FENCED, Refused } from './errors.ts';

/** The file of the memory's own lead; those of others have their names after it. */
const FILE = 'fence';

export class Fence {
  readonly #dir: string;
  readonly #terms: Map<string, number>;
  /** Writes under way: those of an earlier term end before the first of a later one begins. */
  readonly #writing = new Set<Promise<unknown>>();

  constructor(dir: string) {
    this.#dir = dir;
    this.#terms = new Map(filesOf(dir).map((file) => [nameOf(file), read(path.join(dir, file))]));
  }

  /** Forgets the terms: for a store whose NATS was made anew and counts from one again. */
  reset(): void {
    for (const file of filesOf(this.#dir)) rmSync(path.join(this.#dir, file));
    this.#terms.clear();
  }

  /** Runs a request of some terms. One without the memory's writes only while no such term ever did. Throws Refused. */
  async run<T>(terms: Terms, writes: boolean, work: () => Promise<T>): Promise<T> {
    await this.#raise(terms);
    if (!writes) return work();
    this.#check(terms);
    const writing = work();
    this.#writing.add(writing);
    try {
      return await writing;
    } finally {
      this.#writing.delete(writing);
    }
  }

  async #raise(terms: Terms): Promise<void> {
    const later = Object.entries(terms).filter(([lead, term]) => term > (this.#terms.get(lead) ?? 0));
    if (later.length === 0) return;
    for (const [lead, term] of later) this.#save(lead, term);
    await Promise.allSettled(this.#writing);
  }

  #check(terms: Terms): void {
    for (const [lead, term] of Object.entries({ history: 0, ...terms })) {
      const now = this.#terms.get(lead) ?? 0;
      if (term < now)
        throw new Refused(FENCED, 'FENCED', `${lead} is written under term ${now}, this was ${term || 'none'}`);
    }
  }

  #save(lead: string, term: number): void {
    const file = path.join(this.#dir, lead === 'history' ? FILE : `${FILE}.${lead}`);
    writeFileSync(`${file}.new`, `${term}\n`, { flush: true });
    renameSync(`${file}.new`, file);
    this.#terms.set(lead, term);
  }
}

function filesOf(dir: string): string[] {
  return readdirSync(dir).filter((file) => (file === FILE || file.startsWith(`${FILE}.`)) && !file.endsWith('.new'));
}

function nameOf(file: string): string {
  return file === FILE ? 'history' : file.slice(FILE.length + 1);
}

function read(file: string): number {
  return Number(readFileSync(file, 'utf8')) || 0;
}
