/** One statement's way through the embedded engine: what it may take along and how it ends early. */
import { elavaError } from '../errors.ts';
import type { Handle } from './native.ts';

export type Settings = Readonly<Record<string, string | number | boolean>>;

export interface Call {
  /** Reads leave one session to writes, so that long questions never stop what must be remembered. */
  readonly kind: 'read' | 'write';
  readonly settings?: Settings;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly signal?: AbortSignal | undefined;
}
export interface Session {
  handle: Handle;
  /** `log_comment` of all its queries, by which KILL QUERY finds them: chDB takes no query id. */
  readonly tag: string;
}

/** DEADLINE_EXCEEDED when time ran out, CANCELLED when the caller gave up. */
export function abortError(signal: AbortSignal): Error {
  const reason = signal.reason as { name?: unknown } | undefined;
  if (reason?.name === 'TimeoutError')
    return elavaError('DEADLINE_EXCEEDED', 'the store took too long', { cause: reason });
  return elavaError('CANCELLED', 'the question to the store was withdrawn', { cause: reason });
}
