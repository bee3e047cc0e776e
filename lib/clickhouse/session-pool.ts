/**
 * Connections of the embedded engine, one native call at a time in each: a second call would wait inside a libuv thread
 * and starve the process of them. A setting or parameter of one call is gone before the next one begins.
 */
import { elavaError } from '../errors.ts';
import { paramText, quote, word } from './literals.ts';
import { type Handle, type Native } from './native.ts';
import { SessionLease } from './session-lease.ts';

export type Settings = Readonly<Record<string, string | number | boolean>>;

export interface PoolOptions {
  /** Absolute directory of the engine. */
  readonly dir: string;
  readonly args: readonly string[];
  readonly sessions: number;
  /** Calls that may wait for a session; more are refused with QUEUE_FULL. */
  readonly maxWaiting: number;
  readonly timeoutMs: number;
  /** Hold for every call; a call's own settings go before them. */
  readonly base: Settings;
}
export interface Call {
  /** Reads leave one session to writes, so that long questions never stop what must be remembered. */
  readonly kind: 'read' | 'write';
  readonly settings?: Settings;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly signal?: AbortSignal | undefined;
}
export interface Session {
  handle: Handle;
  /** `log_comment` of all its queries, by which KILL QUERY finds them: chDB takes no query id. */
  readonly tag: string;
}

interface Waiter {
  readonly kind: Call['kind'];
  readonly give: (session: Session) => void;
}

/** A parameter as long as this is emptied after its call, so that no session holds a dead list of ids. */
const LONG_PARAM = 16_384;

export class SessionPool {
  readonly #native: Native;
  readonly #options: PoolOptions;
  readonly #all: Session[] = [];
  readonly #free: Session[] = [];
  readonly #waiting: Waiter[] = [];
  readonly #killer: Handle;
  #kills: Promise<unknown> = Promise.resolve();
  #reading = 0;
  #closing = false;
  #drained: (() => void)[] = [];

  private constructor(native: Native, options: PoolOptions) {
    this.#native = native;
    this.#options = options;
    this.#killer = native.CreateConnection(options.dir, options.args);
  }

