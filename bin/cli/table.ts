/** Plain tables that fit the terminal: the last column takes what is left and is cut with an ellipsis. */
import { stripVTControlCharacters } from 'node:util';

export interface TableOptions {
  /** Columns of the terminal; 0 or absent: as wide as the text. */
  readonly width?: number;
  /** Indexes of columns that hold numbers. */
  readonly right?: readonly number[];
  /** Spaces before each line. */
  readonly indent?: number;
}

const gap = 2;
const narrowest = 8;

/** One string a line, without a line end. Cells may hold colour codes; they count as no width. */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  options: TableOptions = {},
): string[] {
  const { width = 0, right = [], indent = 0 } = options;
  const lines = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...lines.map((line) => widthOf(line[column] ?? ''))));
  fit(widths, width - indent);
  return lines.map((line) => {
    const cells = widths.map((size, column) => cell(line[column] ?? '', size, right.includes(column)));
    return `${' '.repeat(indent)}${cells.join(' '.repeat(gap))}`.trimEnd();
  });
}

function widthOf(text: string): number {
  return stripVTControlCharacters(text).length;
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
