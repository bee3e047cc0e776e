/** Results go to stdout in one of four forms; everything else goes to stderr. */
import { once } from 'node:events';
import { csvLine, plainText } from './csv.ts';
import { type TableOptions, table } from './table.ts';

export const outputs = ['table', 'json', 'ndjson', 'csv'] as const;
export type Output = (typeof outputs)[number];

export interface Column<T> {
  readonly head: string;
  readonly value: (row: T) => unknown;
  readonly right?: boolean;
  /** Left out of a table that is too wide for the terminal; never out of csv or json. */
  readonly spare?: boolean;
}

/** Writes to stdout and waits while the reader is slow. A reader that went away (`| head`) ends the process quietly. */
export async function write(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain');
}

export function note(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Columns of the terminal, 0 when stdout is none: text for a file or a pipe is never cut. */
function terminalWidth(): number {
  return process.stdout.isTTY ? (process.stdout.columns ?? 80) : 0;
}

/** Writes rows page by page, so a million of them need no memory; json is one array, table shows the rows given. */
export async function writeRows<T>(
  output: Output,
  columns: readonly Column<T>[],
  pages: AsyncIterable<readonly T[]>,
): Promise<number> {
  let count = 0;
  const held: T[] = [];
  if (output === 'csv') await write(csvLine(columns.map((c) => c.head.toLowerCase())));
  if (output === 'json') await write('[');
  for await (const page of pages) {
    if (output === 'table') held.push(...page);
    else await write(page.map((row, i) => line(output, columns, row, count + i)).join(''));
    count += page.length;
  }
  if (output === 'json') await write(count === 0 ? ']\n' : '\n]\n');
  if (output === 'table') await writeTable(columns, held);
  return count;
}

function line<T>(output: Output, columns: readonly Column<T>[], row: T, index: number): string {
  if (output === 'csv') return csvLine(columns.map((c) => c.value(row)));
  if (output === 'ndjson') return `${JSON.stringify(row)}\n`;
  return `${index === 0 ? '\n' : ',\n'}${JSON.stringify(row)}`;
}

export async function writeTable<T>(
  columns: readonly Column<T>[],
  rows: readonly T[],
  options: TableOptions = {},
): Promise<void> {
  if (rows.length === 0) return;
  const right = columns.flatMap((c, i) => (c.right ? [i] : []));
  const spare = columns.flatMap((c, i) => (c.spare ? [i] : []));
  const cells = rows.map((row) => columns.map((c) => plainText(c.value(row))));
  const lines = table(
    columns.map((c) => c.head),
    cells,
    { width: terminalWidth(), right, spare, ...options },
  );
  await write(`${lines.join('\n')}\n`);
}

/** Pages of an action that answers `{…, next?}`; `limit` is rows in all. */
export async function* pages<R extends { next?: string }, T>(
  ask: (page: { after?: string; limit: number }) => Promise<R>,
  rowsOf: (answer: R) => readonly T[],
  limit = Number.POSITIVE_INFINITY,
): AsyncGenerator<readonly T[]> {
  let left = limit;
  let after: string | undefined;
  do {
    const answer = await ask({ ...(after === undefined ? {} : { after }), limit: Math.min(left, 1000) });
    const rows = rowsOf(answer).slice(0, left);
    left -= rows.length;
    after = answer.next;
    yield rows;
  } while (after !== undefined && left > 0);
}

/** Rows that are all there already, as one page. */
export async function* onePage<T>(rows: readonly T[]): AsyncGenerator<readonly T[]> {
  yield rows;
}
