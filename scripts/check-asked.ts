/** Holds docs/asked.md to the truth: every row names a test that exists, or is open in a known area, or says why not. */
import { existsSync, readFileSync } from 'node:fs';
import { report } from './report.ts';

export interface Row {
  readonly line: number;
  readonly id: string;
  readonly where: string;
  readonly shown: string;
}

/** Gives the text of a file, undefined when there is none. */
export type Read = (path: string) => string | undefined;

/** The rows of every table. A row that has not four cells is given back with what it has, to be told as a fault. */
export function rowsOf(markdown: string): Row[] {
  return markdown.split('\n').flatMap((text, i): Row[] => {
    if (!/^\| S\d/.test(text)) return [];
    const cells = text.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll('\\|', '|'));
    const [, id = '', , where = '', shown = ''] = cells.length === 6 ? cells : ['', cells[1]];
    return [{ line: i + 1, id, where, shown }];
  });
}

/** The names in "- **main job**: …". */
export function areasOf(markdown: string): string[] {
  return [...markdown.matchAll(/^- \*\*([a-z ]+)\*\*:/gm)].map(([, name = '']) => name);
}

/** Every fault, one line each, as docs/asked.md:line. Pure but for `read`. */
export function faultsOf(markdown: string, read: Read): string[] {
  const rows = rowsOf(markdown);
  const areas = areasOf(markdown);
  const ids = new Set<string>();
  return rows.flatMap((row) => {
    const faults = [...whereFaults(row, read), ...shownFaults(row, areas, read)];
    if (ids.has(row.id)) faults.push('its id is taken');
    ids.add(row.id);
    return faults.map((fault) => `docs/asked.md:${row.line}: ${row.id}: ${fault}`);
  });
}

function whereFaults({ where }: Row, read: Read): string[] {
  return [...where.matchAll(/`([^`]+)`/g)]
    .map(([, path = '']) => path)
    .filter((path) => read(path) === undefined)
    .map((path) => `${path} does not exist`);
}

function shownFaults({ where, shown }: Row, areas: readonly string[], read: Read): string[] {
  const area = /^open: (.+)$/.exec(shown)?.[1];
  if (area !== undefined) return areas.includes(area) ? [] : [`there is no area "${area}"`];
  if (shown.startsWith('left out:')) return /^left out: .{10}/.test(shown) ? [] : ['left out needs a reason'];
  const named = shown.split('<br>').map((one) => /^`([^`]+)` (.+)$/.exec(one.trim()));
  if (named.some((one) => !one))
    return ['the last column is a test, open: AREA, or left out: why; a row has four cells'];
  const faults = where === '' ? ['a row that is shown says where it lives'] : [];
  return [...faults, ...named.flatMap((one) => testFaults(one?.[1] ?? '', one?.[2] ?? '', read))];
}

function testFaults(path: string, title: string, read: Read): string[] {
  const text = read(path);
  if (text === undefined) return [`${path} does not exist`];
  return hasTest(path, text, title) ? [] : [`${path} has no test "${title}"`];
}

/** In Rego a test is a rule; elsewhere its title is a text in quotes, not a comment. */
function hasTest(path: string, text: string, title: string): boolean {
  if (path.endsWith('.rego'))
    return text.split('\n').some((line) => line.startsWith(title) && !/^\w/.test(line.slice(title.length)));
  return text
    .replace(/\\(['"`])/g, '$1')
    .split('\n')
    .some((line) => /['"`]/.test(line.slice(0, Math.max(0, line.indexOf(title)))));
}

if (import.meta.main) {
  const markdown = readFileSync('docs/asked.md', 'utf8');
  const faults = faultsOf(markdown, (path) => (existsSync(path) ? readOrFolder(path) : undefined));
  const rows = rowsOf(markdown);
  const count = (start: string): number => rows.filter(({ shown }) => shown.startsWith(start)).length;
  console.error(`${rows.length} rows: ${count('`')} shown, ${count('open')} open, ${count('left out')} left out`);
  report('asked', rows.length < 250 ? [...faults, 'docs/asked.md has lost rows'] : faults);
}

/** A folder is a place too; it holds no test. */
function readOrFolder(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
