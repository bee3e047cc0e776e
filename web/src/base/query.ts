/** A question whose answer is on the page: asked again when its key changes, and when the store has moved on. */
import { signal } from '@preact/signals';
import { useEffect, useRef, useState } from 'preact/hooks';
import { type Failure, isFailure } from './api.ts';
import { revision } from './pulse.ts';

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
  const moment = live ? revision.value : '';
  const generation = epoch.value;
  useEffect(() => {
    if (!when) return;
    const stop = new AbortController();
    setState((before) => ({ held: heldFor<T>(key) ?? before.held, failure: undefined, loading: true }));
    asked.current(stop.signal).then(
      (data) => {
        if (stop.signal.aborted) return;
        keep(key, data);
        setState({ held: { key, data }, failure: undefined, loading: false });
      },
      (error: unknown) => {
        if (stop.signal.aborted) return;
        setState((before) => ({ ...before, failure: failureFrom(error), loading: false }));
      },
    );
    return () => stop.abort();
  }, [key, round, moment, generation, when]);
  const { held, failure, loading } = state;
  return { data: held?.data, failure, loading, old: held?.key !== key, again: () => setRound((n) => n + 1) };
}

function heldFor<T>(key: string): Held<T> | undefined {
  return kept.has(key) ? { key, data: kept.get(key) as T } : undefined;
}

export function failureFrom(error: unknown): Failure {
  if (isFailure(error)) return error;
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'PAGE', message, next: 'Load the page again. If it stays, tell its maintainers.', status: 0 };
}
