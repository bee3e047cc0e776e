/** Series as rows: a line for each instant, a column for each series. */
import type { Column } from '../output.ts';

export const steps = ['hour', 'day', 'week'] as const;

export interface SeriesAnswer {
  readonly at: readonly string[];
  readonly total: readonly number[];
  readonly series: readonly { readonly key: Record<string, string>; readonly values: readonly number[] }[];
  readonly rest: readonly number[];
  /** Of counts over time: units that were known by then. */
  readonly units?: readonly number[];
}
export interface SeriesRow {
  readonly at: string;
  readonly total: number;
  readonly units?: number;
  readonly series: readonly { readonly key: Record<string, string>; readonly value: number }[];
  readonly rest: number;
}

export function seriesRows({ at, total, series, rest, units }: SeriesAnswer): SeriesRow[] {
  return at.map((instant, i) => ({
    at: instant,
    total: total[i] ?? 0,
    ...(units ? { units: units[i] ?? 0 } : {}),
    series: series.map(({ key, values }) => ({ key, value: values[i] ?? 0 })),
    rest: rest[i] ?? 0,
  }));
}

export function seriesColumns({ series, rest, units }: SeriesAnswer): Column<SeriesRow>[] {
  const right = true;
  const named = series.map(({ key }, i) => ({
    head: Object.values(key)
      .map((value) => value || '(none)')
      .join('/'),
    value: (row: SeriesRow) => row.series[i]?.value ?? 0,
    right,
  }));
  const others = rest.some((n) => n !== 0) ? [{ head: 'OTHERS', value: (row: SeriesRow) => row.rest, right }] : [];
  const known = units ? [{ head: 'UNITS', value: (row: SeriesRow) => row.units ?? 0, right }] : [];
  return [
    { head: 'AT', value: (row) => row.at.slice(0, 16) },
    ...named,
    ...others,
    { head: 'TOTAL', value: (row) => row.total, right },
    ...known,
  ];
}
