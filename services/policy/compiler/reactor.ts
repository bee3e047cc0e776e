/** One running instance of the compiler: sends it a request, takes its answer (scripts/rego-compiler/reactor_wasip1.go). */
import { createWasi, systemSources } from './wasi.ts';

interface Exports {
  readonly memory: WebAssembly.Memory;
  request_buffer(length: number): number;
  handle(length: number): void;
  body_pointer(): number;
  body_length(): number;
  blob_pointer(): number;
  blob_length(): number;
  release(): void;
}

export interface Answer {
  /** The response of protocol.go, as JSON. */
  readonly body: string;
  /** Compiled bytes; empty where the operation gives none. */
  readonly blob: Uint8Array<ArrayBuffer>;
  /** Size of the instance's memory. It never shrinks. */
  readonly memoryBytes: number;
}

export interface Reactor {
  /** Sends JSON in UTF-8 and blocks until the answer is there. A throw means that the instance is broken; `words` may say why. */
  call(request: Uint8Array): Answer;
  words(): string;
}

/** Instantiates: about 20 ms of CPU, blocking. The module is initialised already (scripts/rego-compiler-snapshot.ts). */
export function startReactor(module: WebAssembly.Module): Reactor {
  // Nothing calls the system before `go` is there: the module has no start function.
  const wasi = createWasi(module, () => go.memory, systemSources);
  const { exports } = new WebAssembly.Instance(module, { wasi_snapshot_preview1: wasi.imports });
  const go = exports as unknown as Exports;
  return { call: (request) => call(go, request), words: () => wasi.words() };
}

function call(go: Exports, request: Uint8Array): Answer {
  // Pointers are taken before the views: an allocation may move the memory's buffer.
  const at = go.request_buffer(request.length);
  new Uint8Array(go.memory.buffer, at, request.length).set(request);
  go.handle(request.length);
  const text = read(go.memory, go.body_pointer(), go.body_length());
  const blob = read(go.memory, go.blob_pointer(), go.blob_length()).slice();
  const answer = { body: new TextDecoder().decode(text), blob, memoryBytes: go.memory.buffer.byteLength };
  go.release();
  return answer;
}

function read(memory: WebAssembly.Memory, pointer: number, length: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(memory.buffer, pointer, length);
}
