/**
 * Sends functions that OPA compiles into every policy to the host instead. Its `regex.match` and `glob.match` compile
 * their pattern again at each evaluation (the cache lives in the heap that the next evaluation overwrites), which was
 * half of the time of our policies; and some answers differ from those of OPA's interpreter.
 */
import { elavaError } from '../../../lib/errors.ts';

export interface Redirect {
  /** Name of the function inside the module, as OPA's C sources have it. */
  readonly native: string;
  /** The number that the host is called by. */
  readonly id: number;
  /** How many arguments it takes; OPA's ABI passes at most four. */
  readonly arity: 1 | 2 | 3 | 4;
}

export interface Redirected {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** What the module asks of the memory that it imports: its constants take that many pages of 64 KiB. */
  readonly pages: number;
}

const headerLength = 8;
const sections = { custom: 0, imports: 2, code: 10 } as const;
const importKinds = { function: 0, memory: 2 } as const;
const call = 0x10;
const localGet = 0x20;
const i32Const = 0x41;
const end = 0x0b;

/**
 * A copy of `wasm` in which the body of each native that it has calls `opa_builtinN(id, 0, …arguments)`. Natives that
 * the module does not have are left out. Format: https://webassembly.github.io/spec/core/binary/modules.html
 */
export function redirectNatives(wasm: Uint8Array, redirects: readonly Redirect[]): Redirected {
  const reader = new Reader(wasm);
  const found = [...readSections(reader)];
  const { functions, pages } = readImports(reader, found);
  const names = readFunctionNames(reader, found);
  const bodies = new Map<number, Uint8Array>();
  for (const redirect of redirects) {
    const index = names.get(redirect.native);
    const dispatcher = functions.indexOf(`opa_builtin${redirect.arity}`);
    if (index === undefined) continue;
    if (dispatcher < 0) throw notOurs('it does not import the host functions of OPA');
    bodies.set(index - functions.length, bodyOf(redirect, dispatcher));
  }
  return { bytes: bodies.size === 0 ? new Uint8Array(wasm) : replaceBodies(reader, found, bodies), pages };
}

interface Section {
  readonly id: number;
  readonly start: number;
  readonly content: number;
  readonly end: number;
}

class Reader {
  readonly bytes: Uint8Array;
  at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  byte(): number {
    const value = this.bytes[this.at++];
    if (value === undefined) throw notOurs('it ends too early');
    return value;
  }

  /** An unsigned LEB128 number of at most 32 bits. */
  number(): number {
    let value = 0;
    for (let shift = 1; shift < 2 ** 35; shift *= 128) {
      const byte = this.byte();
      value += (byte & 0x7f) * shift;
      if (byte < 0x80) return value;
    }
    throw notOurs(`there is no number at byte ${this.at}`);
  }

  text(): string {
    const length = this.number();
    this.at += length;
    return Buffer.from(this.bytes.subarray(this.at - length, this.at)).toString('utf8');
  }
}

function* readSections(reader: Reader): Generator<Section> {
  reader.at = headerLength;
  while (reader.at < reader.bytes.length) {
    const start = reader.at;
    const id = reader.byte();
    const length = reader.number();
    const section = { id, start, content: reader.at, end: reader.at + length };
    yield section;
    reader.at = section.end;
  }
}

interface Imports {
  /** In the order of their index. */
  readonly functions: readonly string[];
  readonly pages: number;
}

function readImports(reader: Reader, found: readonly Section[]): Imports {
  const section = found.find(({ id }) => id === sections.imports);
  if (!section) return { functions: [], pages: 0 };
  reader.at = section.content;
  const functions: string[] = [];
  let pages = 0;
  for (let left = reader.number(); left > 0; left--) {
    reader.text();
    const name = reader.text();
    const kind = reader.byte();
    if (kind !== importKinds.function && kind !== importKinds.memory) {
      throw notOurs(`it imports ${name}, which is neither a function nor a memory`);
    }
    // A function's type, or a memory's limits: whether there is a maximum, the minimum, the maximum.
    const hasMaximum = kind === importKinds.memory && (reader.byte() & 1) === 1;
    const number = reader.number();
    if (hasMaximum) reader.number();
    if (kind === importKinds.function) functions.push(name);
    else pages = number;
  }
  return { functions, pages };
}

/** Function name → index, from the name section that OPA's compiler leaves in. */
function readFunctionNames(reader: Reader, found: readonly Section[]): Map<string, number> {
  const names = new Map<string, number>();
  for (const section of found.filter(({ id }) => id === sections.custom)) {
    reader.at = section.content;
    if (reader.text() !== 'name') continue;
    while (reader.at < section.end) {
      const kind = reader.byte();
      const length = reader.number();
      const next = reader.at + length;
      // Subsection 1 names the functions. A name may come twice (RE2 is C++): the first is OPA's own.
      for (let left = kind === 1 ? reader.number() : 0; left > 0; left--) {
        const index = reader.number();
        const name = reader.text();
        if (!names.has(name)) names.set(name, index);
      }
      reader.at = next;
    }
  }
  return names;
}

function bodyOf({ id, arity }: Redirect, dispatcher: number): Uint8Array {
  const args = Array.from({ length: arity }, (_, i) => [localGet, i]).flat();
  const code = [0, i32Const, ...signed(id), i32Const, 0, ...args, call, ...unsigned(dispatcher), end];
  return Uint8Array.from([...unsigned(code.length), ...code]);
}

function replaceBodies(
  reader: Reader,
  found: readonly Section[],
  bodies: ReadonlyMap<number, Uint8Array>,
): Uint8Array<ArrayBuffer> {
  const section = found.find(({ id }) => id === sections.code);
  if (!section) throw notOurs('it has no code');
  reader.at = section.content;
  const count = reader.number();
  const parts: Uint8Array[] = [Uint8Array.from(unsigned(count))];
  for (let i = 0; i < count; i++) {
    const start = reader.at;
    const length = reader.number();
    reader.at += length;
    parts.push(bodies.get(i) ?? reader.bytes.subarray(start, reader.at));
  }
  const code = Buffer.concat(parts);
  return new Uint8Array(
    Buffer.concat([
      reader.bytes.subarray(0, section.start),
      Uint8Array.from([sections.code, ...unsigned(code.length)]),
      code,
      reader.bytes.subarray(section.end),
    ]),
  );
}

function unsigned(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(Math.floor(value / 0x80))];
}

/** Signed LEB128 of a number that is not negative: bit 6 of the last byte is its sign. */
function signed(value: number): number[] {
  return value < 0x40 ? [value] : [(value & 0x7f) | 0x80, ...signed(Math.floor(value / 0x80))];
}

function notOurs(why: string): Error {
  return elavaError('POLICY_LOAD', `the compiled policy cannot be read: ${why}`);
}
