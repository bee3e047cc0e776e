/** Gathers rows and hands them on in batches; a bounded number waits, the oldest go and are counted. */
import { codeOf } from '../../lib/errors.ts';
import type { Logger } from '../../lib/log.ts';

export interface BatcherOptions<T> {
  readonly name: string;
  readonly flush: (rows: readonly T[], signal: AbortSignal) => Promise<void>;
  /** Rows that may wait. */
  readonly size: number;
  /** Rows of one batch. */
  readonly batch: number;
  readonly everyMs: number;
  readonly onDone: (count: number) => void;
  readonly onLost: (count: number) => void;
  readonly log: Pick<Logger, 'warn'>;
}

export class Batcher<T> {
  readonly #options: BatcherOptions<T>;
  readonly #stopping = new AbortController();
  #rows: T[] = [];
  #timer: NodeJS.Timeout | undefined;
  #flushing: Promise<void> | undefined;
  #delivered = 0;
  #dropped = 0;

  constructor(options: BatcherOptions<T>) {
    this.#options = options;
  }

  get state() {
    const { name } = this.#options;
    return { name, waiting: this.#rows.length, delivered: this.#delivered, dropped: this.#dropped };
  }

  /** Never throws and never waits. */
  push(row: T): void {
    const { size, batch, everyMs } = this.#options;
    this.#rows.push(row);
    if (this.#rows.length > size) this.#lose(1 + Math.floor(size / 16));
    this.#timer ??= setTimeout(() => this.#start(), everyMs).unref();
    if (this.#rows.length >= batch) this.#start();
  }

  /** Hands on what waits, once; what then still waits is lost, and counted. */
  async close(): Promise<void> {
    await this.#flushing;
    this.#start();
    await this.#flushing;
    clearTimeout(this.#timer);
    this.#stopping.abort();
    this.#lose(this.#rows.length);
  }

  #start(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#flushing ??= this.#flush().finally(() => {
      this.#flushing = undefined;
      // What came meanwhile, or could not be handed on, has its turn at the next interval.
      if (this.#rows.length > 0 && !this.#stopping.signal.aborted) {
        this.#timer ??= setTimeout(() => this.#start(), this.#options.everyMs).unref();
      }
    });
  }

  async #flush(): Promise<void> {
    const { batch, flush, log, name, onDone } = this.#options;
    while (this.#rows.length > 0) {
      const rows = this.#rows.splice(0, batch);
      try {
        await flush(rows, this.#stopping.signal);
        this.#delivered += rows.length;
        onDone(rows.length);
      } catch (error) {
        log.warn({ consumer: name, error, code: codeOf(error) }, 'decisions could not be handed on, and wait');
        this.#rows.unshift(...rows);
        this.#lose(Math.max(0, this.#rows.length - this.#options.size));
        return;
      }
    }
  }

  #lose(count: number): void {
    if (count === 0) return;
    this.#rows.splice(0, count);
    this.#dropped += count;
    this.#options.onLost(count);
  }
}
