/** Counts by index of the axis and by key, as the engine gives them, put into series. Pure. */
import type { Group } from './questions.schema.ts';

/** Between the parts of a key; in no id, name or tag of AWS. */
const SEPARATOR = '\u001f';
export const DEFAULT_TOP = 20;

export interface Cell {
  /** Index of the axis. */
  readonly i: number;
  readonly key: string;
  readonly n: string;
}
export interface SeriesOf {
  readonly total: number[];
  readonly series: { key: Record<string, string>; values: number[] }[];
  readonly rest: number[];
}

/** As SQL: the key that these expressions make. */
export function keySql(expressions: readonly string[]): string {
  return `arrayStringConcat([${expressions.map((sql) => `toString(${sql})`).join(', ')}], '\\x1f')`;
}

/** As SQL: the key, or the one that stands for all others, where it is none of `{tops}`. */
export function topKeySql(key: string): string {
  return `if(has({tops:Array(String)}, ${key}), ${key}, '\\x1e')`;
}

function keyOf(text: string, by: readonly string[]): Record<string, string> {
  const parts = text.split(SEPARATOR);
  return Object.fromEntries(by.map((name, i) => [name, parts[i] ?? '']));
}

export function groupsOf(
  rows: readonly { readonly key: string; readonly n: string }[],
  by: readonly string[],
): Group[] {
  return rows.map(({ key, n }) => ({ key: keyOf(key, by), count: Number(n) }));
}

/** One series for each of `tops`, in their order. `running` adds up from the first point on. */
export function seriesOf(
  cells: readonly Cell[],
  { length, tops, by, running }: { length: number; tops: readonly string[]; by: readonly string[]; running: boolean },
): SeriesOf {
  const rest = zeros(length);
  const values = new Map(tops.map((key) => [key, zeros(length)]));
  for (const { i, key, n } of cells) addAt(values.get(key) ?? rest, i, Number(n));
  const rows = [...values.values(), rest];
  if (running) rows.forEach(addUp);
  const total = zeros(length);
  for (const row of rows) for (const [i, n] of row.entries()) addAt(total, i, n);
  if (by.length === 0) return { total, series: [], rest: [] };
  return { total, series: [...values].map(([key, own]) => ({ key: keyOf(key, by), values: own })), rest };
}

export function zeros(length: number): number[] {
  return Array.from({ length }, () => 0);
}

/** What lies outside is left out. */
export function addAt(row: number[], i: number, n: number): void {
  const before = row[i];
  if (before !== undefined) row[i] = before + n;
}

function addUp(row: number[]): void {
  let sum = 0;
  for (const [i, n] of row.entries()) {
    sum += n;
    row[i] = sum;
  }
}
