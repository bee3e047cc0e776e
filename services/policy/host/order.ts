/** OPA's order of values, which gives the sets of a result one order: a policy's own is that of its hash table. */
import { RegoDecimal, type RegoObject, type RegoSet, type RegoValue } from './values.ts';

/** null < boolean < number < string < array < object < set, as in OPA's v1/ast/compare.go. */
function rank(value: RegoValue): number {
  if (value === null) return 0;
  if (typeof value === 'boolean') return 1;
  if (typeof value === 'number' || typeof value === 'bigint' || value instanceof RegoDecimal) return 2;
  if (typeof value === 'string') return 3;
  if (Array.isArray(value)) return 4;
  return value instanceof Map ? 5 : 6;
}

/** Negative, 0 or positive; 0 exactly when OPA takes the values for equal (1 and 1.0 are). */
export function compareValues(a: RegoValue, b: RegoValue): number {
  const kind = rank(a);
  const difference = kind - rank(b);
  if (difference !== 0) return difference;
  if (kind === 1) return Number(a) - Number(b);
  if (kind === 2) return compareNumbers(a as number, b as number);
  if (kind === 3) return compareText(a as string, b as string);
  if (kind === 4) return compareLists(a as RegoValue[], b as RegoValue[]);
  if (kind === 5) return compareObjects(a as RegoObject, b as RegoObject);
  return kind === 0 ? 0 : compareLists(sortedSet(a as RegoSet), sortedSet(b as RegoSet));
}

/** By Unicode code point, as Go compares UTF-8 bytes; JavaScript's `<` goes by UTF-16 unit. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  for (let i = 0; i < a.length && i < b.length; i++) {
    if (a.charCodeAt(i) === b.charCodeAt(i)) continue;
    // A low surrogate that differs hides the code point that begins one unit earlier.
    const start = i > 0 && isLow(a.charCodeAt(i)) && isLow(b.charCodeAt(i)) ? i - 1 : i;
    return (a.codePointAt(start) ?? 0) - (b.codePointAt(start) ?? 0);
  }
  return a.length - b.length;
}

export function sortedSet(set: RegoSet): RegoValue[] {
  return [...set].sort(compareValues);
}

export function sortedKeys(object: RegoObject): RegoValue[] {
  return [...object.keys()].sort(compareValues);
}

/** Plain JSON: sets become sorted arrays, keys that are not strings their JSON text, numbers JavaScript's. */
export function plainValue(value: RegoValue): unknown {
  if (value === null || typeof value !== 'object') return typeof value === 'bigint' ? Number(value) : value;
  if (value instanceof RegoDecimal) return Number(value.text);
  if (Array.isArray(value)) return value.map(plainValue);
  if (value instanceof Set) return sortedSet(value).map(plainValue);
  const entries = sortedKeys(value).map((key) => [keyText(key), plainValue(value.get(key) ?? null)] as const);
  // fromEntries defines keys, so that one named __proto__ is a key like any other.
  return Object.fromEntries(entries);
}

function keyText(key: RegoValue): string {
  return typeof key === 'string' ? key : JSON.stringify(plainValue(key));
}

function isLow(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}

function compareNumbers(a: number | bigint | RegoDecimal, b: number | bigint | RegoDecimal): number {
  const left = a instanceof RegoDecimal ? Number(a.text) : a;
  const right = b instanceof RegoDecimal ? Number(b.text) : b;
  if (left < right) return -1;
  return left > right ? 1 : 0;
}

function compareLists(a: readonly RegoValue[], b: readonly RegoValue[]): number {
  for (let i = 0; i < a.length && i < b.length; i++) {
    const difference = compareValues(a[i] ?? null, b[i] ?? null);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** Key by key in order, then value by value: OPA's object comparison. */
function compareObjects(a: RegoObject, b: RegoObject): number {
  const left = sortedKeys(a);
  const right = sortedKeys(b);
  for (let i = 0; i < left.length && i < right.length; i++) {
    const key = left[i] ?? null;
    const other = right[i] ?? null;
    const difference = compareValues(key, other) || compareValues(a.get(key) ?? null, b.get(other) ?? null);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}
