/** Readers together, or one that changes what they read; waiting changers go before later readers. */
import { elavaError } from '../../lib/errors.ts';

/** More than this many waiting are refused. */
const MAX_WAITING = 1000;

export class Gate {
  #readers = 0;
  #closed = false;
  readonly #waiting: { readonly exclusive: boolean; readonly enter: () => void }[] = [];

  /** Runs `work` together with other readers. Errors: QUEUE_FULL. */
  async shared<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closed || this.#waiting.length > 0) await this.#wait(false);
    else this.#readers += 1;
    try {
      return await work();
    } finally {
      this.#readers -= 1;
      this.#next();
    }
  }

  /** Runs `work` alone. */
  async exclusive<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closed || this.#readers > 0 || this.#waiting.length > 0) await this.#wait(true);
    else this.#closed = true;
    try {
      return await work();
    } finally {
      this.#closed = false;
      this.#next();
    }
  }

  #wait(exclusive: boolean): Promise<void> {
    if (this.#waiting.length >= MAX_WAITING) {
      return Promise.reject(elavaError('QUEUE_FULL', `${MAX_WAITING} readers wait for the memory's maintenance`));
    }
    return new Promise((enter) => void this.#waiting.push({ exclusive, enter }));
  }

  #next(): void {
    for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
      if (this.#closed || (first.exclusive && this.#readers > 0)) return;
      this.#waiting.shift();
      if (first.exclusive) this.#closed = true;
      else this.#readers += 1;
      first.enter();
    }
  }
}
