/** A question whose answer is on the page: asked again when its key changes, and when the store has moved on. */
import { signal } from '@preact/signals';
import { useEffect, useRef, useState } from 'preact/hooks';
import { type Failure, isFailure } from './api.ts';
import { moves } from './pulse.ts';

export interface Query<T> {
  /** The newest answer; while another is on its way this one stays. */
  readonly data: T | undefined;
  readonly failure: Failure | undefined;
  readonly loading: boolean;
  /** `data` belongs to an earlier key. */
  readonly old: boolean;
  readonly again: () => void;
}
interface Held<T> {
  readonly key: string;
  readonly data: T;
}
interface State<T> {
  readonly held: Held<T> | undefined;
  readonly failure: Failure | undefined;
  readonly loading: boolean;
}
export interface QueryOptions {
  /** Asked again when the store has a new revision. */
  readonly live?: boolean;
  /** Nothing is asked while it is false. */
  readonly when?: boolean;
}

const MOST_KEPT = 40;
const kept = new Map<string, unknown>();

/** Forgets every answer: somebody else signed in, or something was changed. */
export function forgetAnswers(): void {
  kept.clear();
  epoch.value += 1;
}
/** Grows when every answer is to be forgotten. */
export const epoch = signal(0);

function keep(key: string, data: unknown): void {
  kept.delete(key);
  kept.set(key, data);
  const oldest = kept.keys().next();
  if (kept.size > MOST_KEPT && !oldest.done) kept.delete(oldest.value);
}

/** `key` names the whole question. Going back to a question shows the answer that is still held, then asks anew. */
export function useQuery<T>(
  key: string,
  ask: (signal: AbortSignal) => Promise<T>,
  { live = false, when = true }: QueryOptions = {},
): Query<T> {
  const [state, setState] = useState<State<T>>(() => ({ held: heldFor<T>(key), failure: undefined, loading: when }));
  const [round, setRound] = useState(0);
  const asked = useRef(ask);
  asked.current = ask;
  const again = (): void => setRound((n) => n + 1);
  const follower = useFollower(live, again);
  const generation = epoch.value;
  useEffect(() => {
    if (!when) return;
    const stop = new AbortController();
    follower.begins();
    setState((before) => ({ held: heldFor<T>(key) ?? before.held, failure: undefined, loading: true }));
    asked.current(stop.signal).then(
      (data) => {
        if (stop.signal.aborted) return;
        keep(key, data);
        setState({ held: { key, data }, failure: undefined, loading: false });
        follower.ended();
      },
      (error: unknown) => {
        if (stop.signal.aborted) return;
        setState((before) => ({ ...before, failure: failureFrom(error), loading: false }));
        follower.ended();
      },
    );
    return () => stop.abort();
  }, [key, round, generation, when]);
  const { held, failure, loading } = state;
  return { data: held?.data, failure, loading, old: held?.key !== key, again };
}

/** A page that is left open asks for this part of the time at most, however quickly the store moves on. */
const REST = 4;

interface Follower {
  begins(): void;
  ended(): void;
}

/**
 * Asks again when the store has moved on: after the answer that is under way, which a busy store would otherwise never
 * let come, and after a rest that is as much longer as the answer took long.
 */
function useFollower(live: boolean, again: () => void): Follower {
  const moment = live ? moves.value : 0;
  const run = useRef({ moment, since: 0, until: 0, behind: false, timer: 0 });
  const { current } = run;
  const soon = (): void => {
    const rest = current.until + REST * (current.until - current.since) - performance.now();
    window.clearTimeout(current.timer);
    current.timer = window.setTimeout(again, Math.max(0, rest));
  };
  useEffect(() => () => window.clearTimeout(current.timer), []);
  useEffect(() => {
    if (moment === current.moment) return;
    current.moment = moment;
    if (current.until > 0) soon();
    else current.behind = true;
  }, [moment]);
  return {
    begins() {
      window.clearTimeout(current.timer);
      Object.assign(current, { since: performance.now(), until: 0, behind: false });
    },
    ended() {
      current.until = performance.now();
      if (current.behind) soon();
    },
  };
}

function heldFor<T>(key: string): Held<T> | undefined {
  return kept.has(key) ? { key, data: kept.get(key) as T } : undefined;
}

export function failureFrom(error: unknown): Failure {
  if (isFailure(error)) return error;
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'PAGE', message, next: 'Load the page again. If it stays, tell its maintainers.', status: 0 };
}
