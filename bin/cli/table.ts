/** Plain tables that fit the terminal: spare columns are left out first, then the widest is cut with an ellipsis. */
import { stripVTControlCharacters } from 'node:util';

export interface TableOptions {
  /** Columns of the terminal; 0 or absent: as wide as the text. */
  readonly width?: number;
  /** Indexes of columns that hold numbers. */
  readonly right?: readonly number[];
  /** Indexes of columns that are left out where the rest would have to be cut short; the last goes first. */
  readonly spare?: readonly number[];
  /** Spaces before each line. */
  readonly indent?: number;
}

const gap = 2;
const narrowest = 8;
/** What the widest column should be left with before a spare one goes. */
const readable = 24;

/** One string a line, without a line end. Cells may hold colour codes; they count as no width. */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  options: TableOptions = {},
): string[] {
  const { width = 0, right = [], spare = [], indent = 0 } = options;
  const lines = [head, ...rows];
  const natural = head.map((_, column) => Math.max(...lines.map((line) => widthOf(line[column] ?? ''))));
  const kept = leaveOut(natural, spare, width - indent);
  const widths = kept.map((column) => natural[column] ?? 0);
  fit(widths, width - indent);
  return lines.map((line) => {
    const cells = kept.map((column, i) => cell(line[column] ?? '', widths[i] ?? 0, right.includes(column)));
    return `${' '.repeat(indent)}${cells.join(' '.repeat(gap))}`.trimEnd();
  });
}

function widthOf(text: string): number {
  return stripVTControlCharacters(text).length;
}

/** The columns that are shown: all, or so many fewer that the widest of the rest stays readable. */
function leaveOut(widths: readonly number[], spare: readonly number[], width: number): number[] {
  const all = widths.map((_, column) => column);
  if (width <= 0) return all;
  const needed = (columns: readonly number[]): number => {
    const sizes = columns.map((column) => widths[column] ?? 0);
    const widest = Math.max(...sizes);
    return sizes.reduce((sum, size) => sum + size, 0) - Math.max(0, widest - readable) + gap * (sizes.length - 1);
  };
  let kept = all;
  for (const column of spare.toSorted((a, b) => b - a)) {
    if (needed(kept) <= width) break;
    kept = kept.filter((one) => one !== column);
  }
  return kept;
}

/** Takes from the widest column until the line fits, so a long reason gives way before a short id. */
function fit(widths: number[], width: number): void {
  if (width <= 0) return;
  const total = (): number => widths.reduce((sum, w) => sum + w, 0) + gap * (widths.length - 1);
  while (total() > width) {
    const widest = widths.indexOf(Math.max(...widths));
    const size = widths[widest] ?? 0;
    if (size <= narrowest) return;
    widths[widest] = Math.max(narrowest, size - (total() - width), Math.floor(size * 0.75));
  }
}

function cell(text: string, size: number, right: boolean): string {
  const cut = widthOf(text) > size ? `${stripVTControlCharacters(text).slice(0, size - 1)}…` : text;
  const space = ' '.repeat(Math.max(0, size - widthOf(cut)));
  return right ? space + cut : cut + space;
}
