/** The writer of a process: requests wait in a bounded queue and are written in groups, for each revision costs some 30 ms. */
import { elavaError } from '../../lib/errors.ts';
import { takeGroup, type Waiting } from './group.ts';

export interface WriterLimits {
  readonly items: number;
  readonly rows: number;
}
const WRITER_LIMITS: WriterLimits = { items: 10_000, rows: 100_000 };

interface Pending<W extends Waiting, R> extends Waiting {
  readonly work: W;
  readonly resolve: (result: R) => void;
  readonly reject: (error: unknown) => void;
}

/** `writeGroup` answers one result or error for each of its items, in order. */
export class Writer<W extends Waiting, R> {
  readonly #writeGroup: (group: readonly W[]) => Promise<readonly (R | Error)[]>;
  readonly #limits: WriterLimits;
  readonly #waiting: Pending<W, R>[] = [];
  #rows = 0;
  #running: Promise<void> | undefined;
  #closed = false;

  constructor(
    writeGroup: (group: readonly W[]) => Promise<readonly (R | Error)[]>,
    limits: WriterLimits = WRITER_LIMITS,
  ) {
    this.#writeGroup = writeGroup;
    this.#limits = limits;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** Resolves when the store holds it. Errors: QUEUE_FULL, STORE_UNAVAILABLE after close, and what the store refuses. */
  write(work: W): Promise<R> {
    if (this.#closed) return Promise.reject(elavaError('STORE_UNAVAILABLE', 'the memory is closed'));
    const full = this.#waiting.length >= this.#limits.items || this.#rows + work.rows > this.#limits.rows;
    if (full && this.#waiting.length > 0) {
      return Promise.reject(
        elavaError('QUEUE_FULL', `${this.#waiting.length} writes with ${this.#rows} rows wait already`),
      );
    }
    return new Promise((resolve, reject) => {
      const { kind, unit, at, rows, ids } = work;
      this.#waiting.push({ kind, unit, at, rows, ids, work, resolve, reject });
      this.#rows += rows;
      this.#running ??= this.#drain();
    });
  }

  /** Writes what waits, then takes no more. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#running;
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      // Whoever was just answered may have the next one ready: a turn of the event loop makes groups whole.
      await new Promise((resolve) => setImmediate(resolve));
      const group = takeGroup(this.#waiting);
      for (const { rows } of group) this.#rows -= rows;
      await this.#settle(group);
    }
    this.#running = undefined;
  }

  async #settle(group: readonly Pending<W, R>[]): Promise<void> {
    try {
      const results = await this.#writeGroup(group.map(({ work }) => work));
      for (const [i, { resolve, reject }] of group.entries()) {
        const result = results[i];
        if (result instanceof Error) reject(result);
        else resolve(result as R);
      }
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  }
}
