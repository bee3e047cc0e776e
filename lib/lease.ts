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
  // One renewal that hangs must not eat the lease: there is time for another.
  const js = connection.jetstream({ timeout: Math.max(250, Math.floor(ttlMs / 5)) });
  try {
    return await js.views.kv(`${prefix}-lease`, { ttl: ttlMs, history: 1, replicas });
  } catch (cause) {
    throw elavaError('NATS_UNAVAILABLE', `the bucket of leases cannot be opened: ${messageOf(cause)}`, { cause });
  }
}

/** The lease; undefined where another has it. Error: NATS_UNAVAILABLE, also where the user may not write it. */
export async function tryLease(link: NatsLink, options: LeaseOptions): Promise<Term | undefined> {
  const kv = await leaseBucket(link, options);
  try {
    return await attempt(kv, options);
  } catch (cause) {
    if (apiCodeOf(cause) === WRONG_SEQUENCE) return undefined;
    throw elavaError('NATS_UNAVAILABLE', `the lease ${options.key} cannot be taken: ${messageOf(cause)}`, { cause });
  }
}

async function attempt(kv: KV, options: LeaseOptions): Promise<Term> {
  const asked = performance.now();
  return new Held(kv, options, { token: await kv.create(options.key, encode(options)), asked });
}

/** Waits until the lease is ours. Errors: CANCELLED, NATS_UNAVAILABLE. */
export async function takeLease(link: NatsLink, options: LeaseOptions, signal: AbortSignal): Promise<Term> {
  const kv = await leaseBucket(link, options);
  const freed = await Freed.watch(kv, options.key);
  try {
    for (;;) {
      const term = await attempt(kv, options).catch(() => undefined);
      if (term) return term;
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

function decode({ value, revision }: KvEntry): { readonly me: string; readonly token: number } {
  const { me = '', token = revision } = JSON.parse(new TextDecoder().decode(value)) as { me?: string; token?: number };
  return { me, token };
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
    let pause = ttlMs / 3;
    while (!this.#lost.signal.aborted) {
      const signal = AbortSignal.any([this.#done.signal, this.#lost.signal]);
      const stopped = await sleep(pause, signal, { unref: true }).then(
        () => false,
        () => true,
      );
      this.#check();
      if (stopped || this.#lost.signal.aborted) return;
      const asked = performance.now();
      try {
        this.#revision = await this.#kv.update(key, encode(this.#options, this.token), this.#revision);
        this.#until = asked + ttlMs * TRUSTED;
        pause = ttlMs / 3;
      } catch (error) {
        if (apiCodeOf(error) === WRONG_SEQUENCE) await this.#lookAgain();
        pause = ttlMs / 20;
      }
    }
  }

  /** A renewal of which no answer came in time may be stored all the same: then the newest entry is of this term. */
  async #lookAgain(): Promise<void> {
    let entry: KvEntry | null;
    try {
      entry = await this.#kv.get(this.#options.key);
    } catch {
      return;
    }
    if (entry?.operation === 'PUT' && decode(entry).token === this.token) this.#revision = entry.revision;
    else this.#lose('another took it');
  }

  #check(): void {
    if (performance.now() >= this.#until) this.#lose('it could not be renewed in time');
  }

  #lose(why: string): void {
    clearInterval(this.#guard);
    if (!this.#lost.signal.aborted) this.#lost.abort(elavaError('NOT_LEADER', `${this.#options.key}: ${why}`));
  }
}

interface Seen {
  readonly me: string;
  /** performance.now() of the last sign of life. */
  readonly at: number;
}

/** Watches whose term it is: so that who receives work can tell it from a past leader's, and who calls knows whom. */
export class Terms {
  readonly #ttlMs: number;
  readonly #latest = new Map<string, number>();
  readonly #holders = new Map<string, Seen>();
  readonly #stop: () => void;

  private constructor(ttlMs: number, stop: () => void) {
    this.#ttlMs = ttlMs;
    this.#stop = stop;
  }

  static async watch(link: NatsLink, options: Pick<LeaseOptions, 'prefix' | 'ttlMs' | 'replicas'>): Promise<Terms> {
    const kv = await leaseBucket(link, options);
    const entries = await kv.watch();
    const terms = new Terms(options.ttlMs, () => entries.stop());
    void terms.#follow(entries);
    return terms;
  }

  async #follow(entries: AsyncIterable<KvEntry>): Promise<void> {
    for await (const entry of entries) {
      if (entry.operation !== 'PUT') {
        this.#holders.delete(entry.key);
        continue;
      }
      const { me, token } = decode(entry);
      this.#latest.set(entry.key, Math.max(token, this.#latest.get(entry.key) ?? 0));
      this.#holders.set(entry.key, { me, at: performance.now() });
    }
  }

  /** Whether a later term of the key is known. */
  isStale(key: string, token: number): boolean {
    return token < (this.#latest.get(key) ?? 0);
  }

  /** Who has the lead, as far as is known here; undefined where nobody was heard of for as long as a lease lasts. */
  holderOf(key: string): string | undefined {
    const seen = this.#holders.get(key);
    return seen && performance.now() - seen.at < this.#ttlMs ? seen.me : undefined;
  }

  close(): void {
    this.#stop();
  }
}
