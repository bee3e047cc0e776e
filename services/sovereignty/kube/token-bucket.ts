/** A rate limit in front of the API server, so that a thousand policies at once do not crowd other clients out. */
import { elavaError } from '../../../lib/errors.ts';
import { sleep } from '../../../lib/time.ts';

/** Who waits longer than this is told so; the work queue brings it back. */
const LONGEST_WAIT_MS = 30_000;

export class TokenBucket {
  readonly #perMs: number;
  readonly #burst: number;
  #tokens: number;
  #at = performance.now();

  constructor({ qps, burst }: { readonly qps: number; readonly burst: number }) {
    this.#perMs = qps / 1000;
    this.#burst = burst;
    this.#tokens = burst;
  }

  /** Waits for a turn. A caller's token is taken at once, so turns come in order. Errors: QUEUE_FULL, CANCELLED. */
  async take(signal?: AbortSignal): Promise<void> {
    const now = performance.now();
    this.#tokens = Math.min(this.#burst, this.#tokens + (now - this.#at) * this.#perMs);
    this.#at = now;
    const wait = this.#tokens >= 1 ? 0 : (1 - this.#tokens) / this.#perMs;
    if (wait > LONGEST_WAIT_MS) throw elavaError('QUEUE_FULL', 'too many calls wait for the API server');
    this.#tokens -= 1;
    if (wait > 0) await sleep(wait, signal);
  }
}
