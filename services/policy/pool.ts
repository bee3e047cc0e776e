/** The threads that evaluate. A policy can end its thread, never the process, and never another's results. */
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import { processEnv } from '../../lib/config/env.ts';
import { type ElavaError, elavaError } from '../../lib/errors.ts';
import { withSpan } from '../../lib/tracing.ts';
import type { ServedBundle } from './bundle.ts';
import type { Judged } from './judge-lines.ts';
import { Penance } from './penance.ts';
import type { Judgement } from './policy.contract.ts';
import { Quarantine } from './quarantine.ts';
import { blame } from './recovery.ts';
import type { JudgeSettings } from './settings.ts';
import { type Guest, Slots } from './slots.ts';
import {
  type Culprit,
  type JudgeTask,
  linesOf,
  notLoaded,
  Progress,
  type ReadyTask,
  type TenantModule,
  type WorkerTask,
} from './tasks.ts';
import type { QueryLimits } from './tenants/query-limits.ts';
import type { Answer } from './tenants/question.ts';
import { type GroupTask, QuickLane } from './tenants/quick-lane.ts';
import { Watchdog } from './watchdog.ts';

export interface PoolOptions {
  /** For work of our own. There is one more, which is tenants' alone: judging the estate does not keep them waiting. */
  readonly threads: number;
  /** How long one batch may be evaluated; the thread of one that takes longer is replaced. */
  readonly deadlineMs: number;
  /** Batches that may wait for a thread. */
  readonly maxQueue: number;
  /** Told when a thread had to be ended, or died. */
  readonly onRestart?: () => void;
  /** Where Node keeps what it has compiled of the threads' program: the next thread starts in a third of the time. */
  readonly cacheDirectory?: string;
}

export interface Batch {
  readonly bundle: ServedBundle;
  readonly settings: JudgeSettings;
  /** One JSON object a line. */
  readonly lines: string;
  readonly signal?: AbortSignal | undefined;
  /** Whose policies these are; none: our own, which may use every thread. */
  readonly tenant?: string | undefined;
}

/** What else rows of history are judged with. */
export type JudgeOptions = Pick<JudgeTask, 'exemptions' | 'scanned'>;

/** Questions to one tenant's policies (tenants/question.ts). */
export interface Query {
  readonly tenant: string;
  readonly digest: string;
  /** Called when a thread has not got the bundle yet. */
  readonly load: () => Promise<NonNullable<TenantModule['loaded']>>;
  readonly lines: string;
  readonly limits: QueryLimits;
  readonly signal?: AbortSignal | undefined;
}

/** JavaScript's own heap in a thread: rows of one batch and what is made of them. Policies' memory is beside it. */
const heapMb = 512;
/** A thread without work ends after so long. While tenants ask, each is given some before that. */
const idleMs = 60_000;
const readyMs = 20_000;
/** Longer than a thread takes to start. */
const startMs = 5000;

export class PolicyPool {
  readonly #piscina: Piscina<WorkerTask | GroupTask | ReadyTask, string>;
  readonly #slots: Slots;
  readonly #watchdog = new Watchdog();
  readonly #quick: QuickLane;
  readonly #quarantine = new Quarantine({ now: () => performance.now() });
  readonly #options: PoolOptions;
  /** The last time that all threads were made ready: when it began, and its end. None while there is no tenant. */
  #ready: { readonly at: number; readonly done: Promise<void> } | undefined;
  readonly #running = new Set<object>();
  readonly #penance = new Penance({ now: () => performance.now() });

