/**
 * The functions that OPA compiles into WebAssembly, in JavaScript. Each answers what it can answer exactly and leaves
 * the rest; one that is not here is left too.
 */
import { at, compare, equal, isObject, keysOf, leave, Ratio, type Value, ValueSet } from './values.ts';

export type Native = (...args: Array<Value | undefined>) => Value | undefined;

/** More than a result may hold; WebAssembly's own memory is capped, JavaScript's strings are not. */
const maxText = 1_000_000;
const ascii = /^[\0-\x7f]*$/;

/** Most texts are short, for which to look is quicker than to call the regular expression. */
function isAscii(text: string): boolean {
  if (text.length > 64) return ascii.test(text);
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
}

type Integer = number | bigint;

function isInteger(value: Value | undefined): value is Integer {
  return typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value));
}

function isNumeric(value: Value | undefined): value is Integer | Ratio {
  return typeof value === 'number' || typeof value === 'bigint' || value instanceof Ratio;
}

function smallest(value: bigint): Integer {
  const small = Number(value);
  return Number.isSafeInteger(small) ? small : value;
}

/** On integers only: OPA's fractions are decimal. */
function arithmetic(small: (a: number, b: number) => number, large: (a: bigint, b: bigint) => bigint): Native {
  return (a, b) => {
    if (!isNumeric(a) || !isNumeric(b)) return undefined;
    if (!isInteger(a) || !isInteger(b)) return leave();
    if (typeof a === 'number' && typeof b === 'number') {
      const result = small(a, b);
      if (Number.isSafeInteger(result)) return result;
    }
    return smallest(large(BigInt(a), BigInt(b)));
  };
}

function divide(a: Value | undefined, b: Value | undefined): Value | undefined {
  if (!isNumeric(a) || !isNumeric(b)) return undefined;
  if (!isInteger(a) || !isInteger(b)) return leave();
  if (BigInt(b) === 0n) return undefined;
  if (BigInt(a) % BigInt(b) === 0n) return smallest(BigInt(a) / BigInt(b));
  return new Ratio(Number(a) / Number(b));
}

/** To an integer; what is not exact must not be near to one, or it might fall on the wrong side. */
function rounding(work: (value: number) => number): Native {
  return (value) => {
    if (isInteger(value)) return value;
    if (!isNumeric(value)) return undefined;
    const number = value instanceof Ratio ? value.value : Number(value);
    const doubtful = Math.abs(number) > 1e9 || Math.abs(number * 2 - Math.round(number * 2)) < 1e-6;
    return value instanceof Ratio && doubtful ? leave() : work(number);
  };
}

function comparison(test: (difference: number) => boolean): Native {
  return (a, b) => (a === undefined || b === undefined ? undefined : test(compare(a, b)));
}

function elementsOf(value: Value | undefined): readonly Value[] | undefined {
  if (Array.isArray(value)) return value;
  return value instanceof ValueSet ? value.sorted() : undefined;
}

function count(value: Value | undefined): Value | undefined {
  if (Array.isArray(value)) return value.length;
  if (value instanceof ValueSet) return value.size;
  if (typeof value === 'string') return isAscii(value) ? value.length : Array.from(value).length;
  return isObject(value) ? Object.keys(value).length : undefined;
}

function isMember(value: Value | undefined, collection: Value | undefined): boolean {
  if (collection instanceof ValueSet) return value !== undefined && collection.has(value);
  if (Array.isArray(collection)) return collection.some((one) => equal(one, value));
  return isObject(collection) && Object.values(collection).some((one) => equal(one, value));
}

function isEntry(key: Value | undefined, value: Value | undefined, collection: Value | undefined): boolean {
  const found = at(collection, key);
  return found !== undefined && equal(found, value);
}

function objectGet(object: Value | undefined, key: Value | undefined, otherwise: Value | undefined): Value | undefined {
  if (!isObject(object)) return undefined;
  const path = Array.isArray(key) ? key : [key];
  // Null is a value: only what is not there is given the other one.
  let found: Value | undefined = object;
  for (const step of path) {
    found = at(found, step);
    if (found === undefined) return otherwise;
  }
  return found;
}

/** A function of strings. */
function texts(work: (...args: string[]) => Value | undefined): Native {
  return (...args) => (args.every((arg) => typeof arg === 'string') ? bounded(work(...args)) : undefined);
}

/** The same, where JavaScript and Go agree on ASCII only. */
function plainTexts(work: (...args: string[]) => Value | undefined): Native {
  return texts((...args) => (args.every(isAscii) ? work(...args) : leave()));
}

function bounded(value: Value | undefined): Value | undefined {
  return typeof value === 'string' && value.length > maxText ? leave() : value;
}

/** What stands in a template: strings as they are, integers; anything else is OPA's to write. */
function templateString(parts: Value | undefined): Value | undefined {
  if (!Array.isArray(parts)) return undefined;
  let text = '';
  for (const part of parts) {
    const shown = part instanceof ValueSet ? onlyOne(part) : part;
    if (typeof shown === 'string') text += shown;
    else if (isInteger(shown)) text += String(shown);
    else return leave();
  }
  return bounded(text);
}

