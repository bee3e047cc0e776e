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
  let text = '{';
  for (const key of sortedKeys(record)) {
    const value = record[key];
    if (value !== undefined) text += keyText(key) + canonicalText(value);
  }
  return `${text}}`;
}

/** The key with its length, made once for each of the few thousand keys that an estate has. */
function keyText(key: string): string {
  const known = keyTexts.get(key);
  if (known !== undefined) return known;
  if (keyTexts.size >= 10_000) keyTexts.clear();
  const text = `${key.length}:${key}`;
  keyTexts.set(key, text);
  return text;
}
const keyTexts = new Map<string, string>();

/** Objects of one shape follow one another, so the order of the last object with as many keys mostly fits. */
function sortedKeys(record: object): readonly string[] {
  const keys = Object.keys(record);
  const { length } = keys;
  if (length < 2) return keys;
  const last = orders[length];
  if (last !== undefined && same(last.keys, keys)) return last.sorted;
  const sorted = [...keys].sort();
  if (length < MOST_KEYS) orders[length] = { keys, sorted };
  return sorted;
}
interface Order {
  readonly keys: readonly string[];
  readonly sorted: readonly string[];
}
const MOST_KEYS = 128;
const orders: (Order | undefined)[] = [];

function same(a: readonly string[], b: readonly string[]): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
