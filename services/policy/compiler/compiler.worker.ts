/** The thread that the compiler runs in: Go in WebAssembly neither yields nor stops, so it can only be ended with its thread. */
import { parentPort, workerData } from 'node:worker_threads';
import { loadCompiler } from './artefact.ts';
import { type PolicyExports, readPolicyExports } from './policy-exports.ts';
import { type Reactor, startReactor } from './reactor.ts';

export interface WorkerData {
  /** Of an earlier thread; without one the thread loads its own. */
  readonly module: WebAssembly.Module | undefined;
  readonly memoryBytes: number;
}

/** What the thread posts: once that it is ready, then one answer for each request, in order. */
export type FromWorker =
  | { readonly kind: 'ready'; readonly module: WebAssembly.Module }
  | {
      readonly kind: 'answer';
      readonly response: Record<string, unknown>;
      readonly blob: Uint8Array<ArrayBuffer>;
      readonly exports: PolicyExports | undefined;
      readonly memoryBytes: number;
    }
  /** The instance is broken, or there is none; the thread is of no more use. */
  | { readonly kind: 'broken'; readonly message: string };

const port = parentPort;
if (!port) throw new Error('compiler.worker.ts is a worker thread');
const post = (message: FromWorker, transfer: ArrayBuffer[] = []): void => port.postMessage(message, transfer);

try {
  const given = workerData as WorkerData;
  const module = given.module ?? (await loadCompiler(given.memoryBytes));
  const reactor = startReactor(module);
  port.on('message', (request: Uint8Array) => answer(reactor, request));
  post({ kind: 'ready', module });
} catch (error) {
  post({ kind: 'broken', message: messageOf(error) });
}

function answer(reactor: Reactor, request: Uint8Array): void {
  try {
    const { body, blob, memoryBytes } = reactor.call(request);
    const exports = isModule(blob) ? readPolicyExports(blob) : undefined;
    post({ kind: 'answer', response: JSON.parse(body), blob, exports, memoryBytes }, [blob.buffer]);
  } catch (error) {
    post({ kind: 'broken', message: `${messageOf(error)}\n${reactor.words()}`.trim() });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** WebAssembly's magic number, against the JSON of a plan. */
function isModule(blob: Uint8Array): boolean {
  return blob[0] === 0 && blob[1] === 0x61 && blob[2] === 0x73 && blob[3] === 0x6d;
}
