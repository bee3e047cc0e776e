/**
 * Many tenants' questions in one task of a thread: a task costs more than most evaluations. What arrives while a task is
 * under way goes with the next. A question that this lane does not answer goes its own way through the pool, which knows
 * whom to blame: evaluations are pure, so that one which failed here can be made again there.
 */
import type { Watchdog } from '../watchdog.ts';

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
  /** The first cell says which of the riders the thread is at; -1 before it has begun. */
  readonly progress: Int32Array<SharedArrayBuffer>;
}

export interface QuickLaneOptions {
  /**
   * Runs a group in a thread: a line for each rider, the microseconds that it took and its answers, "" where the thread has
   * not got its bundle.
   */
  readonly run: (task: GroupTask, signal: AbortSignal) => Promise<string>;
  /** Says when a rider has taken too long; the time that a thread takes to start is nobody's. */
  readonly watch: Watchdog['watch'];
  /** Groups under way at once. */
  readonly width: number;
  /** Milliseconds; any clock that goes forward. */
  readonly now: () => number;
  /** Told when a thread had to be ended, and who it was for. */
  readonly onRestart?: ((tenant: string | undefined) => void) | undefined;
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
/** Everybody in a group waits for the slowest: who takes longer, so often in a row, goes its own way for a while. */
const slow = { micros: 3_000, times: 3, ms: 10_000 };

export class QuickLane {
  readonly #options: QuickLaneOptions;
  readonly #suspects = new Map<string, number>();
  /** How often in a row a rider was slow. */
  readonly #slow = new Map<string, number>();
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
    const { run, watch, now, onRestart } = this.#options;
    const progress = new Int32Array(new SharedArrayBuffer(4)).fill(-1);
    const riders = group.map(({ rider }) => rider);
    const began = this.#began(now());
    const deadlineMs = Math.min(...riders.map((rider) => rider.deadlineMs));
    const late = watch({ progress, deadlineMs, eachLine: true });
    try {
      const lines = (await run({ kind: 'group', riders, progress }, late.signal)).split('\n');
      for (const [i, { rider, settle }] of group.entries()) settle(this.#answerOf(rider, lines[i] ?? ''));
    } catch {
      const culprit = riders[progress[0] ?? -1];
      if (culprit) {
        this.#suspect(keyOf(culprit), suspectMs);
        // Its next revision has to show first that it is another.
        this.#suspect(culprit.tenant, slow.ms);
      }
      onRestart?.(culprit?.tenant);
      this.#release(group);
    } finally {
      late.release();
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

  #answerOf(rider: Rider, line: string): string | undefined {
    const end = line.indexOf(' ');
    if (end < 0) return undefined;
    const key = keyOf(rider);
    if (Number(line.slice(0, end)) > slow.micros) this.#wasSlow(key);
    else this.#slow.delete(key);
    return line.slice(end + 1);
  }

  #wasSlow(key: string): void {
    const times = (this.#slow.get(key) ?? 0) + 1;
    if (times < slow.times) remember(this.#slow, key, times);
    else {
      this.#slow.delete(key);
      this.#suspect(key, slow.ms);
    }
  }

  #isSuspect(rider: Rider): boolean {
    const now = this.#options.now();
    return [rider.tenant, keyOf(rider)].some((key) => (this.#suspects.get(key) ?? now) > now);
  }

  #suspect(key: string, ms: number): void {
    remember(this.#suspects, key, this.#options.now() + ms);
  }
}

function keyOf({ tenant, digest }: Rider): string {
  return `${tenant} ${digest}`;
}

/** The oldest goes when there are too many. */
function remember(map: Map<string, number>, key: string, value: number): void {
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > maxSuspects && oldest !== undefined) map.delete(oldest);
}
