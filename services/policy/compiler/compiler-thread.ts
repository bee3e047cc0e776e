/** The one worker thread of a compiler: started when first needed, kept, and replaced when a request breaks it. */
import { Worker } from 'node:worker_threads';
import { elavaError } from '../../../lib/errors.ts';
import { withDeadline } from '../../../lib/time.ts';
import type { FromWorker, WorkerData } from './compiler.worker.ts';
import { Turns } from './turns.ts';

export type ThreadAnswer = Extract<FromWorker, { kind: 'answer' }>;

export interface ThreadLimits {
  /** How long one request may run, its wait not counted. */
  readonly deadlineMs: number;
  /** How long a request may wait for its turn. */
  readonly queueMs: number;
  readonly maxQueue: number;
  /** Upper limit of an instance's memory. A request that needs more breaks the instance and fails. */
  readonly memoryBytes: number;
  /** An instance that has grown above this is given up after the request: its memory never shrinks. */
  readonly recycleBytes: number;
  /** An instance that was not used for so long is given up; it holds about 120 MB. */
  readonly idleMs: number;
}

export interface Run {
  readonly deadlineMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Unpacking and compiling the compiler takes under a second; this is for a machine that is very busy. */
const startMs = 60_000;
/**
 * Go on WebAssembly nests on the thread's own stack. In Node's default of 4 MB 8,000 nested brackets can break the
 * instance; in this, the parser's own limit (50,000) comes first and gives a diagnostic. Only what is used is held.
 */
const stackSizeMb = 64;

export class CompilerThread {
  readonly #limits: ThreadLimits;
  readonly #turns: Turns;
  readonly #closing = new AbortController();
  /** Compiled by the first thread; the next ones get it and are ready in a tenth of the time. */
  #module: WebAssembly.Module | undefined;
  #worker: Worker | undefined;
  #idle: NodeJS.Timeout | undefined;
  #started = 0;

  constructor(limits: ThreadLimits) {
    this.#limits = limits;
    this.#turns = new Turns(limits.maxQueue);
  }

  /** How many threads were started so far; more than one means that some were given up. */
  get started(): number {
    return this.#started;
  }

  /**
   * Sends a request, JSON of protocol.go in UTF-8 (the thread gets the bytes, not a copy), when its turn has come.
   * `what` names it in errors. Errors: DEADLINE_EXCEEDED, CANCELLED, QUEUE_FULL, and POLICY_COMPILER when the instance
   * broke. After each error of a running request the thread is ended; the next request gets a new one.
   */
  async run(what: string, request: Uint8Array<ArrayBuffer>, { deadlineMs, signal: given }: Run): Promise<ThreadAnswer> {
    const signal = AbortSignal.any(given ? [given, this.#closing.signal] : [this.#closing.signal]);
    await this.#turns.enter(this.#limits.queueMs, signal);
    clearTimeout(this.#idle);
    try {
      return await this.#serve(what, request, { deadlineMs, signal });
    } catch (error) {
      await this.#end();
      throw error;
    } finally {
      this.#rest();
      this.#turns.leave();
    }
  }

  /** Ends the thread; what runs or waits fails with CANCELLED. Resolves when nothing of it is left at work. */
  async close(): Promise<void> {
    this.#turns.close();
    this.#closing.abort();
    clearTimeout(this.#idle);
    await this.#end();
    this.#module = undefined;
  }

  async #serve(what: string, request: Uint8Array<ArrayBuffer>, { deadlineMs, signal }: Run): Promise<ThreadAnswer> {
    const starting = { ms: startMs, signal, what: 'starting the policy compiler' };
    const worker = await withDeadline((ended) => this.#ready(ended), starting);
    const running = { ms: deadlineMs ?? this.#limits.deadlineMs, signal, what: `the policy compiler's ${what}` };
    const answer = await withDeadline((ended) => exchange(worker, request, ended), running);
    if (answer.memoryBytes > this.#limits.recycleBytes) await this.#end();
    return answer;
  }

  async #ready(signal: AbortSignal): Promise<Worker> {
    if (this.#worker) return this.#worker;
    const worker = startWorker({ module: this.#module, memoryBytes: this.#limits.memoryBytes });
    this.#worker = worker;
    this.#started++;
    const message = await nextMessage(worker, signal);
    if (message.kind !== 'ready') throw broken(message);
    this.#module = message.module;
    return worker;
  }

  /** Lets the process end while nothing runs, and gives the memory back after a while. */
  #rest(): void {
    this.#worker?.unref();
    if (this.#closing.signal.aborted || this.#turns.waiting > 0) return;
    this.#idle = setTimeout(() => void this.#end(), this.#limits.idleMs).unref();
  }

  async #end(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }
}

/** Without an environment, and with none of the process's own flags. */
function startWorker(workerData: WorkerData): Worker {
  const worker = new Worker(new URL('compiler.worker.ts', import.meta.url), {
    name: 'rego-compiler',
    workerData,
    env: {},
    execArgv: [],
    resourceLimits: { stackSizeMb },
  });
  // Whoever waits for an answer hears of it, too; an error that nobody hears would end the process.
  worker.on('error', () => undefined);
  return worker;
}

async function exchange(worker: Worker, request: Uint8Array<ArrayBuffer>, signal: AbortSignal): Promise<ThreadAnswer> {
  worker.ref();
  const reply = nextMessage(worker, signal);
  worker.postMessage(request, [request.buffer]);
  const message = await reply;
  if (message.kind !== 'answer') throw broken(message);
  return message;
}

function broken(message: FromWorker): Error {
  return elavaError('POLICY_COMPILER', message.kind === 'broken' ? message.message : 'the thread spoke out of turn');
}

function nextMessage(worker: Worker, signal: AbortSignal): Promise<FromWorker> {
  return new Promise((resolve, reject) => {
    const settle = (done: () => void): void => {
      worker.off('message', hear).off('error', fail).off('exit', end);
      signal.removeEventListener('abort', abort);
      done();
    };
    const hear = (message: FromWorker): void => settle(() => resolve(message));
    const fail = (cause: Error): void =>
      settle(() => reject(elavaError('POLICY_COMPILER', `the thread failed: ${cause.message}`, { cause })));
    const end = (): void => settle(() => reject(elavaError('POLICY_COMPILER', 'the thread ended')));
    const abort = (): void => settle(() => reject(signal.reason as Error));
    if (signal.aborted) return abort();
    worker.on('message', hear).on('error', fail).on('exit', end);
    signal.addEventListener('abort', abort, { once: true });
  });
}
