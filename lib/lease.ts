/**
 * Who leads, by a key in NATS KV that only one can hold and that goes by itself when its holder is silent. A holder that
 * was paused may not know yet that it lost it: its token goes with every write, and the later token wins there.
 */
import type { KV, KvEntry } from 'nats';
import { elavaError, messageOf } from './errors.ts';
import { apiCodeOf, type NatsLink } from './nats.ts';
import { sleep } from './time.ts';

export interface LeaseOptions {
  /** Prefix of the bucket. */
  readonly prefix: string;
  /** What is led: a role. */
  readonly key: string;
  /** Who leads, for people who look. */
  readonly me: string;
  readonly ttlMs: number;
  readonly replicas: number;
}
export interface Term {
  /** Grows with every term of any lease of the prefix: the fencing token. */
  readonly token: number;
  /** Aborts as soon as the lease may be another's. */
  readonly lost: AbortSignal;
  /** Lets another lead at once. */
  release(): Promise<void>;
}

/** "wrong last sequence": somebody else wrote the key. */
const WRONG_SEQUENCE = 10_071;
/** A holder stops this share of the lease after its last renewal: its clock and the server's run apart a little. */
const TRUSTED = 0.8;

async function leaseBucket(link: NatsLink, options: Pick<LeaseOptions, 'prefix' | 'ttlMs' | 'replicas'>) {
  const connection = await link.connection();
  const { prefix, ttlMs, replicas } = options;
  // One renewal that hangs must not eat the lease.
  const js = connection.jetstream({ timeout: Math.max(250, Math.floor(ttlMs / 3)) });
  try {
    return await js.views.kv(`${prefix}-lease`, { ttl: ttlMs, history: 1, replicas });
  } catch (cause) {
    throw elavaError('NATS_UNAVAILABLE', `the bucket of leases cannot be opened: ${messageOf(cause)}`, { cause });
  }
}

/** Waits until the lease is ours. Errors: CANCELLED, NATS_UNAVAILABLE. */
export async function takeLease(link: NatsLink, options: LeaseOptions, signal: AbortSignal): Promise<Term> {
  const kv = await leaseBucket(link, options);
  const freed = await Freed.watch(kv, options.key);
  try {
    for (;;) {
      const asked = performance.now();
      const token = await kv.create(options.key, encode(options)).catch(() => undefined);
      if (token !== undefined) return new Held(kv, options, { token, asked });
      await freed.wait((options.ttlMs / 3) * (0.5 + Math.random() / 2), signal);
    }
  } finally {
    freed.close();
  }
}

/**
 * Hears when a holder lets go, so that a standby leads at once. A lease that runs out is not told by every server, and a
 * watch may not be allowed: who waits looks again in any case.
 */
class Freed {
  readonly #entries: { stop(): void } | undefined;
  #wake = new AbortController();

  private constructor(entries: (AsyncIterable<KvEntry> & { stop(): void }) | undefined) {
    this.#entries = entries;
    if (entries) void this.#follow(entries);
  }

  static async watch(kv: KV, key: string): Promise<Freed> {
    return new Freed(await kv.watch({ key }).catch(() => undefined));
  }

  /** Until the lease is let go, or for a while. Error: CANCELLED. */
  async wait(ms: number, signal: AbortSignal): Promise<void> {
    await sleep(ms, AbortSignal.any([signal, this.#wake.signal])).catch((error: unknown) => {
      if (signal.aborted) throw error;
    });
    if (this.#wake.signal.aborted) this.#wake = new AbortController();
  }

  close(): void {
    this.#entries?.stop();
  }

  async #follow(entries: AsyncIterable<KvEntry>): Promise<void> {
    for await (const { operation } of entries) if (operation !== 'PUT') this.#wake.abort();
  }
}

/** A renewal says of which term it is; the first entry is its term's own number. */
function encode({ me }: LeaseOptions, token?: number): Uint8Array {
  return new TextEncoder().encode(JSON.stringify({ me, token }));
}

function termOf({ value, revision }: KvEntry): number {
  const { token } = JSON.parse(new TextDecoder().decode(value)) as { token?: number };
  return token ?? revision;
}

class Held implements Term {
  readonly token: number;
  readonly #kv: KV;
  readonly #options: LeaseOptions;
  readonly #lost = new AbortController();
  readonly #done = new AbortController();
  readonly #guard: NodeJS.Timeout;
  #revision: number;
  #until: number;
  readonly #renewing: Promise<void>;

  constructor(kv: KV, options: LeaseOptions, { token, asked }: { token: number; asked: number }) {
    this.#kv = kv;
    this.#options = options;
    this.token = token;
    this.#revision = token;
    this.#until = asked + options.ttlMs * TRUSTED;
    // Also when nothing else runs: a process that was stopped for a while must know before it goes on.
    this.#guard = setInterval(() => this.#check(), Math.max(20, options.ttlMs / 20));
    this.#guard.unref();
    this.#renewing = this.#renew();
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  async release(): Promise<void> {
    const held = !this.#lost.signal.aborted;
    this.#done.abort();
    await this.#renewing;
    this.#lose('released');
    if (held) await this.#kv.delete(this.#options.key, { previousSeq: this.#revision }).catch(() => undefined);
  }

  async #renew(): Promise<void> {
    const { key, ttlMs } = this.#options;
    while (!this.#lost.signal.aborted) {
      const signal = AbortSignal.any([this.#done.signal, this.#lost.signal]);
      const stopped = await sleep(ttlMs / 3, signal, { unref: true }).then(
        () => false,
        () => true,
      );
      this.#check();
      if (stopped || this.#lost.signal.aborted) return;
      const asked = performance.now();
      try {
        this.#revision = await this.#kv.update(key, encode(this.#options, this.token), this.#revision);
        this.#until = asked + ttlMs * TRUSTED;
      } catch (error) {
        if (apiCodeOf(error) === WRONG_SEQUENCE) this.#lose('another took it');
      }
    }
  }

  #check(): void {
    if (performance.now() >= this.#until) this.#lose('it could not be renewed in time');
  }

  #lose(why: string): void {
    clearInterval(this.#guard);
    if (!this.#lost.signal.aborted) this.#lost.abort(elavaError('NOT_LEADER', `${this.#options.key}: ${why}`));
  }
}

/** Watches whose term it is, so that who receives work can tell it from a past leader's. */
export class Terms {
  readonly #latest = new Map<string, number>();
  readonly #stop: () => void;

  private constructor(stop: () => void) {
    this.#stop = stop;
  }

  static async watch(link: NatsLink, options: Pick<LeaseOptions, 'prefix' | 'ttlMs' | 'replicas'>): Promise<Terms> {
    const kv = await leaseBucket(link, options);
    const entries = await kv.watch();
    const terms = new Terms(() => entries.stop());
    void terms.#follow(entries);
    return terms;
  }

  async #follow(entries: AsyncIterable<KvEntry>): Promise<void> {
    for await (const entry of entries) {
      if (entry.operation !== 'PUT') continue;
      this.#latest.set(entry.key, Math.max(termOf(entry), this.#latest.get(entry.key) ?? 0));
    }
  }

  /** Whether a later term of the key is known. */
  isStale(key: string, token: number): boolean {
    return token < (this.#latest.get(key) ?? 0);
  }

  close(): void {
    this.#stop();
  }
}
