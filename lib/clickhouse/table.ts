/** A table's columns, declared once: its DDL, the type of its rows and what an insert sends all follow from them. */
import type { RowWriter } from './row-writer.ts';

/** How one column is made and how a value of it is written, as JSON and as RowBinary. */
export interface Column<T = unknown> {
  /** As `system.columns` prints it, so that the check at start can compare. */
  readonly type: string;
  readonly codec: string;
  /** The migration that adds the column; the table's own when absent. */
  readonly since?: number;
  encode(value: T): string;
  write(row: RowWriter, value: T): void;
}
export type Columns = Readonly<Record<string, Column>>;

export interface Table<C extends Columns = Columns> {
  readonly name: string;
  readonly columns: C;
  /** Columns that the engine computes at the insert: name → `type DEFAULT expression CODEC(…)`. */
  readonly computed?: Readonly<Record<string, string>>;
  /** Inputs of computed columns; they are inserted but not stored. */
  readonly ephemeral?: readonly string[];
  readonly indexes?: readonly string[];
  /** Without the Replicated prefix, which the migration fills in: `ReplacingMergeTree(rev)`. */
  readonly engine: string;
  readonly partitionBy?: string;
  readonly orderBy: string;
  readonly settings?: readonly string[];
}
export type RowOf<T extends Table> = {
  readonly [K in keyof T['columns']]: T['columns'][K] extends Column<infer V> ? V : never;
};

export function defineTable<const C extends Columns>(table: Table<C>): Table<C> {
  return table;
}

const text = (value: string): string => JSON.stringify(value.isWellFormed() ? value : value.toWellFormed());
const whole = (value: number): string => String(value);
const writeText = (row: RowWriter, value: string): void => row.text(value);

/** Any text; a lone surrogate, which the engine would refuse with the whole batch, becomes U+FFFD. */
export const string = (codec = 'ZSTD(1)'): Column<string> => ({
  type: 'String',
  codec,
  encode: text,
  write: writeText,
});
/** Text of few different values. */
export const keyword = (): Column<string> => ({
  type: 'LowCardinality(String)',
  codec: '',
  encode: text,
  write: writeText,
});
/** JSON text, inserted as it is: neither side escapes or parses what it holds. "" for none. */
export const json = (): Column<string> => ({
  type: 'String',
  codec: 'ZSTD(3)',
  encode: (value) => (value === '' ? '""' : value),
  write: writeText,
});
/** A 64-bit number as decimal text, or a safe integer. */
export const uint64 = (codec = 'NONE'): Column<string | number> => ({
  type: 'UInt64',
  codec,
  encode: (value) => `"${value}"`,
  write: (row, value) => row.uint64(value),
});
/** A content hash: 16 hex digits outside, eight bytes inside. */
export const hash64 = (): Column<string> => ({
  type: 'UInt64',
  codec: 'NONE',
  encode: (value) => `"${BigInt(`0x${value}`)}"`,
  write(row, value) {
    row.uint32(Number.parseInt(value.slice(8), 16));
    row.uint32(Number.parseInt(value.slice(0, 8), 16));
  },
});
/** Numbers that grow: revisions. */
export const counter = (): Column<string | number> => uint64('Delta(8), ZSTD(1)');
export const uint32 = (): Column<number> => ({
  type: 'UInt32',
  codec: 'ZSTD(1)',
  encode: whole,
  write: (row, value) => row.uint32(value),
});
/** For figures between 0 and 1; seven digits. */
export const real = (): Column<number> => ({
  type: 'Float32',
  codec: '',
  encode: whole,
  write: (row, value) => row.float32(value),
});
export const int8 = (): Column<number> => ({
  type: 'Int8',
  codec: '',
  encode: whole,
  write: (row, value) => row.byte(value),
});
export const flag = (): Column<boolean> => ({
  type: 'Bool',
  codec: '',
  encode: (value) => (value ? 'true' : 'false'),
  write: (row, value) => row.byte(value ? 1 : 0),
});
/** Milliseconds since 1970. */
export const instant = (): Column<number> => ({
  type: "DateTime64(3, 'UTC')",
  codec: 'Delta(8), ZSTD(1)',
  encode: (value) => String(Math.round(value)),
  write: (row, value) => row.uint64(Math.round(value)),
});
export const words = (): Column<readonly string[]> => ({
  type: 'Array(String)',
  codec: '',
  encode: (value) => `[${value.map(text).join(',')}]`,
  write(row, value) {
    row.length(value.length);
    for (const item of value) row.text(item);
  },
});
export const uint64s = (): Column<readonly string[]> => ({
  type: 'Array(UInt64)',
  codec: 'ZSTD(1)',
  encode: (value) => `[${value.map((item) => `"${item}"`).join(',')}]`,
  write(row, value) {
    row.length(value.length);
    for (const item of value) row.uint64(item);
  },
});
export const tagMap = (): Column<Readonly<Record<string, string>>> => ({
  type: 'Map(LowCardinality(String), String)',
  codec: 'ZSTD(1)',
  encode: (value) =>
    `{${Object.entries(value)
      .map(([key, item]) => `${text(key)}:${text(item)}`)
      .join(',')}}`,
  write(row, value) {
    const entries = Object.entries(value);
    row.length(entries.length);
    for (const [key, item] of entries) {
      row.text(key);
      row.text(item);
    }
  },
});
/** One of a few words, stored as a byte. */
export function oneOf<const W extends string>(...choices: readonly W[]): Column<W> {
  const list = choices.map((choice, i) => `'${choice}' = ${i + 1}`).join(', ');
  return {
    type: `Enum8(${list})`,
    codec: '',
    encode: (value) => `"${value}"`,
    write: (row, value) => row.byte(choices.indexOf(value) + 1),
  };
}

