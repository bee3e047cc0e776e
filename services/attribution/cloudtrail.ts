/**
 * LookupEvents, read as a sweep: windows from a cursor to now, overlapping what was read before, for events come 5 to 15
 * minutes late and in no order. It allows 2 requests a second for an account and region (its API reference), so nothing is
 * ever looked up by resource.
 */
import { codeOf, messageOf } from '../../lib/errors.ts';
import { type AuditRecord, readRecord } from './record.ts';
import type { LogPlace } from './sources.ts';

export interface AuditQuestion extends LogPlace {
  readonly from: string;
  readonly to: string;
  readonly name?: string;
  readonly token?: string;
}
export interface SweepParts {
  readonly ask: (question: AuditQuestion) => Promise<{ records: string[]; next?: string }>;
  readonly store: (records: readonly AuditRecord[]) => Promise<void>;
  /** Milliseconds. */
  readonly now: number;
  readonly lookbackMs: number;
  /** Aborts when the time for reading is up: the next sweep goes on from the cursor. */
  readonly signal: AbortSignal;
}
export interface Swept {
  /** Everything up to here was read, milliseconds. */
  readonly upto: number;
  readonly events: number;
  readonly error: string;
  readonly detail: string;
}

/** Events are that late at most, as a rule: what is older is not read again. */
export const LATE_MS = 20 * 60_000;
/** The first window; one that was read with few calls makes the next twice as long, so that a quiet day costs five. */
const WINDOW_MS = 60 * 60_000;
const FEW_EVENTS = 200;
/**
 * The call that opens a role's session from another's is no write to CloudTrail, so it is asked for by its name. Sessions
 * opened by SAML or a token name who opened them.
 */
const OPENING = 'AssumeRole';

/** Where a sweep begins: behind its cursor, as events come late and in no order. Pure. */
export function startOf(
  cursor: number | undefined,
  { now, lookbackMs }: Pick<SweepParts, 'now' | 'lookbackMs'>,
): number {
  return cursor === undefined ? now - lookbackMs : Math.max(cursor - LATE_MS, now - lookbackMs);
}

/** Reads what is new; what was read stays read when it fails or runs out of time. Never rejects. */
export async function sweep(place: LogPlace, cursor: number | undefined, parts: SweepParts): Promise<Swept> {
  let upto = cursor ?? parts.now - parts.lookbackMs;
  let events = 0;
  try {
    // From oldest to newest, so that the cursor never passes what was not read.
    let length = WINDOW_MS;
    for (let from = startOf(cursor, parts); from < parts.now; ) {
      const to = Math.min(parts.now, from + length);
      const count = await readWindow({ ...place, ...isoWindow({ from, to }) }, parts);
      length = count < FEW_EVENTS ? length * 2 : WINDOW_MS;
      events += count;
      upto = Math.max(upto, to);
      from = to;
    }
    return { upto, events, error: '', detail: '' };
  } catch (error) {
    const detail = parts.signal.aborted ? 'the time for reading was up' : messageOf(error);
    return { upto, events, error: parts.signal.aborted ? 'DEADLINE_EXCEEDED' : codeOf(error), detail };
  }
}

/** Sessions that began lately, so that who opened them is known. A session lasts 12 hours at most, mostly one. */
export function sweepOpenings(place: LogPlace, from: number, parts: SweepParts): Promise<number> {
  return readWindow({ ...place, ...isoWindow({ from, to: parts.now }), name: OPENING }, parts);
}

function isoWindow({ from, to }: { from: number; to: number }) {
  return { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
}

async function readWindow(question: AuditQuestion, { ask, store, signal }: SweepParts): Promise<number> {
  let token: string | undefined;
  let events = 0;
  do {
    signal.throwIfAborted();
    const page = await ask({ ...question, ...(token === undefined ? {} : { token }) });
    const records = page.records.flatMap((body) => readRecord(body) ?? []);
    await store(records);
    events += records.length;
    token = page.next;
  } while (token !== undefined);
  return events;
}
