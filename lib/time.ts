/** Clocks, durations and deadlines. Durations are milliseconds inside the program and text such as "30d" outside. */
import { elavaError } from './errors.ts';

export interface Clock {
  /** Milliseconds since 1970, UTC. */
  now(): number;
}
export const systemClock: Clock = { now: () => Date.now() };

const unitMs: Readonly<Record<string, number>> = {
  w: 604_800_000,
  d: 86_400_000,
  h: 3_600_000,
  m: 60_000,
  s: 1000,
  ms: 1,
};
const printed = ['d', 'h', 'm', 's', 'ms'] as const;

/** Node fires a longer timer at once (its limit is 2^31-1 ms, about 24.8 days). */
const LONGEST_TIMER_MS = 2_147_483_647;

/**
 * Reads "30d", "1h30m", "1.5h" or "250ms" as milliseconds, rounded; units w d h m s ms, largest first.
 * Undefined for anything else, also for a bare number: whoever writes 30 means days, seconds or milliseconds.
 */
export function parseDuration(text: string): number | undefined {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|[wdhms])/gy)];
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text) return undefined;
  const sizes = parts.map(([, , unit]) => unitMs[unit ?? ''] ?? 0);
  if (sizes.some((size, i) => i > 0 && size >= (sizes[i - 1] ?? 0))) return undefined;
  const total = parts.reduce((sum, [, count], i) => sum + Number(count) * (sizes[i] ?? 0), 0);
  return Number.isSafeInteger(Math.round(total)) ? Math.round(total) : undefined;
}

/** The shortest text that parseDuration reads back as the same number of milliseconds: "1d12h", "0s". */
export function formatDuration(ms: number): string {
  let rest = Math.max(0, Math.round(ms));
  if (rest === 0) return '0s';
  let text = '';
  for (const unit of printed) {
    const size = unitMs[unit] ?? 1;
    const count = Math.floor(rest / size);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * size;
  }
  return text;
}

/** Waits; rejects with CANCELLED as soon as `signal` aborts. Does not hold the process open when `unref` is set. */
export async function sleep(ms: number, signal?: AbortSignal, { unref = false } = {}): Promise<void> {
  let left = Math.max(0, ms);
  do {
    await timer(Math.min(left, LONGEST_TIMER_MS), signal, unref);
    left -= LONGEST_TIMER_MS;
  } while (left > 0);
}

function timer(ms: number, signal: AbortSignal | undefined, unref: boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(cancelled(signal));
    const abort = (): void => {
      clearTimeout(handle);
      reject(cancelled(signal));
    };
    const handle = setTimeout(() => {
      signal?.removeEventListener('abort', abort);
      resolve();
    }, ms);
    if (unref) handle.unref();
    signal?.addEventListener('abort', abort, { once: true });
  });
}

/** Resolves when `signal` aborts. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function cancelled(signal: AbortSignal | undefined): Error {
  return elavaError('CANCELLED', 'the wait was cancelled', { cause: signal?.reason });
}

export interface Linked extends Disposable {
  readonly signal: AbortSignal;
}

/**
 * A signal that aborts with any of `signals`, or after `ms` when given. To be disposed of when the work has ended: what
 * AbortSignal.any and AbortSignal.timeout make stays in memory for as long as the longest-lived signal, or the time, lasts.
 */
export function linked(signals: readonly AbortSignal[], ms?: number): Linked {
  const stop = new AbortController();
  const abort = ({ target }: { readonly target: EventTarget | null }): void =>
    stop.abort((target as AbortSignal).reason);
  const late = (): void => stop.abort(new DOMException('the time is over', 'TimeoutError'));
  const timer = ms === undefined ? undefined : setTimeout(late, ms).unref();
  for (const signal of signals) {
    if (signal.aborted) stop.abort(signal.reason);
    else signal.addEventListener('abort', abort, { once: true });
  }
  return {
    signal: stop.signal,
    [Symbol.dispose]() {
      clearTimeout(timer);
      for (const signal of signals) signal.removeEventListener('abort', abort);
    },
  };
}

export interface Deadline {
  readonly ms: number;
  /** The caller's own signal; its abort is CANCELLED, not DEADLINE_EXCEEDED. */
  readonly signal?: AbortSignal | undefined;
  /** Names the work in the error: "describe ec2 in eu-west-1". */
  readonly what: string;
}

/**
 * Runs work that must end in `ms`. The work gets a signal that aborts at the deadline or with the caller; the returned
 * promise settles then even when the work ignores its signal. Errors: DEADLINE_EXCEEDED, CANCELLED, or the work's own.
 */
export async function withDeadline<T>(work: (signal: AbortSignal) => Promise<T>, deadline: Deadline): Promise<T> {
  const { ms, signal, what } = deadline;
  const stop = new AbortController();
  const wait = new AbortController();
  using either = linked(signal ? [signal, wait.signal] : [wait.signal]);
  const late = async (): Promise<never> => {
    await sleep(ms, either.signal);
    throw elavaError('DEADLINE_EXCEEDED', `${what} took longer than ${formatDuration(ms)}`);
  };
  const ended = late().catch((error: unknown) => {
    // Not after the work has ended: its result may still be reading from what the signal guards.
    if (!wait.signal.aborted) stop.abort(error);
    throw error;
  });
  try {
    return await Promise.race([ended, work(stop.signal)]);
  } finally {
    wait.abort();
    ended.catch(() => undefined);
  }
}
