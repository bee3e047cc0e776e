/**
 * A request rate that several processes share: a token bucket a key in NATS KV, changed by compare-and-set. Tokens are
 * drawn some at a time, so a call seldom asks the server.
 */
import type { KV, KvEntry } from 'nats';
import { elavaError } from './errors.ts';
import { lazily } from './lazily.ts';
import { apiCodeOf, type NatsLink } from './nats.ts';
import { type Clock, sleep } from './time.ts';

export interface Rate {
  readonly burst: number;
  readonly perSecond: number;
}
/** What stands in KV of one key: a token bucket as it was at an instant. */
export interface Account {
  /** Negative: drawn ahead by who waits. */
  readonly tokens: number;
  /** Milliseconds since 1970; the clocks of the processes are taken to agree. */
  readonly at: number;
  /** Part of the rate that the other side bears at present: 1 until it throttles. */
  readonly factor: number;
}
export interface Draw {
  readonly account: Account;
  /** From when the tokens may be used, ms since 1970. */
  readonly from: number;
}

const SLOWEST = 0.05;
const RAISE = 0.02;

export function full({ burst }: Rate, now: number): Account {
  return { tokens: burst, at: now, factor: 1 };
}

/** With what has accrued until `now`. */
function refilled({ tokens, at, factor }: Account, { burst, perSecond }: Rate, now: number): Account {
  const accrued = (Math.max(0, now - at) * perSecond * factor) / 1000;
  return { tokens: Math.min(burst, tokens + accrued), at: Math.max(at, now), factor };
}

/** Draws `tokens` at `now`. `good` answers since the last draw raise the factor. */
export function draw(account: Account, rate: Rate, drawn: { now: number; tokens: number; good: number }): Draw {
  const now = refilled(account, rate, drawn.now);
  const factor = Math.min(1, now.factor + RAISE * drawn.good);
  const tokens = now.tokens - drawn.tokens;
  const wait = tokens >= 0 ? 0 : (-tokens * 1000) / (rate.perSecond * factor);
  return { account: { tokens, at: now.at, factor }, from: drawn.now + wait };
}

/** The other side has throttled: half the rate, and nothing saved up. */
export function slow(account: Account, rate: Rate, now: number): Account {
  const { tokens, at, factor } = refilled(account, rate, now);
  return { tokens: Math.min(0, tokens), at, factor: Math.max(SLOWEST, factor / 2) };
}

interface Local {
  readonly rate: Rate;
  tokens: number;
  from: number;
  good: number;
  drawing: Promise<void> | undefined;
}

export interface BudgetOptions {
  readonly link: NatsLink;
  readonly prefix: string;
  readonly replicas: number;
  readonly clock: Clock;
}

/** Tokens of one draw: what may be used in this time, so that a process which dies takes no more with it. */
const DRAW_MS = 250;
const MAX_DRAW = 25;
/** Idle keys are full buckets, and go. */
const IDLE_MS = 120_000;
const ATTEMPTS = 20;
const MAX_KEYS = 2000;
/** "wrong last sequence": another process drew in between. */
const WRONG_SEQUENCE = 10_071;

export class SharedBudget {
  readonly #options: BudgetOptions;
  readonly #keys = new Map<string, Local>();
  readonly #bucket: () => Promise<KV>;

  constructor(options: BudgetOptions) {
    this.#options = options;
    this.#bucket = lazily(() => this.#open());
  }

  get size(): number {
    return this.#keys.size;
  }

  /** Waits for a token and returns the milliseconds waited. Rejects with CANCELLED, or with what NATS throws. */
  async take(key: string, rate: Rate, signal: AbortSignal): Promise<number> {
    const { clock } = this.#options;
    const local = this.#local(key, rate);
    const begun = clock.now();
    while (local.tokens < 1) {
      local.drawing ??= this.#draw(key, local).finally(() => {
        local.drawing = undefined;
      });
      await local.drawing;
      if (signal.aborted) throw elavaError('CANCELLED', 'the wait was cancelled', { cause: signal.reason });
    }
    local.tokens -= 1;
    const wait = local.from - clock.now();
    if (wait > 0) {
      try {
        await sleep(wait, signal);
      } catch (error) {
        local.tokens += 1;
        throw error;
      }
    }
    return Math.max(0, wait, clock.now() - begun);
  }

  succeeded(key: string): void {
    const local = this.#keys.get(key);
    if (local) local.good += 1;
  }

  /** Told to all processes with the next draw of each. */
  async throttled(key: string, rate: Rate): Promise<void> {
    const local = this.#local(key, rate);
    local.tokens = 0;
    local.good = 0;
    await this.#change(key, rate, (account) => ({
      account: slow(account, rate, this.#options.clock.now()),
      result: undefined,
    }));
  }

  async #draw(key: string, local: Local): Promise<void> {
    const { clock } = this.#options;
    const tokens = Math.max(1, Math.min(MAX_DRAW, Math.floor((local.rate.perSecond * DRAW_MS) / 1000)));
    const { good } = local;
    local.from = await this.#change(key, local.rate, (account) => {
      const drawn = draw(account, local.rate, { now: clock.now(), tokens, good });
      return { account: drawn.account, result: drawn.from };
    });
    local.good -= good;
    local.tokens = tokens;
  }

  async #change<T>(key: string, rate: Rate, next: (account: Account) => { account: Account; result: T }): Promise<T> {
    const kv = await this.#bucket();
    const name = Buffer.from(key).toString('base64url');
    for (let attempt = 1; ; attempt += 1) {
      const entry = await kv.get(name);
      const { account, result } = next(accountOf(entry) ?? full(rate, this.#options.clock.now()));
      try {
        await put(kv, name, entry, account);
        return result;
      } catch (error) {
        if (apiCodeOf(error) !== WRONG_SEQUENCE || attempt >= ATTEMPTS) throw error;
        await sleep(Math.random() * 5 * attempt);
      }
    }
  }

  async #open(): Promise<KV> {
    const { link, prefix, replicas } = this.#options;
    const connection = await link.connection();
    const js = connection.jetstream({ timeout: 2000 });
    return js.views.kv(`${prefix}-budget`, { ttl: IDLE_MS, history: 1, replicas });
  }

  /** Keys that were not used for a while are forgotten: memory does not grow with accounts. */
  #local(key: string, rate: Rate): Local {
    const found = this.#keys.get(key);
    if (found) return found;
    if (this.#keys.size >= MAX_KEYS) this.#forget();
    const made: Local = { rate, tokens: 0, from: 0, good: 0, drawing: undefined };
    this.#keys.set(key, made);
    return made;
  }

  #forget(): void {
    const before = this.#options.clock.now() - IDLE_MS;
    for (const [key, { drawing, from }] of this.#keys) if (!drawing && from < before) this.#keys.delete(key);
  }
}

function accountOf(entry: KvEntry | null): Account | undefined {
  if (!entry || entry.operation !== 'PUT') return undefined;
  return JSON.parse(new TextDecoder().decode(entry.value)) as Account;
}

async function put(kv: KV, name: string, entry: KvEntry | null, account: Account): Promise<void> {
  const value = new TextEncoder().encode(JSON.stringify(account));
  if (entry) await kv.update(name, value, entry.revision);
  else await kv.create(name, value);
}
