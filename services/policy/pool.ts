/** The threads that evaluate. A policy can end its thread, never the process, and never another's results. */
import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import { type ElavaError, elavaError } from '../../lib/errors.ts';
import type { Exemption } from '../history/history.contract.ts';
import type { ServedBundle } from './bundle.ts';
import type { Judged } from './judge-lines.ts';
import type { Judgement } from './policy.contract.ts';
import { Quarantine } from './quarantine.ts';
import { blame } from './recovery.ts';
import type { JudgeSettings } from './settings.ts';
import { Slots } from './slots.ts';
import { type Culprit, Progress, sharedLines, type WorkerTask } from './tasks.ts';

export interface PoolOptions {
  readonly threads: number;
  /** How long one batch may be evaluated; the thread of one that takes longer is replaced. */
  readonly deadlineMs: number;
  /** Batches that may wait for a thread. */
  readonly maxQueue: number;
  /** Told when a thread had to be ended, or died. */
  readonly onRestart?: () => void;
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

/** JavaScript's own heap in a thread: rows of one batch and what is made of them. Policies' memory is beside it. */
const heapMb = 512;

export class PolicyPool {
  readonly #piscina: Piscina<WorkerTask, string>;
  readonly #slots: Slots;
  readonly #quarantine = new Quarantine({ now: () => performance.now() });
  readonly #options: PoolOptions;

  constructor(options: PoolOptions) {
    this.#options = options;
    this.#slots = new Slots(options.threads, options.maxQueue);
    this.#piscina = new Piscina({
      filename: fileURLToPath(new URL('evaluate.worker.ts', import.meta.url)),
      minThreads: 0,
      maxThreads: options.threads,
      // A batch has its slot before it is given to Piscina, whose queue is only passed through.
      maxQueue: options.threads * 2,
      idleTimeout: 60_000,
      recordTiming: false,
      resourceLimits: { maxOldGenerationSizeMb: heapMb, stackSizeMb: 4 },
    });
    // A thread that dies rejects its task, which is where it is dealt with.
    this.#piscina.on('error', () => undefined);
  }

  /** Judges whole inputs; `policies` none: those of each input's environment. Errors: CANCELLED, QUEUE_FULL. */
  async evaluate(batch: Batch, policies: readonly string[] = []): Promise<Judgement[]> {
    const { lines, ...rest } = batch;
    const answer = await this.#run({ kind: 'evaluate', policies, ...rest, ...this.#shared(lines) }, batch);
    return JSON.parse(answer) as Judgement[];
  }

  /** Judges rows of history as of the instant `at`. Errors: CANCELLED, QUEUE_FULL. */
  async judge(batch: Batch, at: string, exemptions: readonly Exemption[] = []): Promise<Judged> {
    const { lines, ...rest } = batch;
    const answer = await this.#run({ kind: 'judge', at, exemptions, ...rest, ...this.#shared(lines) }, batch);
    return JSON.parse(answer) as Judged;
  }

  /** Batches that run are cancelled. */
  async close(): Promise<void> {
    this.#slots.close();
    await this.#piscina.destroy();
  }

  #shared(lines: string) {
    const progress = new Int32Array(new SharedArrayBuffer(4 * Progress.cells));
    return { lines: sharedLines(lines), progress, culprits: [] };
  }

  /** Once more without the policy and line that took the thread down, until the batch is through. */
  async #run(task: WorkerTask, { signal, tenant }: Batch): Promise<string> {
    const { bundle, settings, lines, progress, ...rest } = task;
    const plain = { bundle: served(bundle), settings, lines, progress, ...rest } as WorkerTask;
    await this.#slots.enter(signal, tenant);
    try {
      for (let culprits: readonly Culprit[] = this.#quarantine.held(plain, tenant); ; ) {
        const attempt = await this.#attempt({ ...plain, culprits }, signal);
        if (typeof attempt === 'string') return attempt;
        if (signal?.aborted) throw elavaError('CANCELLED', 'the evaluation was cancelled', { cause: signal.reason });
        const blamed = blame(plain, culprits, attempt);
        this.#quarantine.lost(plain, fresh(blamed ?? [], culprits));
        if (!blamed) throw attempt;
        this.#options.onRestart?.();
        culprits = [...blamed, ...this.#quarantine.held(plain, tenant)];
      }
    } finally {
      this.#slots.leave(tenant);
    }
  }

  async #attempt(task: WorkerTask, signal?: AbortSignal): Promise<string | ElavaError> {
    const late = AbortSignal.timeout(this.#options.deadlineMs);
    task.progress.fill(-1);
    try {
      return await this.#piscina.run(task, { signal: signal ? AbortSignal.any([signal, late]) : late });
    } catch (cause) {
      if (late.aborted) return elavaError('DEADLINE_EXCEEDED', `longer than ${this.#options.deadlineMs} ms`, { cause });
      return elavaError('POLICY_EVALUATION', (cause as Error).message, { cause });
    }
  }
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
