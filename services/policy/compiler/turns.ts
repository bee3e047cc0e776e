/** Lets one caller in at a time, in order of arrival, and only so many wait. */
import { elavaError } from '../../../lib/errors.ts';
import { formatDuration } from '../../../lib/time.ts';

interface Waiter {
  admit(): void;
  refuse(error: Error): void;
}

export class Turns {
  readonly #most: number;
  readonly #waiting: Waiter[] = [];
  #taken = false;
  #closed = false;

  /** `most` is how many may wait beside the one that is in. */
  constructor(most: number) {
    this.#most = most;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /**
   * Resolves when it is the caller's turn; to be given back with `leave`.
   * Errors: QUEUE_FULL, CANCELLED, and DEADLINE_EXCEEDED after `ms` of waiting.
   */
  async enter(ms: number, signal: AbortSignal): Promise<void> {
    if (this.#closed || signal.aborted) throw cancelled(signal);
    if (!this.#taken) {
      this.#taken = true;
      return;
    }
    if (this.#waiting.length >= this.#most) {
      throw elavaError('QUEUE_FULL', `${this.#most} requests wait for the policy compiler already`);
    }
    await this.#wait(ms, signal);
  }

  /** The turn passes to the next one without a gap in which another could slip in. */
  leave(): void {
    const next = this.#waiting.shift();
    if (next) next.admit();
    else this.#taken = false;
  }

  /** Refuses who waits, and whoever comes. */
  close(): void {
    this.#closed = true;
    for (const waiter of this.#waiting.splice(0))
      waiter.refuse(elavaError('CANCELLED', 'the policy compiler was closed'));
  }

  #wait(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (done: () => void): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', abort);
        done();
      };
      const waiter: Waiter = { admit: () => settle(resolve), refuse: (error) => settle(() => reject(error)) };
      const giveUp = (error: Error): void => {
        this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
        waiter.refuse(error);
      };
      const abort = (): void => giveUp(cancelled(signal));
      const late = (): void =>
        giveUp(elavaError('DEADLINE_EXCEEDED', `the policy compiler was busy for ${formatDuration(ms)}`));
      const timer = setTimeout(late, ms);
      this.#waiting.push(waiter);
      signal.addEventListener('abort', abort, { once: true });
    });
  }
}

function cancelled(signal: AbortSignal): Error {
  return elavaError('CANCELLED', 'the request to the policy compiler was cancelled', { cause: signal.reason });
}
