/**
 * Connections of the embedded engine, one native call at a time in each: a second call would wait inside a libuv thread
 * and starve the process of them. A setting or parameter of one call is gone before the next one begins.
 */
import { elavaError } from '../errors.ts';
import { abortError, type Call, type Session, type Settings } from './call.ts';
import { paramText, quote, word } from './literals.ts';
import type { Handle, Native } from './native.ts';
import { SessionLease } from './session-lease.ts';

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
interface Waiter {
  readonly kind: Call['kind'];
  readonly give: (session: Session) => void;
  readonly refuse: (error: Error) => void;
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
  /** What every new session runs. */
  readonly #prepare: readonly string[];
  #kills: Promise<unknown> = Promise.resolve();
  #reading = 0;
  #closing = false;
  #drained: (() => void)[] = [];

  private constructor(native: Native, options: PoolOptions, prepare: readonly string[]) {
    this.#native = native;
    this.#options = options;
    const base = Object.entries(options.base).map(([name, value]) => set(name, value));
    this.#prepare = [...base, ...prepare];
    this.#killer = native.CreateConnection(options.dir, options.args);
  }

  /** Opens the engine; the call blocks while it loads the directory (0.2–0.7 s). `prepare` runs in every session. */
  static async open(native: Native, options: PoolOptions, prepare: readonly string[]): Promise<SessionPool> {
    const pool = new SessionPool(native, options, prepare);
    try {
      for (let i = 0; i < options.sessions; i += 1) {
        const session = { handle: pool.#killer, tag: `elava-${process.pid}-${i}` };
        await pool.#connect(session);
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
    const timeout = AbortSignal.timeout(this.#timeoutOf(call));
    const signal = call.signal ? AbortSignal.any([call.signal, timeout]) : timeout;
    const { before, after } = this.#statements(call);
    const session = await this.#acquire(call.kind, signal);
    const lease = new SessionLease(session, signal, call.kind, {
      kill: (tag) => this.#kill(tag),
      release: (spoilt) => this.#release(session, call.kind, spoilt ? undefined : after),
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
    for (const waiter of this.#waiting.splice(0)) waiter.refuse(closed());
    if (this.#free.length < this.#all.length) await new Promise<void>((resolve) => this.#drained.push(resolve));
    await this.#kills;
    for (const session of this.#all) this.#native.CloseConnection(session.handle);
    this.#native.CloseConnection(this.#killer);
  }

  /** A statement that asks for more time than others gets it. */
  #timeoutOf({ settings = {} }: Call): number {
    const seconds = Number(settings.max_execution_time ?? 0);
    return seconds > 0 ? seconds * 1000 : this.#options.timeoutMs;
  }

  #run(handle: Handle, sql: string): Promise<unknown> {
    return this.#native.QueryAsyncConnection(handle, sql, 'Null');
  }

  async #connect(session: Session): Promise<void> {
    const handle = this.#native.CreateConnection(this.#options.dir, this.#options.args);
    try {
      for (const sql of [set('log_comment', session.tag), ...this.#prepare]) await this.#run(handle, sql);
    } catch (error) {
      this.#native.CloseConnection(handle);
      throw error;
    }
    session.handle = handle;
  }

  #statements({ settings = {}, params = {} }: Call): { before: string[]; after: string[] } {
    const before: string[] = [];
    const after: string[] = [];
    for (const [name, value] of Object.entries(settings)) {
      const base = this.#options.base[name];
      // A client over HTTP sends all of its own with every statement: to set them and set them back takes longer than many a question.
      if (base !== undefined && textOf(base) === textOf(value)) continue;
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
    if (this.#closing || this.#all.length === 0) return Promise.reject(closed());
    if (signal.aborted) return Promise.reject(abortError(signal));
    if (this.#mayTake(kind)) return Promise.resolve(this.#take(kind));
    if (this.#waiting.length >= this.#options.maxWaiting) {
      return Promise.reject(elavaError('QUEUE_FULL', `${this.#waiting.length} calls wait for the store`));
    }
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
        reject(abortError(signal));
      };
      const settle =
        <T>(how: (value: T) => void) =>
        (value: T): void => {
          signal.removeEventListener('abort', abort);
          how(value);
        };
      const waiter: Waiter = { kind, give: settle<Session>(resolve), refuse: settle<Error>(reject) };
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

  /** Without `after` the session is replaced. */
  async #release(session: Session, kind: Call['kind'], after: readonly string[] | undefined): Promise<void> {
    const usable = after?.length === 0 || (await this.#reset(session, after)) || (await this.#replace(session));
    if (kind === 'read') this.#reading -= 1;
    if (usable) this.#free.push(session);
    else this.#all.splice(this.#all.indexOf(session), 1);
    this.#handOut();
    if (this.#closing && this.#free.length === this.#all.length) for (const done of this.#drained.splice(0)) done();
  }

  /** False where its settings cannot be set back: a session that stays so could drop later inserts. */
  async #reset(session: Session, after: readonly string[] | undefined): Promise<boolean> {
    if (!after) return false;
    return this.#run(session.handle, after.join('; ')).then(
      () => true,
      () => false,
    );
  }

  async #replace(session: Session): Promise<boolean> {
    this.#native.CloseConnection(session.handle);
    return this.#connect(session).then(
      () => true,
      () => false,
    );
  }

  #handOut(): void {
    if (this.#all.length === 0) for (const waiter of this.#waiting.splice(0)) waiter.refuse(closed());
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
  return `SET ${word(name)}=${quote(textOf(value))}`;
}

function textOf(value: string | number | boolean): string {
  return typeof value === 'boolean' ? String(Number(value)) : String(value);
}

function closed(): Error {
  return elavaError('STORE_UNAVAILABLE', 'the store is closed');
}
