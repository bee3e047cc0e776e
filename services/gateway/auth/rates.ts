/** How often somebody may ask: a token bucket for each name, with a bound on how many names are remembered. */
export interface RateOptions {
  /** Tokens that come back each second. */
  readonly perSecond: number;
  readonly burst: number;
  /** Names that are remembered; the one that was longest silent goes. */
  readonly maxNames?: number;
}

interface Bucket {
  tokens: number;
  at: number;
}

export class Rates {
  readonly #options: Required<RateOptions>;
  readonly #buckets = new Map<string, Bucket>();

  constructor(options: RateOptions) {
    this.#options = { maxNames: 10_000, ...options };
  }

  /** Takes a token: 0, or the seconds to wait, rounded up, when there is none. `now` in milliseconds. */
  take(name: string, now: number): number {
    const bucket = this.#bucket(name, now);
    if (bucket.tokens >= 1) {
      bucket.tokens -= 1;
      return 0;
    }
    return Math.max(1, Math.ceil((1 - bucket.tokens) / this.#options.perSecond));
  }

  /** Whether a token is there, without taking it. */
  has(name: string, now: number): boolean {
    return this.#bucket(name, now).tokens >= 1;
  }

  /** The share of the burst that is used up, 0 to 1. */
  used(name: string, now: number): number {
    return 1 - this.#bucket(name, now).tokens / this.#options.burst;
  }

  #bucket(name: string, now: number): Bucket {
    const { perSecond, burst, maxNames } = this.#options;
    const found = this.#buckets.get(name) ?? { tokens: burst, at: now };
    found.tokens = Math.min(burst, found.tokens + ((now - found.at) / 1000) * perSecond);
    found.at = now;
    if (!this.#buckets.has(name)) {
      this.#buckets.set(name, found);
      const [oldest] = this.#buckets.keys();
      if (this.#buckets.size > maxNames && oldest !== undefined) this.#buckets.delete(oldest);
    }
    return found;
  }
}