/** A part that is undefined is an empty set. */
function onlyOne(set: ValueSet): Value | undefined {
  if (set.size === 0) return '<undefined>';
  return set.size === 1 ? set.sorted()[0] : leave();
}

function concat(delimiter: Value | undefined, list: Value | undefined): Value | undefined {
  const elements = elementsOf(list);
  if (typeof delimiter !== 'string' || !elements?.every((one) => typeof one === 'string')) return undefined;
  return bounded(elements.join(delimiter));
}

function substring(text: Value | undefined, from: Value | undefined, length: Value | undefined): Value | undefined {
  if (typeof text !== 'string' || typeof from !== 'number' || typeof length !== 'number') return undefined;
  if (!isAscii(text) || !isInteger(from) || !isInteger(length)) return leave();
  if (from < 0) return undefined;
  return length < 0 ? text.slice(from) : text.slice(from, from + length);
}

function union(a: Value | undefined, b: Value | undefined): Value | undefined {
  if (!(a instanceof ValueSet) || !(b instanceof ValueSet)) return undefined;
  return setOf([...a.sorted(), ...b.sorted()]);
}

function setOf(values: readonly Value[]): ValueSet {
  const set = new ValueSet();
  for (const value of values) set.add(value);
  return set;
}

function intersection(a: Value | undefined, b: Value | undefined): Value | undefined {
  if (!(a instanceof ValueSet) || !(b instanceof ValueSet)) return undefined;
  return setOf(a.sorted().filter((one) => b.has(one)));
}

/** `a - b` is of sets too. */
function minus(a: Value | undefined, b: Value | undefined): Value | undefined {
  if (a instanceof ValueSet && b instanceof ValueSet) return setOf(a.sorted().filter((one) => !b.has(one)));
  return subtract(a, b);
}

const subtract = arithmetic(
  (a, b) => a - b,
  (a, b) => a - b,
);

function extreme(sign: 1 | -1): Native {
  return (list) => {
    const elements = elementsOf(list);
    if (!elements || elements.length === 0) return undefined;
    return elements.reduce((best, one) => (compare(one, best) * sign > 0 ? one : best));
  };
}

function sum(list: Value | undefined): Value | undefined {
  const elements = elementsOf(list);
  return elements?.reduce<Value | undefined>((total, one) => plus(total, one), 0);
}

const plus = arithmetic(
  (a, b) => a + b,
  (a, b) => a + b,
);

const typed =
  (test: (value: Value) => boolean): Native =>
  (value) =>
    value === undefined ? undefined : test(value);

export const natives: Readonly<Record<string, Native>> = Object.assign(Object.create(null) as object, {
  plus,
  minus,
  mul: arithmetic(
    (a, b) => a * b,
    (a, b) => a * b,
  ),
  div: divide,
  floor: rounding(Math.floor),
  ceil: rounding(Math.ceil),
  equal: comparison((difference) => difference === 0),
  neq: comparison((difference) => difference !== 0),
  gt: comparison((difference) => difference > 0),
  gte: comparison((difference) => difference >= 0),
  lt: comparison((difference) => difference < 0),
  lte: comparison((difference) => difference <= 0),
  or: union,
  and: intersection,
  count,
  sum,
  max: extreme(1),
  min: extreme(-1),
  sort: (list) => elementsOf(list)?.toSorted(compare),
  'internal.member_2': isMember,
  'internal.member_3': isEntry,
  'internal.template_string': templateString,
  'array.concat': (a, b) => (Array.isArray(a) && Array.isArray(b) ? [...a, ...b] : undefined),
  concat,
  contains: texts((text = '', part = '') => text.includes(part)),
  startswith: texts((text = '', part = '') => text.startsWith(part)),
  endswith: texts((text = '', part = '') => text.endsWith(part)),
  lower: plainTexts((text = '') => text.toLowerCase()),
  upper: plainTexts((text = '') => text.toUpperCase()),
  replace: texts((text = '', from = '', to = '') => (from === '' ? leave() : text.replaceAll(from, () => to))),
  split: texts((text = '', delimiter = '') => (delimiter === '' ? leave() : text.split(delimiter))),
  substring,
  trim_prefix: texts((text = '', part = '') => (text.startsWith(part) ? text.slice(part.length) : text)),
  trim_suffix: texts((text = '', part = '') =>
    text.endsWith(part) && part !== '' ? text.slice(0, -part.length) : text,
  ),
  trim_space: plainTexts((text = '') => text.trim()),
  is_array: typed(Array.isArray),
  is_boolean: typed((value) => typeof value === 'boolean'),
  is_null: typed((value) => value === null),
  is_number: typed(isNumeric),
  is_object: typed(isObject),
  is_set: typed((value) => value instanceof ValueSet),
  is_string: typed((value) => typeof value === 'string'),
  'object.get': objectGet,
  'object.keys': (object) => (isObject(object) ? setOf(keysOf(object) ?? []) : undefined),
} satisfies Record<string, Native>);
