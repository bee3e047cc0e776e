/** How values are written into SET statements, the only place where a value meets SQL text. */
import { elavaError } from '../errors.ts';

/** A quoted string literal. */
export function quote(text: string): string {
  return `'${text.replace(/\\/g, '\\\\').replace(/'/g, "\\'")}'`;
}

/** A setting's or parameter's name; it is written bare, so nothing but a word passes. */
export function word(name: string): string {
  if (!/^\w+$/.test(name))
    throw elavaError('STORE_QUERY', `${JSON.stringify(name)} is no name of a setting or parameter`);
  return name;
}

/** A parameter that somebody else has written in the form below, as it comes over HTTP. */
export class WrittenParam {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/**
 * The text of a query parameter, in the form ClickHouse's HTTP interface takes: tab-separated escapes at the top,
 * literals inside arrays and maps. A Date keeps its milliseconds.
 */
export function paramText(value: unknown): string {
  if (value instanceof WrittenParam) return value.text;
  if (value === null || value === undefined) return '\\N';
  if (typeof value === 'string') return escapeTop(value);
  if (Array.isArray(value) || (typeof value === 'object' && !(value instanceof Date))) return nested(value);
  return scalar(value);
}

function escapeTop(text: string): string {
  return text.toWellFormed().replace(/[\\\t\n\r\0]/g, (c) => topEscapes[c] ?? c);
}
const topEscapes: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\t': '\\t',
  '\n': '\\n',
  '\r': '\\r',
  '\0': '\\0',
};

function scalar(value: unknown): string {
  if (value instanceof Date) return (value.getTime() / 1000).toFixed(3);
  if (typeof value === 'boolean') return value ? '1' : '0';
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  throw elavaError('STORE_QUERY', `a ${typeof value} cannot be a query parameter`);
}

function nested(value: unknown): string {
  if (value === null || value === undefined) return 'NULL';
  if (typeof value === 'string') return quote(value.toWellFormed());
  if (Array.isArray(value)) return `[${value.map(nested).join(',')}]`;
  if (typeof value === 'object' && !(value instanceof Date)) {
    return `{${Object.entries(value)
      .map(([key, item]) => `${quote(key.toWellFormed())}:${nested(item)}`)
      .join(',')}}`;
  }
  return scalar(value);
}

/** Names of the `{name:Type}` placeholders in a statement. Ours hold no such text inside a literal. */
export function placeholders(sql: string): Set<string> {
  return new Set([...sql.matchAll(/\{\s*(\w+)\s*:/g)].map((match) => match[1] ?? ''));
}
