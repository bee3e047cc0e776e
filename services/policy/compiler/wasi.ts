/**
 * The system interface (WASI preview 1) that Go's runtime expects, reduced to a clock, random bytes and a place for
 * its last words. There are no files, no network, no arguments and no environment: a policy cannot reach what is not here.
 */

/** Results of WASI calls; https://github.com/WebAssembly/WASI, legacy preview1, type errno. */
const success = 0;
const badDescriptor = 8;
const notSupported = 52;

const characterDevice = 2;
const clockSubscription = 0;
const realtimeClock = 0;
/** A random_get of the runtime may ask for more than getRandomValues gives at once. */
const randomChunk = 65_536;
const mostWords = 1000;

export interface Wasi {
  readonly imports: WebAssembly.ModuleImports;
  /** The start of what was written to stdout and stderr; when Go dies, that is why, before pages of its stacks. */
  words(): string;
}

/** What an instance can learn from outside. */
export interface Sources {
  /** Nanoseconds since 1970. */
  wallNs(): bigint;
  /** Nanoseconds since any instant; never less than before. */
  monotonicNs(): bigint;
  fillRandom(bytes: Uint8Array<ArrayBuffer>): void;
}

export const systemSources: Sources = {
  wallNs: () => BigInt(Date.now()) * 1_000_000n,
  monotonicNs: () => process.hrtime.bigint(),
  fillRandom: (bytes) => {
    for (let i = 0; i < bytes.length; i += randomChunk) crypto.getRandomValues(bytes.subarray(i, i + randomChunk));
  },
};

/** `memory` is asked at each call: it does not exist before the instance, and its buffer changes when it grows. */
export function createWasi(module: WebAssembly.Module, memory: () => WebAssembly.Memory, sources: Sources): Wasi {
  const view = (): DataView => new DataView(memory().buffer);
  const output = outputOf(memory);
  const offered: Record<string, (...args: never[]) => number> = {
    args_sizes_get: (count: number, size: number) => zeroes(view(), count, size),
    args_get: () => success,
    environ_sizes_get: (count: number, size: number) => zeroes(view(), count, size),
    environ_get: () => success,
    clock_time_get: (clock: number, _precision: bigint, at: number) => {
      view().setBigUint64(at, clock === realtimeClock ? sources.wallNs() : sources.monotonicNs(), true);
      return success;
    },
    random_get: (at: number, length: number) => {
      sources.fillRandom(new Uint8Array(memory().buffer, at, length));
      return success;
    },
    fd_write: output.write,
    fd_fdstat_get: (descriptor: number, at: number) => describeDescriptor(view(), descriptor, at),
    fd_prestat_get: () => badDescriptor,
    sched_yield: () => success,
    poll_oneoff: (input: number, events: number, count: number, written: number) =>
      sleepUntilFirst(view(), sources.monotonicNs(), { input, events, count, written }),
    proc_exit: (code: number) => {
      throw new Error(`the compiler ended with exit code ${code}`);
    },
  };
  const refuse = (): number => notSupported;
  const names = WebAssembly.Module.imports(module).map(({ name }) => name);
  return { imports: Object.fromEntries(names.map((name) => [name, offered[name] ?? refuse])), words: output.read };
}

function zeroes(view: DataView, ...places: number[]): number {
  for (const at of places) view.setUint32(at, 0, true);
  return success;
}

/** Descriptors 0 to 2 are terminals without rights; there are no others. */
function describeDescriptor(view: DataView, descriptor: number, at: number): number {
  if (descriptor > 2) return badDescriptor;
  view.setBigUint64(at, BigInt(characterDevice), true);
  view.setBigUint64(at + 8, 0n, true);
  view.setBigUint64(at + 16, 0n, true);
  return success;
}

function outputOf(memory: () => WebAssembly.Memory) {
  const decoder = new TextDecoder();
  let text = '';
  return {
    read: () => text,
    write: (descriptor: number, vectors: number, count: number, written: number): number => {
      if (descriptor !== 1 && descriptor !== 2) return badDescriptor;
      const { buffer } = memory();
      const view = new DataView(buffer);
      let total = 0;
      for (let at = vectors; at < vectors + 8 * count; at += 8) {
        const length = view.getUint32(at + 4, true);
        text = (text + decoder.decode(new Uint8Array(buffer, view.getUint32(at, true), length))).slice(0, mostWords);
        total += length;
      }
      view.setUint32(written, total, true);
      return success;
    },
  };
}

interface Poll {
  readonly input: number;
  readonly events: number;
  readonly count: number;
  readonly written: number;
}

/** Go polls to sleep until its next timer: waits for the nearest clock subscription and reports that one. */
function sleepUntilFirst(view: DataView, now: bigint, { input, events, count, written }: Poll): number {
  let nearest: { wait: bigint; user: bigint } | undefined;
  for (let at = input; at < input + 48 * count; at += 48) {
    if (view.getUint8(at + 8) !== clockSubscription) continue;
    const timeout = view.getBigUint64(at + 24, true);
    const isAbsolute = (view.getUint16(at + 40, true) & 1) === 1;
    const wait = isAbsolute ? timeout - now : timeout;
    if (!nearest || wait < nearest.wait) nearest = { wait, user: view.getBigUint64(at, true) };
  }
  if (!nearest) return notSupported;
  const ms = Number(nearest.wait / 1_000_000n) + 1;
  if (nearest.wait > 0n) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
  view.setBigUint64(events, nearest.user, true);
  view.setUint32(events + 8, 0, true);
  view.setUint32(written, 1, true);
  return success;
}
