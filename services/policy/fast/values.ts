/**
 * Rego's values in JavaScript as the fast path has them: what JSON.parse gives, and sets. Whatever else a policy makes
 * (keys that are not strings, fractions that are not exact) is a reason to leave the evaluation to the WebAssembly.
 */
import { compareText } from '../host/order.ts';

export type Value = null | boolean | number | bigint | string | Value[] | ValueSet | Ratio | { [key: string]: Value };

/** Thrown when the fast path meets what it does not do; the evaluation is then done over by the WebAssembly. */
export const bail = new Error('not for the fast path');

export function leave(): never {
  throw bail;
}

/** A quotient that is not an integer: it may be compared and rounded, but not be shown. */
export class Ratio {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

/** Most sets of a policy stay empty, or hold one message: up to so many are kept in a list. */
const few = 8;

export class ValueSet {
  /** Until there are too many; then `#plain` and `#composite` hold them. */
  #list: Value[] | undefined;
  #plain: Set<Value> | undefined;
  /** Lists, objects and sets by their canonical text. */
  #composite: Map<string, Value> | undefined;

  get size(): number {
    if (this.#list) return this.#list.length;
    return (this.#plain?.size ?? 0) + (this.#composite?.size ?? 0);
  }

  add(value: Value): void {
    if (this.#plain) return this.#index(value);
    const list = (this.#list ??= []);
    if (list.some((one) => equal(one, value))) return;
    list.push(value);
    if (list.length > few) this.#spread(list);
  }

  has(value: Value): boolean {
    if (this.#list) return this.#list.some((one) => equal(one, value));
    if (typeof value !== 'object' || value === null) return this.#plain?.has(value) ?? false;
    return this.#composite?.has(canonical(value)) ?? false;
  }

  /** In OPA's order. Not to be changed: it may be the set's own list. */
  sorted(): readonly Value[] {
    if (this.#list) return this.#list.length > 1 ? this.#list.sort(compare) : this.#list;
    return [...(this.#plain ?? []), ...(this.#composite?.values() ?? [])].sort(compare);
  }

  #spread(list: readonly Value[]): void {
    this.#list = undefined;
    this.#plain = new Set();
    for (const value of list) this.#index(value);
  }

  #index(value: Value): void {
    if (typeof value !== 'object' || value === null) this.#plain?.add(value);
    else (this.#composite ??= new Map()).set(canonical(value), value);
  }
}

/** Stands for a set as long as nothing is in it. Nothing may be put into it: it is everybody's. */
export const emptySet = new ValueSet();

/** The same text for equal values, and for them only. */
function canonical(value: Value): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value !== 'object' || value === null) return String(value);
  if (value instanceof Ratio) return leave();
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (value instanceof ValueSet) return `<${value.sorted().map(canonical).join()}>`;
  return `{${Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonical(value[key] ?? null)}`)
    .join()}}`;
}

export function isObject(value: Value | undefined): value is { [key: string]: Value } {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof ValueSet) &&
    !(value instanceof Ratio)
  );
}

/** The value under a key that is known when the policy is compiled and that no JavaScript object inherits. */
export function field(value: Value | undefined, key: string): Value | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  if (value instanceof ValueSet) return value.has(key) ? key : undefined;
  return (value as { [key: string]: Value })[key];
}

/** The value under any key: of a list by place, of a set the element itself. */
export function at(value: Value | undefined, key: Value | undefined): Value | undefined {
  if (value instanceof ValueSet) return key !== undefined && value.has(key) ? key : undefined;
  if (Array.isArray(value)) return typeof key === 'number' && key >= 0 ? value[key] : undefined;
  return typeof key === 'string' && isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** Keys of an object or a set in order; undefined for a list, whose keys are its places. */
export function keysOf(value: Value | undefined): readonly Value[] | undefined {
  if (typeof value !== 'object' || value === null || value instanceof Ratio) return [];
  if (Array.isArray(value)) return undefined;
  if (value instanceof ValueSet) return value.sorted();
  const keys = Object.keys(value);
  return keys.length > 1 ? keys.sort(compareText) : keys;
}

export function equal(a: Value | undefined, b: Value | undefined): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  return compare(a, b) === 0;
}

/** null < boolean < number < string < list < object < set, as OPA orders them. */
export function compare(a: Value, b: Value): number {
  const kind = rank(a);
  const difference = kind - rank(b);
  if (difference !== 0) return difference;
  if (kind === 2) return compareNumbers(numeric(a), numeric(b));
  if (kind === 3) return compareText(a as string, b as string);
  if (kind === 4) return compareLists(a as Value[], b as Value[]);
  if (kind === 5) return compareObjects(a as { [key: string]: Value }, b as { [key: string]: Value });
  return kind === 6 ? compareLists((a as ValueSet).sorted(), (b as ValueSet).sorted()) : Number(a) - Number(b);
}

function rank(value: Value): number {
  if (value === null) return 0;
  if (typeof value === 'boolean') return 1;
  if (typeof value === 'number' || typeof value === 'bigint' || value instanceof Ratio) return 2;
  if (typeof value === 'string') return 3;
  if (Array.isArray(value)) return 4;
  return value instanceof ValueSet ? 6 : 5;
}

function numeric(value: Value): number | bigint {
  return value instanceof Ratio ? value.value : (value as number | bigint);
}

function compareNumbers(a: number | bigint, b: number | bigint): number {
  if (a < b) return -1;
  return a > b ? 1 : 0;
}

function compareLists(a: readonly Value[], b: readonly Value[]): number {
  for (let i = 0; i < a.length && i < b.length; i++) {
    const difference = compare(a[i] ?? null, b[i] ?? null);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

function compareObjects(a: { [key: string]: Value }, b: { [key: string]: Value }): number {
  const [left, right] = [Object.keys(a).sort(compareText), Object.keys(b).sort(compareText)];
  for (let i = 0; i < left.length && i < right.length; i++) {
    const [key = '', other = ''] = [left[i], right[i]];
    const difference = compareText(key, other) || compare(a[key] ?? null, b[other] ?? null);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

/** A JavaScript object inherits `__proto__`, so that one is not for the fast path. */
export function insert(object: Value | undefined, key: Value | undefined, value: Value | undefined): void {
  if (typeof key !== 'string' || key === '__proto__' || !isObject(object)) return leave();
  object[key] = value as Value;
}

/** OPA's merge of documents that several rules make: the first one's values win where both are no objects. */
export function merge(a: Value | undefined, b: Value | undefined): Value | undefined {
  if (a === undefined || b === undefined) return a === undefined ? b : a;
  if (!isObject(a) || !isObject(b)) return a;
  const merged: { [key: string]: Value } = { ...b };
  for (const [key, value] of Object.entries(a)) {
    merged[key] = Object.hasOwn(b, key) ? (merge(value, b[key]) as Value) : value;
  }
  return merged;
}

/** A rule into its package's document. One that is an empty set has nothing to say and is left out. */
export function speak(document: { [key: string]: Value }, rule: string, value: Value): void {
  if (value instanceof ValueSet && value.size === 0) return;
  document[rule] = value;
}

/** Plain JSON, sets as lists in order. */
export function toPlain(value: Value): unknown {
  if (typeof value !== 'object' || value === null) return typeof value === 'bigint' ? leave() : value;
  if (value instanceof ValueSet) return value.sorted().map(toPlain);
  if (Array.isArray(value)) return value.map(toPlain);
  if (value instanceof Ratio) return leave();
  const keys = Object.keys(value).sort(compareText);
  return Object.fromEntries(keys.map((key) => [key, toPlain(value[key] ?? null)]));
}
