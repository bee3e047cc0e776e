/** The functions of chDB's addon that we use. They are not a public interface of the package: chdb is pinned exactly. */
import { createRequire } from 'node:module';
import path from 'node:path';
import { elavaError, messageOf } from '../errors.ts';

/** One connection of the engine; opaque. */
export type Handle = object;
export type StreamHandle = object;

export interface Outcome {
  readonly bytes?: Uint8Array;
  /** Seconds. */
  readonly elapsed?: number;
  readonly rowsRead?: number;
  readonly bytesRead?: number;
  readonly rowsWritten?: number;
  readonly bytesWritten?: number;
}
export interface Chunk {
  readonly done: boolean;
  readonly bytes: Uint8Array;
}

/** Every call that returns a promise runs on a libuv thread; a connection must never have two of them at once. */
export interface Native {
  CreateConnection(path: string, args: readonly string[]): Handle;
  CloseConnection(handle: Handle): void;
  QueryAsyncConnection(handle: Handle, sql: string, format: string): Promise<Outcome>;
  /** Refuses several statements in one text, which QueryAsyncConnection would run. */
  StreamQuery(handle: Handle, sql: string, format: string): StreamHandle;
  StreamFetch(stream: StreamHandle): Promise<Chunk>;
  StreamCancel(stream: StreamHandle): void;
  InsertRawAsyncConnection(handle: Handle, statement: string, data: Buffer, countLines: boolean): Promise<Outcome>;
}

/** Loads the addon of this platform. Errors: STORE_UNAVAILABLE where chDB has no binary (Windows, musl). */
export function loadNative(): Native {
  const require = createRequire(import.meta.url);
  try {
    const root = path.dirname(require.resolve('chdb/package.json'));
    const loader = require(path.join(root, 'dist', 'loader.js')) as { loadNative(): Native };
    return loader.loadNative();
  } catch (error) {
    throw elavaError('STORE_UNAVAILABLE', `the embedded engine cannot be loaded: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
