/**
 * Initialises the compiler once, at build time, and writes a module that begins where that ended. Go's initialisation
 * takes 115 ms of CPU in each instance; most is one function of 570 KB (OPA's table of builtins), which V8 then also
 * optimises in the background for a second of CPU although it never runs again.
 *
 * The clock and the random numbers of the initialisation are fixed, so the module is the same each time. What Go took
 * from them: the base of its monotonic clock, which the real clock is past, and the seed of its maps' hashes. That seed
 * being known, keys can be chosen to collide; a request that does so ends at its deadline. Cryptographic random numbers
 * are asked of the host each time.
 */
import { createWasi, type Sources } from '../services/policy/compiler/wasi.ts';
import {
  headerLength,
  pageBytes,
  readNumber,
  type Section,
  sectionId,
  sectionsOf,
  writeNumber,
  writeSection,
  writeSigned,
} from '../services/policy/compiler/wasm-binary.ts';

const i32 = 0x7f;
const constOf: Readonly<Record<number, number>> = { [i32]: 0x41, 0x7e: 0x42 };
const end = 0x0b;
const functionKind = 0;
const globalKind = 3;
const initializer = '_initialize';
/** A run of so many zeros begins a new data segment; a segment's own header takes up to ten bytes. */
const longestGap = 32;

/** `module` is what Go's linker made: one memory, globals of whole numbers, no start function. */
export function snapshot(module: Buffer): Buffer {
  const sections = sectionsOf(module);
  const types = globalTypes(module, find(sections, sectionId.global));
  const { memory, values } = initialise(module, sections, types);
  const replaced = new Map<number, Buffer>([
    [sectionId.memory, writeSection(sectionId.memory, Buffer.from([1, 0, ...writeNumber(memory.length / pageBytes)]))],
    [sectionId.global, writeSection(sectionId.global, writeGlobals(types, values))],
    [sectionId.export, exportsWithout(initializer, module, find(sections, sectionId.export))],
    [sectionId.data, writeSection(sectionId.data, ...writeSegments(memory))],
    [sectionId.custom, Buffer.alloc(0)],
  ]);
  return rebuild(module, sections, replaced);
}

function find(sections: readonly Section[], id: number): Section {
  const section = sections.find((candidate) => candidate.id === id);
  if (!section) throw new Error(`the module has no section ${id}`);
  return section;
}

function rebuild(module: Buffer, sections: readonly Section[], replaced: ReadonlyMap<number, Buffer>): Buffer {
  const parts = sections.map(({ id, start, end: after }) => replaced.get(id) ?? module.subarray(start, after));
  return Buffer.concat([module.subarray(0, headerLength), ...parts]);
}

/** Runs the initialisation in an instance whose globals can be read, and takes what it left behind. */
function initialise(module: Buffer, sections: readonly Section[], types: readonly number[]) {
  const exported = exportsWithGlobals(module, find(sections, sectionId.export), types.length);
  const open = new WebAssembly.Module(
    new Uint8Array(rebuild(module, sections, new Map([[sectionId.export, exported]]))),
  );
  const wasi = createWasi(open, () => go.memory, fixedSources());
  const { exports } = new WebAssembly.Instance(open, { wasi_snapshot_preview1: wasi.imports });
  const go = exports as unknown as { memory: WebAssembly.Memory; [initializer](): void };
  go[initializer]();
  const values = types.map((_, i) => BigInt((exports[globalName(i)] as { value: number | bigint }).value));
  return { memory: Buffer.from(go.memory.buffer), values };
}

function fixedSources(): Sources {
  let ns = 0n;
  let seed = 0;
  return {
    wallNs: () => 0n,
    // Go refuses to start with a clock at zero.
    monotonicNs: () => (ns += 1000n),
    fillRandom: (bytes) => {
      for (let i = 0; i < bytes.length; i++) bytes[i] = seed = (seed * 181 + 107) & 0xff;
    },
  };
}

/** The value types, in order. */
function globalTypes(module: Buffer, section: Section): number[] {
  const [count, first] = readNumber(module, section.content);
  const types: number[] = [];
  for (let at = first; types.length < count; at = module.indexOf(end, at + 3) + 1) {
    const type = module[at] ?? 0;
    if (module[at + 2] !== constOf[type] || module[at + 3] !== 0)
      throw new Error('a global is not a whole number from 0');
    types.push(type);
  }
  return types;
}

function writeGlobals(types: readonly number[], values: readonly bigint[]): Buffer {
  const globals = types.flatMap((type, i) => [type, 1, constOf[type] ?? 0, ...writeSigned(values[i] ?? 0n), end]);
  return Buffer.from([...writeNumber(types.length), ...globals]);
}

const globalName = (i: number): string => `global${i}`;

function exportsWithGlobals(module: Buffer, section: Section, globals: number): Buffer {
  const [count, first] = readNumber(module, section.content);
  const added = Array.from({ length: globals }, (_, i) => writeExport(globalName(i), globalKind, i));
  const known = module.subarray(first, section.end);
  return writeSection(sectionId.export, Buffer.from(writeNumber(count + globals)), known, ...added);
}

function exportsWithout(name: string, module: Buffer, section: Section): Buffer {
  const [count, first] = readNumber(module, section.content);
  const kept: Buffer[] = [];
  for (let at = first; at < section.end; ) {
    const [length, text] = readNumber(module, at);
    const [, after] = readNumber(module, text + length + 1);
    const isWanted = module.toString('utf8', text, text + length) !== name || module[text + length] !== functionKind;
    if (isWanted) kept.push(module.subarray(at, after));
    at = after;
  }
  if (kept.length !== count - 1) throw new Error(`the module does not export ${name}`);
  return writeSection(sectionId.export, Buffer.from(writeNumber(kept.length)), ...kept);
}

function writeExport(name: string, kind: number, index: number): Buffer {
  return Buffer.from([...writeNumber(name.length), ...Buffer.from(name), kind, ...writeNumber(index)]);
}

/** The memory without its zeros. */
function writeSegments(memory: Buffer): Uint8Array[] {
  const segments: Uint8Array[] = [];
  let count = 0;
  for (let start = nextUsed(memory, 0); start < memory.length; count++) {
    const stop = endOfRun(memory, start);
    const head = [0, constOf[i32] ?? 0, ...writeSigned(BigInt(start)), end, ...writeNumber(stop - start)];
    segments.push(Buffer.from(head), memory.subarray(start, stop));
    start = nextUsed(memory, stop);
  }
  return [Buffer.from(writeNumber(count)), ...segments];
}

function nextUsed(memory: Buffer, from: number): number {
  let at = from;
  while (at < memory.length && memory[at] === 0) at++;
  return at;
}

/** Behind the last byte that is not zero before a gap of more than longestGap. */
function endOfRun(memory: Buffer, start: number): number {
  let last = start;
  for (let at = start; at < memory.length && at - last <= longestGap; at++) if (memory[at] !== 0) last = at;
  return last + 1;
}
