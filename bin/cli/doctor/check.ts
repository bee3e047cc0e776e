/** One finding of the doctor. */
import { codeOf, type ErrorCode, errorTable, messageOf } from '../../../lib/errors.ts';
import { maskText } from '../../../lib/mask.ts';

export interface Check {
  /** What was looked at: config, store, credentials, permissions … */
  readonly check: string;
  /** `warn` does not keep a scan from being whole; `skip` could not be looked at, for what went wrong before. */
  readonly state: 'ok' | 'warn' | 'fail' | 'skip';
  /** Which one of several: an account, a region, a type; "" where there is one. */
  readonly of: string;
  /** A code of docs/errors.md, "" when all is well. */
  readonly code: ErrorCode | '';
  readonly text: string;
  /** What to do, "" when there is nothing. */
  readonly next: string;
}

type Fields = Partial<Pick<Check, 'of' | 'next'>>;

export function ok(check: string, text: string, { of = '', next = '' }: Fields = {}): Check {
  return { check, state: 'ok', of, code: '', text, next };
}

export function warn(check: string, text: string, { of = '', next = '' }: Fields = {}): Check {
  return { check, state: 'warn', of, code: '', text, next };
}

export function skip(check: string, text: string, { of = '', next = '' }: Fields = {}): Check {
  return { check, state: 'skip', of, code: '', text, next };
}

/** What an error says happened, and what its table says to do; `next` where there is something better to say. */
export function fail(check: string, error: unknown, { of = '', next }: Fields = {}): Check {
  const code = codeOf(error);
  return failed(check, { code, detail: messageOf(error) }, { of, ...(next === undefined ? {} : { next }) });
}

/** As `fail`, of an error that is known by its code. */
export function failed(check: string, error: { code: string; detail: string }, { of = '', next }: Fields = {}): Check {
  const code = error.code in errorTable ? (error.code as ErrorCode) : 'INTERNAL';
  return { check, state: 'fail', of, code, text: maskText(error.detail), next: next ?? errorTable[code].next };
}

/** Of the first that failed, as the error itself would end a verb; 0 when none did. */
export function exitOf(checks: readonly Check[]): number {
  const first = checks.find(({ state }) => state === 'fail');
  return first && first.code !== '' ? errorTable[first.code].exit : 0;
}
