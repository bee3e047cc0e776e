/** Exit codes (docs: the command line) and the one place where an error becomes text. */
import { styleText } from 'node:util';
import { codeOf, errorTable, messageOf } from '../../lib/errors.ts';
import { note } from './output.ts';

export const exit = { ok: 0, error: 1, usage: 2, findings: 3, partial: 4, refused: 5, interrupted: 130 } as const;

/** Prints what happened and what to do next, and gives the exit code. `trace` adds the stack. */
export function report(error: unknown, trace: boolean): number {
  const code = codeOf(error);
  const { exit: status, next } = errorTable[code];
  note(`${styleText('red', 'error', { stream: process.stderr })} ${code}: ${messageOf(error)}`);
  note(`  ${next}`);
  if (trace && error instanceof Error) note(error.stack ?? '');
  return status;
}
