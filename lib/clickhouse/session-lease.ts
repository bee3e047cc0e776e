/** One session for one statement: what runs in it can be withdrawn, and it goes back only when nothing runs any more. */

import { abortError, type Call, type Session } from './call.ts';
import type { Handle } from './native.ts';
import { engineError } from './store-errors.ts';

interface Owner {
  kill(tag: string): Promise<unknown>;
  /** `spoilt`: the session must not serve anybody else. */
  release(spoilt: boolean): Promise<void>;
}

export class SessionLease {
  readonly signal: AbortSignal;
  readonly #session: Session;
  readonly #kind: Call['kind'];
  readonly #owner: Owner;
  readonly #abort: () => void;
  #running: Promise<unknown> = Promise.resolve();
  #killed: Promise<unknown> = Promise.resolve();
  #ended: Promise<void> | undefined;
  #cleanup: (() => void) | undefined;
  #told: ((error: Error) => void) | undefined;
  #spoilt = false;

  constructor(session: Session, signal: AbortSignal, kind: Call['kind'], owner: Owner) {
    this.#session = session;
    this.signal = signal;
    this.#kind = kind;
    this.#owner = owner;
    this.#abort = () => {
      this.#killed = owner.kill(session.tag);
      this.#told?.(abortError(signal));
    };
    signal.addEventListener('abort', this.#abort, { once: true });
  }

  get handle(): Handle {
    return this.#session.handle;
  }

  /** Told once when the caller gives up or the time is up, unless the lease ended before. */
  onAbort(told: (error: Error) => void): void {
    this.#told = told;
    if (this.signal.aborted) told(abortError(this.signal));
  }

  /** What ran here left something behind: another session takes the place of this one. */
  spoil(): void {
    this.#spoilt = true;
  }

  /** Runs when the last native call has returned and before the session goes back. */
  onEnd(cleanup: () => void): void {
    this.#cleanup = cleanup;
  }

  /**
   * Runs one native call. An aborted read rejects at once, while the engine is still being told to stop; a write is
   * waited for, since only its own outcome says whether the rows are there.
   */
  async run<T>(call: () => Promise<T>): Promise<T> {
    if (this.signal.aborted) throw abortError(this.signal);
    const work = call();
    this.#running = work.catch(() => undefined);
    try {
      return this.#kind === 'write' ? await work : await this.#orAbort(work);
    } catch (error) {
      throw this.signal.aborted ? abortError(this.signal) : engineError(error);
    }
  }

  /** Gives the session back. Safe to call twice. */
  end(): Promise<void> {
    this.#ended ??= this.#giveBack();
    return this.#ended;
  }

  async #giveBack(): Promise<void> {
    await this.#running;
    this.signal.removeEventListener('abort', this.#abort);
    this.#cleanup?.();
    // A kill that is still under way would hit the session's next query.
    await this.#killed;
    await this.#owner.release(this.#spoilt);
  }

  #orAbort<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const abort = (): void => reject(abortError(this.signal));
      this.signal.addEventListener('abort', abort, { once: true });
      work.then(resolve, reject).finally(() => this.signal.removeEventListener('abort', abort));
    });
  }
}