/** A column that a later migration adds to a table which exists already. */
export function added<T>(since: number, column: Column<T>): Column<T> {
  return { ...column, since };
}

/** Names in the order in which `encodeRow` writes the values. */
export function insertColumns(table: Table): string[] {
  return Object.keys(table.columns);
}

/** Makes the writer of one line of an insert: a JSON array with the values in the columns' order. */
export function rowEncoder<T extends Table>(table: T): (row: RowOf<T>) => string {
  const columns = Object.entries(table.columns);
  return (row) => {
    let line = '[';
    for (const [name, column] of columns)
      line += `${line.length > 1 ? ',' : ''}${column.encode((row as Record<string, unknown>)[name])}`;
    return `${line}]\n`;
  };
}

/** The same as RowBinary, for inserts of many rows. `shared` holds columns that are alike in all of them. */
export function rowWriter<T extends Table, S extends Partial<RowOf<T>>>(table: T) {
  const columns = Object.entries(table.columns);
  return (out: RowWriter, row: Omit<RowOf<T>, keyof S>, shared: S): void => {
    for (const [name, column] of columns) {
      const from: object = name in shared ? shared : row;
      column.write(out, (from as Record<string, unknown>)[name]);
    }
  };
}

/** `CREATE TABLE` as of one migration, with `{ON}` and `{R}` where servers and clusters differ. */
export function createTable(table: Table, migration: number): string {
  const ephemeral = new Set(table.ephemeral ?? []);
  const columns = Object.entries(table.columns)
    .filter(([, column]) => (column.since ?? migration) <= migration)
    .map(([name, column]) => columnSql(name, column, ephemeral.has(name)));
  const computed = Object.entries(table.computed ?? {}).map(([name, sql]) => `${name} ${sql}`);
  const settings = table.settings?.length ? ` SETTINGS ${table.settings.join(', ')}` : '';
  return [
    `CREATE TABLE IF NOT EXISTS ${table.name}{ON} (${[...columns, ...computed, ...(table.indexes ?? [])].join(', ')})`,
    `ENGINE = {R}${table.engine}`,
    ...(table.partitionBy ? [`PARTITION BY ${table.partitionBy}`] : []),
    `ORDER BY ${table.orderBy}${settings}`,
  ].join(' ');
}

/** `ALTER TABLE … ADD COLUMN` for a column that was declared with `added`. */
export function addColumn(table: Table, name: string): string {
  const column = table.columns[name];
  if (!column) throw new TypeError(`${table.name} has no column ${name}`);
  return `ALTER TABLE ${table.name}{ON} ADD COLUMN IF NOT EXISTS ${columnSql(name, column, false)}`;
}

function columnSql(name: string, column: Column, ephemeral: boolean): string {
  if (ephemeral) return `${name} ${column.type} EPHEMERAL`;
  return `${name} ${column.type}${column.codec === '' ? '' : ` CODEC(${column.codec})`}`;
}
