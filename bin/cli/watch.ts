/** Asks again and again and shows what is new, until the process is told to stop. */
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import type { Output } from './output.ts';

const everyMs = 2000;
/** Two rounds overlap, so that what was written while the first was asked is not lost; doubles are left out. */
const overlapMs = 60_000;
const mostKnown = 20_000;

export interface Watch<T extends { readonly at: string }> {
  /** What came after an instant, newest first. */
  readonly ask: (since: string) => Promise<readonly T[]>;
  readonly keyOf: (row: T) => string;
  /** Oldest first; never empty. */
  readonly show: (rows: readonly T[]) => Promise<unknown>;
  readonly since: string;
}

/** Ends at SIGINT or SIGTERM. A question that fails ends it with its error: a watch that is silently blind is none. */
export async function watch<T extends { readonly at: string }>({ ask, keyOf, show, since }: Watch<T>): Promise<void> {
  const stop = new AbortController();
  const stopped = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]).then(() => stop.abort());
  const known = new Set<string>();
  let from = since;
  while (!stop.signal.aborted) {
    const rows = (await ask(from)).filter((row) => !known.has(keyOf(row))).toReversed();
    for (const row of rows) known.add(keyOf(row));
    forgetOldest(known);
    if (rows.length > 0) await show(rows);
    from = laterOf(since, rows.at(-1)?.at ?? from);
    await Promise.race([wait(everyMs, undefined, { signal: stop.signal }).catch(() => undefined), stopped]);
  }
}

function laterOf(since: string, newest: string): string {
  const overlapped = new Date(Date.parse(newest) - overlapMs).toISOString();
  return overlapped > since ? overlapped : since;
}

/** A set keeps the order in which things came. */
function forgetOldest(known: Set<string>): void {
  for (const key of known) {
    if (known.size <= mostKnown) return;
    known.delete(key);
  }
}

/** One form a line: one JSON array would only be whole at the end. */
export const lined = (output: Output): Output => (output === 'json' ? 'ndjson' : output);
