/**
 * OPA's values in a policy's linear memory, read and written by the host. Reading them where they lie costs a fraction
 * of dumping and parsing JSON, and it keeps what JSON loses: sets, 64-bit integers, keys that are not strings.
 * Layout: wasm/src/value.h of OPA (32-bit pointers), unchanged since ABI 1.0.
 */
import { elavaError } from '../../../lib/errors.ts';

export type RegoValue = null | boolean | number | bigint | string | RegoDecimal | RegoValue[] | RegoSet | RegoObject;
export type RegoSet = Set<RegoValue>;
export type RegoObject = Map<RegoValue, RegoValue>;

/** A number whose text JavaScript's numbers may not keep: with a fraction, an exponent or more than 15 digits. */
export class RegoDecimal {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toJSON(): number {
    return Number(this.text);
  }
}

const types = {
  null: 1,
  boolean: 2,
  number: 3,
  string: 4,
  array: 5,
  object: 6,
  set: 7,
  interned: 8,
  internedBoolean: 9,
};
/** Of a value's own, beside what it holds. */
const valueBytes = 16;
const plainInteger = /^-?(0|[1-9][0-9]{0,14})$/;
const anyInteger = /^-?[0-9]+$/;

/** Reads values out of one instance's memory, which may move when it grows. */
export class ValueReader {
  readonly #memory: WebAssembly.Memory;
  readonly #maximumBytes: number;
  #view: DataView;
  #bytes: Buffer;
  /** What may still be read of the value that is being read. */
  #left = 0;
  #most = 0;

  /** `maximumBytes` bounds what one value may come to here: memory that holds a text once may name it a million times. */
  constructor(memory: WebAssembly.Memory, maximumBytes: number) {
    this.#memory = memory;
    this.#maximumBytes = maximumBytes;
    this.#view = new DataView(memory.buffer);
    this.#bytes = Buffer.from(memory.buffer);
  }

  /** The memory as it is now. */
  bytes(): Buffer {
    if (this.#view.buffer !== this.#memory.buffer) {
      this.#view = new DataView(this.#memory.buffer);
      this.#bytes = Buffer.from(this.#memory.buffer);
    }
    return this.#bytes;
  }

  /** A NUL-terminated string. */
  cString(address: number): string {
    const bytes = this.bytes();
    return bytes.toString('utf8', address, bytes.indexOf(0, address));
  }

  /** Errors: POLICY_EVALUATION for a value that comes to more than `most` bytes outside of its memory. */
  read(address: number, most = this.#maximumBytes): RegoValue {
    this.#most = Math.min(most, this.#maximumBytes);
    this.#left = this.#most;
    return this.#read(address);
  }

  #read(address: number): RegoValue {
    const bytes = this.bytes();
    this.#spend(valueBytes);
    switch (bytes[address]) {
      case types.boolean:
      case types.internedBoolean:
        return bytes[address + 1] !== 0;
      case types.number:
        return this.#number(address);
      case types.string:
      case types.interned:
        return this.#text(this.#pointer(address + 8), this.#pointer(address + 4));
      case types.array:
        return this.#array(address);
      case types.object:
        return this.#object(address);
      case types.set:
        return this.#set(address);
      default:
        return null;
    }
  }

  #pointer(address: number): number {
    return this.#view.getUint32(address, true);
  }

  #spend(bytes: number): void {
    this.#left -= bytes;
    if (this.#left >= 0) return;
    throw elavaError('POLICY_EVALUATION', `a value comes to more than ${this.#most} bytes`);
  }

  #text(start: number, length: number): string {
    this.#spend(length);
    return this.#bytes.toString('utf8', start, start + length);
  }

  #number(address: number): RegoValue {
    const isInteger = this.#bytes[address + 1] === 1;
    if (!isInteger) return numberOf(this.#text(this.#pointer(address + 8), this.#pointer(address + 12)));
    const value = this.#view.getBigInt64(address + 8, true);
    const small = Number(value);
    return Number.isSafeInteger(small) ? small : value;
  }

  #array(address: number): RegoValue[] {
    const elements = this.#pointer(address + 4);
    return Array.from({ length: this.#pointer(address + 8) }, (_, i) =>
      this.#read(this.#pointer(elements + 8 * i + 4)),
    );
  }

  #object(address: number): RegoObject {
    const object: RegoObject = new Map();
    for (const element of this.#elements(address, 8)) {
      object.set(this.#read(this.#pointer(element)), this.#read(this.#pointer(element + 4)));
    }
    return object;
  }

  #set(address: number): RegoSet {
    const set: RegoSet = new Set();
    for (const element of this.#elements(address, 4)) set.add(this.#read(this.#pointer(element)));
    return set;
  }

  /** Addresses of a hash table's elements; `next` is where in an element the pointer to its neighbour stands. */
  *#elements(address: number, next: 4 | 8): Generator<number> {
    const buckets = this.#pointer(address + 4);
    const count = this.#pointer(address + 8);
    for (let i = 0; i < count; i++) {
      for (let element = this.#pointer(buckets + 4 * i); element !== 0; element = this.#pointer(element + next)) {
        yield element;
      }
    }
  }
}

/** The value of a number's text: a number where that is exact, a bigint for larger integers, else its text. */
export function numberOf(text: string): number | bigint | RegoDecimal {
  if (plainInteger.test(text)) return Number(text) || 0;
  return anyInteger.test(text) ? smallest(BigInt(text)) : new RegoDecimal(text);
}

function smallest(value: bigint): number | bigint {
  const small = Number(value);
  return Number.isSafeInteger(small) ? small : value;
}

/** Writes a value as Rego text, which `opa_value_parse` reads: JSON, with `{1, 2}` and `set()` for sets. */
export function regoText(value: RegoValue): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (value === null || typeof value !== 'object') return String(value);
  if (value instanceof RegoDecimal) return value.text;
  if (Array.isArray(value)) return `[${value.map(regoText).join(',')}]`;
  if (value instanceof Set) return value.size === 0 ? 'set()' : `{${[...value].map(regoText).join(',')}}`;
  return `{${[...value].map(([key, item]) => `${regoText(key)}:${regoText(item)}`).join(',')}}`;
}
