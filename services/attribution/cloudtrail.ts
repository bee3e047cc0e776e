/**
 * LookupEvents. It allows 2 requests a second for an account and region (its API reference), so nothing is ever looked up by
 * resource, and of the log only what some open change needs: the span in which it happened.
 */
import { codeOf, messageOf } from '../../lib/errors.ts';
import type { Interval } from './intervals.ts';
import { type AuditRecord, readRecord } from './record.ts';
import type { LogPlace } from './sources.ts';

export interface AuditQuestion extends LogPlace {
  readonly from: string;
  readonly to: string;
  readonly name?: string;
  readonly token?: string;
}
export interface LookupParts {
  readonly ask: (question: AuditQuestion) => Promise<{ records: string[]; next?: string }>;
  readonly store: (records: readonly AuditRecord[]) => Promise<void>;
  /** Aborts when the time for reading is up: the next run goes on from there. */
  readonly signal: AbortSignal;
}
export interface Lookup {
  /** What of the span was read, from its end backwards; nothing when `from` is `to`. */
  readonly read: Interval;
  readonly events: number;
  readonly pages: number;
  /** A code, "" when all of it was read. */
  readonly error: string;
  readonly detail: string;
}

/** Events are that late at most, as a rule: what is older is not read again. */
export const LATE_MS = 20 * 60_000;
/**
 * The call that opens a role's session from another's is no write to CloudTrail, so it is asked for by its name. Sessions
 * opened by SAML or a token name who opened them.
 */
export const OPENING = 'AssumeRole';

export interface Looking {
  readonly span: Interval;
  /** Only calls of this name. */
  readonly name?: string;
  /** Ends the reading early: what was looked for is there. */
  readonly enough?: (records: readonly AuditRecord[]) => boolean;
}

/** The log answers from its newest event on, so what was read before it failed is a whole end of the span. Never rejects. */
export async function lookUp(place: LogPlace, looking: Looking, parts: LookupParts): Promise<Lookup> {
  const { span, name, enough } = looking;
  const window = { from: new Date(span.from).toISOString(), to: new Date(span.to).toISOString() };
  const progress = { from: span.to, events: 0, pages: 0 };
  const done = (error = '', detail = ''): Lookup => {
    const { from, events, pages } = progress;
    return { read: { from, to: span.to }, events, pages, error, detail };
  };
  try {
    for (let token: string | undefined; ; ) {
      parts.signal.throwIfAborted();
      const question = { ...place, ...window, ...(name && { name }), ...(token && { token }) };
      const page = await parts.ask(question);
      const records = page.records.flatMap((body) => readRecord(body) ?? []);
      await parts.store(records);
      progress.pages += 1;
      progress.events += records.length;
      token = page.next;
      if (token === undefined) progress.from = span.from;
      else progress.from = Math.min(progress.from, oldestOf(records, progress.from));
      if (token === undefined || enough?.(records)) return done();
    }
  } catch (error) {
    return parts.signal.aborted
      ? done('DEADLINE_EXCEEDED', 'the time for reading was up')
      : done(codeOf(error), messageOf(error));
  }
}

/** Events of the oldest second may go on on the next page. */
function oldestOf(records: readonly AuditRecord[], otherwise: number): number {
  return records.reduce((oldest, { at }) => Math.min(oldest, at + 1000), otherwise);
}
