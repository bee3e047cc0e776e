/** A time limit that begins anew with every sign of life: what goes on may take hours, what hangs is given up. */
export class Patience {
  readonly #ms: number;
  readonly #stop = new AbortController();
  #timer: NodeJS.Timeout;

  constructor(ms: number) {
    this.#ms = ms;
    this.#timer = this.#wait();
  }

  /** Aborts when nothing was heard for the whole time. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  heard(): void {
    clearTimeout(this.#timer);
    this.#timer = this.#wait();
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #wait(): NodeJS.Timeout {
    return setTimeout(() => this.#stop.abort(), this.#ms).unref();
  }
}
