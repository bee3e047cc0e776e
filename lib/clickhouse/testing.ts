/** A store on a directory of its own, for tests. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import { openStore, type StoreOptions } from './client.ts';
import { loadNative, type Native } from './native.ts';
import { EngineServer, type EngineServerOptions } from './server/engine-server.ts';
import type { Store } from './store.ts';

export interface TestStore {
  readonly store: Store;
  readonly dir: string;
  close(): Promise<void>;
}

export function embedded(dir: string): StoreOptions {
  return {
    path: dir,
    url: '',
    database: 'test',
    username: '',
    password: '',
    memory: 512,
    sessions: 3,
    minFreeDisk: 1,
  };
}

export async function testStore(options: Partial<StoreOptions> = {}): Promise<TestStore> {
  const dir = await mkdtemp(path.join(os.tmpdir(), 'elava-store-'));
  const under = storeUnderTest({ ...embedded(dir), ...options });
  const store = await openStore(await under.open());
  return {
    store,
    dir,
    async close() {
      await store.close();
      await under.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/**
 * The embedded store as it is, or behind HTTP where the suite says so (test/cluster/jest.config.js): the same tests
 * then go over the network, through the client's own connection.
 */
export function storeUnderTest(options: StoreOptions): { open(): Promise<StoreOptions>; close(): Promise<void> } {
  let server: EngineServer | undefined;
  return {
    async open() {
      if (!(globalThis as { storeOverHttp?: true }).storeOverHttp) return options;
      server = await engineServer(options);
      return overHttp(options, server);
    },
    async close() {
      await server?.close();
      server = undefined;
    },
  };
}

export const PASSWORD = 'correct horse';

export function engineServer(options: StoreOptions, more: Partial<EngineServerOptions> = {}): Promise<EngineServer> {
  const { url: _, ...engine } = options;
  const log = pino({ level: 'silent' });
  const listen = { host: '127.0.0.1', port: 0, username: 'elava', password: PASSWORD };
  return EngineServer.start({ ...engine, ...listen, log, ...more });
}

export function overHttp(options: StoreOptions, { url }: EngineServer): StoreOptions {
  return { ...options, path: '', url, username: 'elava', password: PASSWORD };
}

export interface Counted {
  readonly native: Native;
  /** Most calls that one connection had under way at once. */
  readonly most: () => number;
  /** Most connections that had a call under way at once. */
  readonly parallel: () => number;
  readonly fetches: () => number;
  /** Statements, fetches and inserts. */
  readonly calls: () => number;
}

/** The real engine, with its calls counted. */
export function countedNative(): Counted {
  const real = loadNative();
  const under = new Map<object, number>();
  const owner = new Map<object, object>();
  let most = 0;
  let parallel = 0;
  let fetches = 0;
  let calls = 0;
  const counted = async <T>(handle: object, call: () => Promise<T>): Promise<T> => {
    calls += 1;
    const now = (under.get(handle) ?? 0) + 1;
    under.set(handle, now);
    most = Math.max(most, now);
    parallel = Math.max(parallel, [...under.values()].filter((count) => count > 0).length);
    try {
      return await call();
    } finally {
      under.set(handle, (under.get(handle) ?? 1) - 1);
    }
  };
  const native: Native = {
    CreateConnection: (path_, args) => real.CreateConnection(path_, args),
    CloseConnection: (handle) => real.CloseConnection(handle),
    QueryAsyncConnection: (handle, sql, format) =>
      counted(handle, () => real.QueryAsyncConnection(handle, sql, format)),
    StreamQuery(handle, sql, format) {
      const stream = real.StreamQuery(handle, sql, format);
      owner.set(stream, handle);
      return stream;
    },
    StreamFetch(stream) {
      fetches += 1;
      return counted(owner.get(stream) ?? stream, () => real.StreamFetch(stream));
    },
    StreamCancel: (stream) => real.StreamCancel(stream),
    InsertRawAsyncConnection: (handle, statement, data, lines) =>
      counted(handle, () => real.InsertRawAsyncConnection(handle, statement, data, lines)),
  };
  return { native, most: () => most, parallel: () => parallel, fetches: () => fetches, calls: () => calls };
}
