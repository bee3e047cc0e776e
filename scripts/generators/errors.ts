import { type ErrorEntry, errorTable } from '../../lib/errors.ts';
import { code, markdownHead, type Output, table } from './output.ts';

const exits: Readonly<Record<ErrorEntry['exit'], string>> = {
  1: 'error',
  2: 'usage',
  3: 'findings',
  4: 'partial coverage',
  5: 'refused for safety',
};

/** docs/errors.md: the code table, in the order of its source. */
export function errorDocs(): Output[] {
  const rows = Object.entries<ErrorEntry>(errorTable).map(([name, { status, exit, text, next }]) => [
    code(name),
    String(status),
    `${exit} (${exits[exit]})`,
    text,
    next,
  ]);
  const text = `${markdownHead('lib/errors.ts')}
# Errors

Every error carries one of these codes: as \`type\` on the bus, as \`code\` over HTTP, in capitals at the start of a
line of the command line. Match the code, never the message: its words may change.

${table(['code', 'HTTP', 'exit code', 'what happened', 'what to do'], rows)}`;
  return [{ path: 'docs/errors.md', text }];
}