  constructor(options: PoolOptions) {
    this.#options = options;
    const threads = options.threads + 1;
    this.#slots = new Slots(threads, options.maxQueue, options.threads);
    this.#piscina = new Piscina({
      filename: fileURLToPath(new URL('evaluate.worker.ts', import.meta.url)),
      minThreads: 0,
      maxThreads: threads,
      // A batch has its slot before it is given to Piscina, whose queue is only passed through.
      maxQueue: threads * 4,
      idleTimeout: idleMs,
      recordTiming: false,
      env: threadEnv(options.cacheDirectory),
      resourceLimits: { maxOldGenerationSizeMb: heapMb, stackSizeMb: 4 },
    });
    // Piscina tells of a thread when its program is loaded.
    this.#piscina.on('workerCreate', (thread: object) => this.#running.add(thread));
    this.#piscina.on('workerDestroy', (thread: object) => this.#running.delete(thread));
    // A thread that dies rejects its task, which is where it is dealt with.
    this.#piscina.on('error', () => undefined);
    this.#quick = new QuickLane({
      run: (task, signal) => this.#piscina.run(task, { signal }),
      watch: (batch) => this.#watchdog.watch(batch),
      // A thread less than there are, so that what goes its own way finds one.
      width: Math.max(1, options.threads - 1),
      now: () => performance.now(),
      onRestart: (tenant) => this.#restarted(tenant),
    });
  }

  /** Judges whole inputs; `policies` none: those of each input's environment. Errors: CANCELLED, QUEUE_FULL. */
  async evaluate(batch: Batch, policies: readonly string[] = []): Promise<Judgement[]> {
    const { bundle, settings, lines } = batch;
    const answer = await this.#run({ kind: 'evaluate', policies, bundle, settings, ...this.#begun(lines) }, batch);
    return JSON.parse(answer) as Judgement[];
  }

  /** Judges rows of history as of the instant `at`. Errors: CANCELLED, QUEUE_FULL. */
  async judge(batch: Batch, at: string, more: JudgeOptions = {}): Promise<Judged> {
    const { bundle, settings, lines } = batch;
    const answer = await this.#run({ kind: 'judge', at, ...more, bundle, settings, ...this.#begun(lines) }, batch);
    return JSON.parse(answer) as Judged;
  }

  /** Asks a tenant's policies: one answer for each line. Errors: CANCELLED, QUEUE_FULL, those of `load`. */
  async query({ tenant, digest, load, lines, limits, signal }: Query): Promise<Answer[]> {
    const { deadlineMs, memoryBytes, concurrency } = limits;
    void this.warm();
    const quick = signal ? undefined : await this.#quick.ask({ tenant, digest, memoryBytes, deadlineMs, lines });
    if (quick !== undefined) return JSON.parse(quick) as Answer[];
    const task = { kind: 'query' as const, tenant, bundle: { digest }, memoryBytes, ...this.#begun(lines) };
    const guest = { tenant, most: concurrency > 0 ? concurrency : undefined };
    const answer = await this.#through(task, { guest, signal, deadlineMs, load });
    return JSON.parse(answer) as Answer[];
  }

  /** Resolves when every thread runs: the first questions of tenants would wait for them, or be too many to. */
  warm(): Promise<void> {
    const last = this.#ready;
    return last && performance.now() - last.at <= readyMs ? last.done : this.#makeReady();
  }

  /** Batches that run are cancelled. */
  async close(): Promise<void> {
    this.#slots.close();
    this.#quick.close();
    this.#watchdog.close();
    await this.#piscina.destroy();
  }

  /** Starting a thread takes longer than most tenants' evaluations may: the others must not wait for it. */
  #makeReady(): Promise<void> {
    const each = Array.from({ length: this.#options.threads + 1 }, () => this.#piscina.run({ kind: 'ready' }));
    const done = Promise.allSettled(each).then(() => this.#started());
    this.#ready = { at: performance.now(), done };
    return done;
  }

  /** One that is quick may have done it for another, which is still starting. */
  async #started(): Promise<void> {
    const signal = AbortSignal.timeout(startMs);
    while (this.#running.size < this.#piscina.threads.length && !signal.aborted)
      await once(this.#piscina, 'workerCreate', { signal }).catch(() => undefined);
  }

  #restarted(tenant: string | undefined): void {
    this.#options.onRestart?.();
    if (this.#ready) void this.#makeReady();
    if (tenant !== undefined) this.#penance.lost(tenant);
  }

  #begun(lines: string) {
    const progress = new Int32Array(new SharedArrayBuffer(4 * Progress.cells));
    return { lines, progress, culprits: [] };
  }

  #run(task: Exclude<WorkerTask, { kind: 'query' }>, { signal, tenant }: Batch): Promise<string> {
    const plain = { ...task, bundle: served(task.bundle) };
    const guest = tenant === undefined ? undefined : { tenant };
    const passage = { guest, signal, deadlineMs: this.#options.deadlineMs };
    return withSpan('policy.worker', { 'policy.task': task.kind }, () => this.#through(plain, passage));
  }

  /** Once more without the policy and line that took the thread down, until the batch is through. */
  async #through(task: WorkerTask, passage: Passage): Promise<string> {
    const { guest, signal } = passage;
    const tenant = guest?.tenant;
    await this.#slots.enter(signal, guest);
    try {
      for (let culprits: readonly Culprit[] = this.#quarantine.held(task, tenant); ; ) {
        await this.#wait({ ...task, culprits }, passage);
        const attempt = await this.#attempt({ ...task, culprits }, passage);
        if (typeof attempt === 'string') return attempt;
        if (signal?.aborted) throw elavaError('CANCELLED', 'the evaluation was cancelled', { cause: signal.reason });
        const blamed = blame(task, culprits, attempt);
        this.#quarantine.lost(task, fresh(blamed ?? [], culprits), tenant);
        if (!blamed) throw attempt;
        this.#restarted(tenant);
        culprits = [...blamed, ...this.#quarantine.held(task, tenant)];
      }
    } finally {
      this.#slots.leave(guest);
    }
  }

  /** What is answered without being evaluated costs no thread, and need not wait for one. */
  async #wait({ culprits, lines }: WorkerTask, { guest, signal }: Passage): Promise<void> {
    const isHeld = culprits.length > 0 && culprits.length >= linesOf(lines).length;
    if (guest && !isHeld) await this.#penance.done(guest.tenant, signal);
  }

  async #attempt(task: WorkerTask, passage: Passage): Promise<string | ElavaError> {
    const answer = await this.#send(task, passage);
    if (answer !== notLoaded || task.kind !== 'query' || !passage.load) return answer;
    const loaded = await passage.load();
    return this.#send({ ...task, bundle: { ...task.bundle, loaded } }, passage);
  }

  async #send(task: WorkerTask, { signal, deadlineMs }: Passage): Promise<string | ElavaError> {
    task.progress.fill(-1);
    const late = this.#watchdog.watch({ progress: task.progress, deadlineMs, eachLine: task.kind === 'query' });
    try {
      return await this.#piscina.run(task, { signal: signal ? AbortSignal.any([signal, late.signal]) : late.signal });
    } catch (cause) {
      if (late.signal.aborted) return elavaError('DEADLINE_EXCEEDED', `longer than ${deadlineMs} ms`, { cause });
      return elavaError('POLICY_EVALUATION', (cause as Error).message, { cause });
    } finally {
      late.release();
    }
  }
}

/** How a task goes through the pool. */
interface Passage {
  readonly guest: Guest | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly deadlineMs: number;
  readonly load?: Query['load'];
}

function threadEnv(cacheDirectory: string | undefined): Record<string, string | undefined> {
  return { ...processEnv(), ...(cacheDirectory ? { NODE_COMPILE_CACHE: cacheDirectory } : {}) };
}

/** What is not for a worker, such as the policy's bytes, stays here. */
function served({ digest, module, data, packages, fast, fault }: ServedBundle): ServedBundle {
  return { digest, module, data, packages, ...(fast ? { fast } : {}), ...(fault ? { fault } : {}) };
}

/** Those that a blame has added. */
function fresh(blamed: readonly Culprit[], known: readonly Culprit[]): readonly Culprit[] {
  const keys = new Set(known.map(({ line, policy }) => `${line} ${policy}`));
  return blamed.filter(({ line, policy }) => !keys.has(`${line} ${policy}`));
}
