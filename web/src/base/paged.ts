/** A list that is read page by page while the reader goes down. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Failure } from './api.ts';
import { moves } from './pulse.ts';
import { epoch, failureFrom } from './query.ts';

export interface PageAnswer {
  readonly next?: string | undefined;
}
export interface Paged<A, T> {
  readonly rows: readonly T[];
  /** The first page's whole answer: coverage and totals stand in it. */
  readonly first: A | undefined;
  readonly failure: Failure | undefined;
  readonly loading: boolean;
  readonly done: boolean;
  /** The store has moved on since the first page was read. */
  readonly outdated: boolean;
  readonly more: () => void;
  readonly again: () => void;
}
interface State<A, T> {
  readonly key: string;
  readonly rows: readonly T[];
  readonly first: A | undefined;
  readonly next: string | undefined;
  readonly failure: Failure | undefined;
  readonly loading: boolean;
  /** As of the first page. */
  readonly moves: number;
}

const start = <A, T>(key: string): State<A, T> => ({
  key,
  rows: [],
  first: undefined,
  next: undefined,
  failure: undefined,
  loading: true,
  moves: moves.peek(),
});

type Change<S> = (change: (before: S) => S) => void;

/** Reads one page into the state; of a question that was given up nothing comes in. */
function read<A extends PageAnswer, T>(
  set: Change<State<A, T>>,
  { key, after, signal, how }: { key: string; after: string | undefined; signal: AbortSignal; how: How<A, T> },
): void {
  const asOf = moves.peek();
  set((before) => ({ ...before, loading: true, failure: undefined }));
  how.ask(after, signal).then(
    (answer) => {
      if (signal.aborted) return;
      const rows = how.rowsOf(answer);
      const begins = after === undefined;
      set((before) => ({
        key,
        rows: begins ? rows : [...before.rows, ...rows],
        first: begins ? answer : before.first,
        next: answer.next,
        failure: undefined,
        loading: false,
        moves: begins ? asOf : before.moves,
      }));
    },
    (error: unknown) => {
      if (!signal.aborted) set((before) => ({ ...before, loading: false, failure: failureFrom(error) }));
    },
  );
}

interface How<A, T> {
  readonly ask: (after: string | undefined, signal: AbortSignal) => Promise<A>;
  readonly rowsOf: (answer: A) => readonly T[];
}

/** `key` names the whole question; a new key begins anew while the old rows stay until the first page is there. */
export function usePaged<A extends PageAnswer, T>(
  key: string,
  ask: How<A, T>['ask'],
  rowsOf: How<A, T>['rowsOf'],
): Paged<A, T> {
  const [state, setState] = useState<State<A, T>>(() => start(key));
  const [round, setRound] = useState(0);
  const stop = useRef(new AbortController());
  const how = useRef({ ask, rowsOf });
  how.current = { ask, rowsOf };
  const load = (after: string | undefined): void =>
    read<A, T>(setState, { key, after, signal: stop.current.signal, how: how.current });
  useEffect(() => {
    stop.current = new AbortController();
    load(undefined);
    return () => stop.current.abort();
  }, [key, round, epoch.value]);
  const { rows, first, next, failure, loading } = state;
  return {
    rows,
    first,
    failure,
    loading,
    done: !loading && next === undefined && failure === undefined,
    outdated: moves.value !== state.moves,
    more: () => {
      if (!loading && next !== undefined && failure === undefined) load(next);
    },
    again: () => setRound((n) => n + 1),
  };
}

interface Enough {
  /** So many rows are looked for. */
  readonly least: number;
  /** Pages that are read for them without being asked. */
  readonly pages: number;
}

/**
 * Where the page itself picks rows, reads on until some are shown: an empty first page would say that there are none.
 * Gives whether it has stopped before the end: then the reader says whether to go on.
 */
export function useEnough<A, T>(
  { rows, done, loading, failure, more }: Paged<A, T>,
  shown: number,
  { least, pages }: Enough,
): boolean {
  const read = useRef(0);
  if (rows.length === 0) read.current = 0;
  const wanting = shown < least && rows.length > 0 && !done && failure === undefined;
  useEffect(() => {
    if (!wanting || loading || read.current >= pages) return;
    read.current += 1;
    more();
  });
  return wanting && !loading && read.current >= pages;
}
