/**
 * Keeps a tenant that has cost a thread from costing the next one at once: what it asks waits until another thread is there,
 * and longer each time. A quarantine is of a revision; this is of the tenant, which may bring a new one every second.
 */
import { sleep } from '../../lib/time.ts';

export interface PenanceOptions {
  /** Milliseconds; any clock that goes forward. */
  readonly now: () => number;
  /** The first time, 1,000 ms; twice as long each further time. */
  readonly firstMs?: number;
}

const mostMs = 5_000;
/** Who has cost none for so long begins anew. */
const forgivenMs = 60_000;
/** Tenants that are remembered; the one that cost a thread longest ago goes. */
const maxTenants = 1_000;

export class Penance {
  readonly #options: Required<PenanceOptions>;
  readonly #losses = new Map<string, { readonly at: number; readonly waitMs: number }>();

  constructor(options: PenanceOptions) {
    this.#options = { firstMs: 1_000, ...options };
  }

  /** A thread was lost to the tenant. */
  lost(tenant: string): void {
    const { now, firstMs } = this.#options;
    const last = this.#losses.get(tenant);
    const isAgain = last !== undefined && now() - last.at <= forgivenMs;
    this.#losses.delete(tenant);
    this.#losses.set(tenant, { at: now(), waitMs: isAgain ? Math.min(2 * last.waitMs, mostMs) : firstMs });
    const [oldest] = this.#losses.keys();
    if (this.#losses.size > maxTenants && oldest !== undefined) this.#losses.delete(oldest);
  }

  /** How long the tenant has to wait now, milliseconds. */
  waitMs(tenant: string): number {
    const last = this.#losses.get(tenant);
    return last === undefined ? 0 : Math.max(0, last.at + last.waitMs - this.#options.now());
  }

  /** Resolves when the tenant may be tried again. Errors: CANCELLED. */
  async done(tenant: string, signal?: AbortSignal): Promise<void> {
    const waitMs = this.waitMs(tenant);
    if (waitMs > 0) await sleep(waitMs, signal);
  }
}