  /** Opens the engine; the call blocks while it loads the directory (0.2–0.7 s). `prepare` runs in every session. */
  static async open(native: Native, options: PoolOptions, prepare: readonly string[]): Promise<SessionPool> {
    const pool = new SessionPool(native, options);
    try {
      for (let i = 0; i < options.sessions; i += 1) {
        const session: Session = { handle: pool.#killer, tag: `elava-${process.pid}-${i}` };
        await pool.#renew(session, prepare);
        pool.#all.push(session);
        pool.#free.push(session);
      }
      return pool;
    } catch (error) {
      await pool.close();
      throw error;
    }
  }

  get native(): Native {
    return this.#native;
  }

  get stats(): { readonly busy: number; readonly waiting: number } {
    return { busy: this.#all.length - this.#free.length, waiting: this.#waiting.length };
  }

  /** Waits for a session and prepares it. Errors: QUEUE_FULL, CANCELLED, DEADLINE_EXCEEDED, STORE_UNAVAILABLE. */
  async begin(call: Call): Promise<SessionLease> {
    const timeout = AbortSignal.timeout(this.#options.timeoutMs);
    const signal = call.signal ? AbortSignal.any([call.signal, timeout]) : timeout;
    const { before, after } = this.#statements(call);
    const session = await this.#acquire(call.kind, signal);
    const lease = new SessionLease(session, signal, call.kind, {
      kill: (tag) => this.#kill(tag),
      release: () => this.#release(session, call.kind, after),
    });
    if (before.length > 0) {
      try {
        await lease.run(() => this.#run(session.handle, before.join('; ')));
      } catch (error) {
        await lease.end();
        throw error;
      }
    }
    return lease;
  }

  /** Waits for what runs, refuses what waits, then lets go of the directory. */
  async close(): Promise<void> {
    if (this.#closing) return;
    this.#closing = true;
    for (const waiter of this.#waiting.splice(0)) waiter.give({ handle: this.#killer, tag: '' });
    if (this.#free.length < this.#all.length) await new Promise<void>((resolve) => this.#drained.push(resolve));
    await this.#kills;
    for (const session of this.#all) this.#native.CloseConnection(session.handle);
    this.#native.CloseConnection(this.#killer);
  }

  #run(handle: Handle, sql: string): Promise<unknown> {
    return this.#native.QueryAsyncConnection(handle, sql, 'Null');
  }

  async #renew(session: Session, prepare: readonly string[] = this.#prepare): Promise<void> {
    this.#prepare = prepare;
    session.handle = this.#native.CreateConnection(this.#options.dir, this.#options.args);
    const base = Object.entries(this.#options.base).map(([name, value]) => set(name, value));
    const all = [...base, set('log_comment', session.tag), ...prepare];
    for (const sql of all) await this.#run(session.handle, sql);
  }
  #prepare: readonly string[] = [];

  #statements({ settings = {}, params = {} }: Call): { before: string[]; after: string[] } {
    const before: string[] = [];
    const after: string[] = [];
    for (const [name, value] of Object.entries(settings)) {
      const base = this.#options.base[name];
      before.push(set(name, value));
      after.push(base === undefined ? `SET ${word(name)}=DEFAULT` : set(name, base));
    }
    for (const [name, value] of Object.entries(params)) {
      const text = paramText(value);
      before.push(`SET param_${word(name)}=${quote(text)}`);
      if (text.length > LONG_PARAM) after.push(`SET param_${word(name)}=''`);
    }
    return { before, after };
  }

  #acquire(kind: Call['kind'], signal: AbortSignal): Promise<Session> {
    if (this.#closing) return Promise.reject(elavaError('STORE_UNAVAILABLE', 'the store is closed'));
    if (signal.aborted) return Promise.reject(abortError(signal));
    if (this.#mayTake(kind)) return Promise.resolve(this.#take(kind));
    if (this.#waiting.length >= this.#options.maxWaiting) {
      return Promise.reject(elavaError('QUEUE_FULL', `${this.#waiting.length} calls wait for the store`));
    }
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        kind,
        give: (session) => {
          signal.removeEventListener('abort', abort);
          if (session.tag === '') reject(elavaError('STORE_UNAVAILABLE', 'the store is closed'));
          else resolve(session);
        },
      };
      const abort = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
        reject(abortError(signal));
      };
      this.#waiting.push(waiter);
      signal.addEventListener('abort', abort, { once: true });
    });
  }

  #mayTake(kind: Call['kind']): boolean {
    if (this.#free.length === 0) return false;
    return kind === 'write' || this.#reading < Math.max(1, this.#options.sessions - 1);
  }

  #take(kind: Call['kind']): Session {
    const session = this.#free.pop();
    if (!session) throw elavaError('INTERNAL', 'no session is free');
    if (kind === 'read') this.#reading += 1;
    return session;
  }

  /** A session whose settings cannot be set back is replaced: a setting that stays could drop later inserts. */
  async #release(session: Session, kind: Call['kind'], after: readonly string[]): Promise<void> {
    if (after.length > 0) {
      try {
        await this.#run(session.handle, after.join('; '));
      } catch {
        this.#native.CloseConnection(session.handle);
        await this.#renew(session);
      }
    }
    if (kind === 'read') this.#reading -= 1;
    this.#free.push(session);
    this.#handOut();
    if (this.#closing && this.#free.length === this.#all.length)
      for (const resolve of this.#drained.splice(0)) resolve();
  }

  #handOut(): void {
    for (let i = 0; i < this.#waiting.length && this.#free.length > 0; ) {
      const waiter = this.#waiting[i];
      if (!waiter || !this.#mayTake(waiter.kind)) {
        i += 1;
        continue;
      }
      this.#waiting.splice(i, 1);
      waiter.give(this.#take(waiter.kind));
    }
  }

  /** ASYNC, since SYNC never returns in chDB; one at a time, since the killer is a connection as well. */
  #kill(tag: string): Promise<unknown> {
    const sql = `KILL QUERY WHERE Settings['log_comment']=${quote(tag)} ASYNC`;
    this.#kills = this.#kills.then(() => this.#run(this.#killer, sql)).catch(() => undefined);
    return this.#kills;
  }
}

function set(name: string, value: string | number | boolean): string {
  return `SET ${word(name)}=${quote(typeof value === 'boolean' ? String(Number(value)) : String(value))}`;
}

/** DEADLINE_EXCEEDED when time ran out, CANCELLED when the caller gave up. */
export function abortError(signal: AbortSignal): Error {
  const reason = signal.reason as { name?: unknown } | undefined;
  if (reason?.name === 'TimeoutError')
    return elavaError('DEADLINE_EXCEEDED', 'the store took too long', { cause: reason });
  return elavaError('CANCELLED', 'the question to the store was withdrawn', { cause: reason });
}
