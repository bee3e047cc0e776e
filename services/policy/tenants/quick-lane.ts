/**
 * Many tenants' questions in one task of a thread: a task costs more than most evaluations. What arrives while a task is
 * under way goes with the next. A question that this lane does not answer goes its own way through the pool, which knows
 * whom to blame: evaluations are pure, so that one which failed here can be made again there.
 */
import { elavaError } from '../../../lib/errors.ts';

/** One tenant's questions. */
export interface Rider {
  readonly tenant: string;
  readonly digest: string;
  readonly memoryBytes: number;
  readonly deadlineMs: number;
  /** As in QueryTask, but as text: a line a question. */
  readonly lines: string;
}
export interface GroupTask {
  readonly kind: 'group';
  readonly riders: readonly Rider[];
  /** The first cell says which of the riders the thread is at. */
  readonly progress: Int32Array<SharedArrayBuffer>;
}

export interface QuickLaneOptions {
  /** Runs a group in a thread: a line for each rider, "" where the thread has not got its bundle. */
  readonly run: (task: GroupTask, signal: AbortSignal) => Promise<string>;
  /** Groups under way at once. */
  readonly width: number;
  /** Milliseconds; any clock that goes forward. */
  readonly now: () => number;
  /** Told when a thread had to be ended. */
  readonly onRestart?: (() => void) | undefined;
}

interface Waiting {
  readonly rider: Rider;
  readonly settle: (answers: string | undefined) => void;
}

const mostRiders = 64;
/** Who comes while a group is under way for so long does not wait for it: something in it may not end. */
const stuckMs = 20;
/** Whoever held a group up is not taken along for so long, as long as a quarantine lasts. */
const suspectMs = 600_000;
const maxSuspects = 1000;

export class QuickLane {
  readonly #options: QuickLaneOptions;
  readonly #suspects = new Map<string, number>();
  readonly #under = new Set<number>();
  #waiting: Waiting[] = [];
  #scheduled = false;
  #closed = false;

  constructor(options: QuickLaneOptions) {
    this.#options = options;
  }

  /** The answers as JSON, or undefined for a rider that has to go its own way. */
  ask(rider: Rider): Promise<string | undefined> {
    if (this.#closed || this.#isSuspect(rider) || this.#isStuck()) return Promise.resolve(undefined);
    return new Promise((settle) => {
      this.#waiting.push({ rider, settle });
      this.#schedule();
    });
  }

  close(): void {
    this.#closed = true;
    this.#release(this.#waiting);
    this.#waiting = [];
  }

  /** At the end of the turn of the event loop, so that what arrives together goes together. */
  #schedule(): void {
    if (this.#scheduled || this.#under.size >= this.#options.width) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      while (this.#waiting.length > 0 && this.#under.size < this.#options.width) {
        void this.#go(this.#waiting.splice(0, mostRiders));
      }
    });
  }

  async #go(group: readonly Waiting[]): Promise<void> {
    const { run, now, onRestart } = this.#options;
    const progress = new Int32Array(new SharedArrayBuffer(4));
    const riders = group.map(({ rider }) => rider);
    const began = this.#began(now());
    const late = new AbortController();
    const timer = setTimeout(
      () => late.abort(elavaError('DEADLINE_EXCEEDED', 'a group took too long')),
      Math.min(...riders.map(({ deadlineMs }) => deadlineMs)),
    );
    try {
      const lines = (await run({ kind: 'group', riders, progress }, late.signal)).split('\n');
      for (const [i, { settle }] of group.entries()) settle(lines[i] || undefined);
    } catch {
      const culprit = riders[progress[0] ?? 0];
      if (culprit) this.#suspect(culprit);
      onRestart?.();
      this.#release(group);
    } finally {
      clearTimeout(timer);
      this.#under.delete(began);
      if (this.#waiting.length > 0) this.#schedule();
    }
  }

  /** Two groups that begin in the same instant are told apart. */
  #began(instant: number): number {
    let at = instant;
    while (this.#under.has(at)) at += 1e-6;
    this.#under.add(at);
    return at;
  }

  #release(group: readonly Waiting[]): void {
    for (const { settle } of group) settle(undefined);
  }

  #isStuck(): boolean {
    if (this.#under.size < this.#options.width) return false;
    const before = this.#options.now() - stuckMs;
    const isLate = [...this.#under].every((began) => began < before);
    // Those that wait already would wait for it too.
    if (isLate) this.#release(this.#waiting.splice(0));
    return isLate;
  }

  #isSuspect({ tenant, digest }: Rider): boolean {
    const until = this.#suspects.get(`${tenant} ${digest}`);
    return until !== undefined && until > this.#options.now();
  }

  #suspect({ tenant, digest }: Rider): void {
    this.#suspects.set(`${tenant} ${digest}`, this.#options.now() + suspectMs);
    const [oldest] = this.#suspects.keys();
    if (this.#suspects.size > maxSuspects && oldest !== undefined) this.#suspects.delete(oldest);
  }
}
