/**
 * The content hash of a resource: equal for equal content whatever the order of its keys, so that a scan sends only what
 * changed. After the reader this is the largest cost of a scan (research/aws.md), hence the care.
 */
import { hash } from 'node:crypto';

/** 16 hex digits: a unit of a million resources has two alike once in 37 million scans. */
const DIGITS = 16;

/** The canonical text's digest. */
export function hashText(text: string): string {
  return hash('sha256', text, 'hex').slice(0, DIGITS);
}

/**
 * One text for one value: strings with their length in front instead of quotes and escapes, which cost a look at every
 * character; keys sorted; undefined members left out. It is only ever hashed, never read back.
 */
export function canonicalText(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return `${value.length}:${value}`;
    case 'object':
      if (value === null) return 'z';
      return Array.isArray(value) ? canonicalArray(value) : canonicalRecord(value as Record<string, unknown>);
    case 'boolean':
      return value ? 't' : 'f';
    default:
      return `n${String(value)};`;
  }
}

function canonicalArray(items: readonly unknown[]): string {
  let text = '[';
  for (const item of items) text += canonicalText(item);
  return `${text}]`;
}

function canonicalRecord(record: Record<string, unknown>): string {
  const { sorted, texts } = orderOf(record);
  let text = '{';
  for (let i = 0; i < sorted.length; i++) {
    const value = record[sorted[i] as string];
    if (value !== undefined) text += (texts[i] as string) + canonicalText(value);
  }
  return `${text}}`;
}

/** As `canonicalText` of a copy in which `put` has replaced each value, undefined leaving it out; without the copy. */
export function canonicalWith(
  record: Readonly<Record<string, unknown>>,
  put: (key: string, value: unknown) => unknown,
): string {
  const { sorted, texts } = orderOf(record);
  let text = '{';
  for (let i = 0; i < sorted.length; i++) {
    const key = sorted[i] as string;
    const value = put(key, record[key]);
    if (value !== undefined) text += (texts[i] as string) + canonicalText(value);
  }
  return `${text}}`;
}

interface Order {
  readonly keys: readonly string[];
  readonly sorted: readonly string[];
  /** The canonical texts of the sorted keys. */
  readonly texts: readonly string[];
}

/**
 * The order of an earlier object that began with the same key mostly fits: an answer has few shapes, over and over. Several
 * are kept for each first key, as tags have a few habits and optional members come and go.
 */
function orderOf(record: object): Order {
  const keys = Object.keys(record);
  const first = keys[0] ?? '';
  const known = orders.get(first);
  if (known === undefined) return remember(first, [], keys);
  for (const order of known) if (same(order.keys, keys)) return order;
  return remember(first, known, keys);
}

/** The oldest of a first key makes room. */
function remember(first: string, known: Order[], keys: readonly string[]): Order {
  const sorted = [...keys].sort();
  const order = { keys, sorted, texts: sorted.map(canonicalText) };
  if (known.length >= MAX_SHAPES) known.shift();
  known.push(order);
  if (orders.size >= MAX_ORDERS) orders.clear();
  orders.set(first, known);
  return order;
}
const MAX_ORDERS = 2000;
const MAX_SHAPES = 12;
const orders = new Map<string, Order[]>();

function same(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
