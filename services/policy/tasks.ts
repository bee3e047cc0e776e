/**
 * What goes to a worker and what comes back. Lines cross as one text: copying it costs half of what UTF-8 there and back
 * does, and nothing is parsed on the way.
 */
import type { Exemption } from '../history/history.contract.ts';
import type { ServedBundle } from './bundle.ts';
import type { Scanned } from './gone.ts';
import type { PolicyModule } from './host/policy-module.ts';
import type { JudgeSettings } from './settings.ts';
import type { Failure } from './voices.ts';

/** A policy that took its thread down on the line of this number. */
export interface Culprit extends Failure {
  readonly line: number;
  readonly policy: string;
}

interface Lines {
  /** One JSON object a line. */
  readonly lines: string;
  /** Where the worker stands (see `Progress`); read by the pool when the thread had to be ended. */
  readonly progress: Int32Array<SharedArrayBuffer>;
  readonly culprits: readonly Culprit[];
}
interface Task extends Lines {
  readonly bundle: ServedBundle;
  readonly settings: JudgeSettings;
}

/** Judges whole inputs; the answer is one judgement a line. */
export interface EvaluateTask extends Task {
  readonly kind: 'evaluate';
  /** Full names of packages; none: those of each input's environment. */
  readonly policies: readonly string[];
}

/** Judges rows of history (JudgingRow); the answer is what changed. */
export interface JudgeTask extends Task {
  readonly kind: 'judge';
  /** ISO 8601: the instant as of which is judged. */
  readonly at: string;
  readonly exemptions?: readonly Exemption[] | undefined;
  /** What is known of the types that the rows refer to. */
  readonly scanned?: Scanned | undefined;
}
/** Asks for parts of a tenant's document; a line is a question (tenants/question.ts), and so is the answer. */
export interface QueryTask extends Lines {
  readonly kind: 'query';
  readonly tenant: string;
  readonly bundle: TenantModule;
  readonly memoryBytes: number;
}
/** Without `loaded` it is for a thread that has it already; another one says so instead of answering. */
export interface TenantModule {
  readonly digest: string;
  readonly loaded?: {
    /** Undefined where the bundle is data alone. */
    readonly module: PolicyModule | undefined;
    readonly data: Uint8Array<SharedArrayBuffer>;
  };
}
/** For a thread to be there before it is needed. */
export interface ReadyTask {
  readonly kind: 'ready';
}
export type WorkerTask = EvaluateTask | JudgeTask | QueryTask;
/** What a thread answers that has not got the bundle of a query. */
export const notLoaded = '';

/** Cells of `Task.progress`; -1 for none. A policy is its place in `policiesOf(task)`. */
export const Progress = { line: 0, policy: 1, cells: 2 } as const;

/** All policies that any line of the task may ask. */
export function policiesOf(task: WorkerTask): readonly string[] {
  if (task.kind === 'query') return [task.tenant];
  if (task.kind === 'evaluate' && task.policies.length > 0) return task.policies;
  return [...new Set(Object.values(task.settings.environments).flatMap(({ policies }) => policies))];
}

/** Writes down where the thread stands. */
export class Bookmark {
  readonly #cells: Int32Array;
  readonly #places: ReadonlyMap<string, number>;

  constructor(task: WorkerTask) {
    this.#cells = task.progress;
    this.#places = new Map(policiesOf(task).map((policy, place) => [policy, place]));
  }

  atLine(line: number): void {
    this.#cells[Progress.policy] = -1;
    Atomics.store(this.#cells, Progress.line, line);
  }

  atPolicy(policy: string): void {
    this.#cells[Progress.policy] = this.#places.get(policy) ?? -1;
  }
}

/** The lines without their ends; empty ones are left out. */
export function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}
