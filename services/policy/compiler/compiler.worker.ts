/** The thread that the compiler runs in: Go in WebAssembly neither yields nor stops, so it can only be ended with its thread. */
import { parentPort, workerData } from 'node:worker_threads';
import { type PolicyExports, readPolicyExports } from './policy-exports.ts';
import { startReactor } from './reactor.ts';

/** What the thread posts: once that it is ready, then one answer for each request, in order. */
export type FromWorker =
  | { readonly kind: 'ready' }
  | {
      readonly kind: 'answer';
      readonly response: Record<string, unknown>;
      readonly blob: Uint8Array<ArrayBuffer>;
      readonly exports: PolicyExports | undefined;
      readonly memoryBytes: number;
    }
  /** The instance is broken; the thread is of no more use. */
  | { readonly kind: 'broken'; readonly message: string };

const port = parentPort;
if (!port) throw new Error('compiler.worker.ts is a worker thread');
const { module } = workerData as { module: WebAssembly.Module };
const post = (message: FromWorker, transfer: ArrayBuffer[] = []): void => port.postMessage(message, transfer);

const reactor = startReactor(module);
port.on('message', (request: Uint8Array) => {
  try {
    const { body, blob, memoryBytes } = reactor.call(request);
    const exports = isModule(blob) ? readPolicyExports(blob) : undefined;
    post({ kind: 'answer', response: JSON.parse(body), blob, exports, memoryBytes }, [blob.buffer]);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    post({ kind: 'broken', message: `${why}\n${reactor.words()}`.trim() });
  }
});
post({ kind: 'ready' });

/** WebAssembly's magic number, against the JSON of a plan. */
function isModule(blob: Uint8Array): boolean {
  return blob[0] === 0 && blob[1] === 0x61 && blob[2] === 0x73 && blob[3] === 0x6d;
}
