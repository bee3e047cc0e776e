/** Opens the store: @clickhouse/client over the embedded engine, or over HTTP to a server. One owner a directory. */
import { readFileSync } from 'node:fs';
import { access, constants, mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { type ClickHouseClient, ClickHouseLogLevel, type ClickHouseSettings, createClient } from '@clickhouse/client';
import { elavaError, messageOf } from '../errors.ts';
import type { Settings } from './call.ts';
import { writeEngineConfig } from './chdb-config.ts';
import { ChdbConnection } from './chdb-connection.ts';
import { directoryOwner } from './directory-owner.ts';
import { loadNative, type Native } from './native.ts';
import { type PoolOptions, SessionPool } from './session-pool.ts';
import { Store } from './store.ts';
import { storeError } from './store-errors.ts';
import { headersOf } from './terms.ts';

export interface StoreOptions {
  /** Data directory of the embedded engine; unused with `url`. */
  readonly path: string;
  /** A ClickHouse server; empty for the embedded engine. */
  readonly url: string;
  readonly database: string;
  readonly username: string;
  readonly password: string;
  /** Of the embedded engine, in MiB. */
  readonly memory: number;
  /** Queries that the embedded engine runs at once. */
  readonly sessions: number;
  /** Name of the cluster for ON CLUSTER; empty for one server. */
  readonly cluster?: string;
  /** Bytes that must stay free on the disk; inserts stop below. */
  readonly minFreeDisk?: number;
  /** Longest that one statement may take, unless it says otherwise. */
  readonly timeoutMs?: number;
  /** Files for TLS to a server; empty for the system's. */
  readonly tls?: { readonly ca: string; readonly cert: string; readonly key: string };
  /** Term of the lead under which this store is written: a later one's writer stops it (STORE_FENCED). */
  readonly fence?: number | undefined;
  /** The database is there: another process made it and may alter it. */
  readonly made?: boolean;
}

const MiB = 1024 * 1024;
const MIN_FREE_DISK = 256 * MiB;
const TIMEOUT_MS = 60_000;
const MAX_WAITING = 1000;

/** 64-bit numbers as strings: unquoted, JSON readers round them. Lists of ids make statements of some megabytes. */
const base: ClickHouseSettings = {
  output_format_json_quote_64bit_integers: 1,
  date_time_input_format: 'best_effort',
  date_time_output_format: 'iso',
  input_format_skip_unknown_fields: 0,
  max_query_size: String(64 * MiB),
};

/** What fails is thrown; whoever catches it logs it once. */
const log = { level: ClickHouseLogLevel.OFF } as const;

/** Directories that this process holds: the engine would let it open one twice, and two writers would both count. */
const held = new Set<string>();

/** Errors: STORE_IN_USE, STORE_UNAVAILABLE. */
export function openStore(options: StoreOptions): Promise<Store> {
  return options.url === '' ? openEmbedded(options) : openServer(options);
}

async function openEmbedded(options: StoreOptions): Promise<Store> {
  const { connection, release } = await openEngine(options);
  try {
    const client = createClient({ connection, log });
    const store = new Store({ client, kind: 'embedded', database: options.database, onClose: release });
    return await store.identify('chDB');
  } catch (error) {
    release();
    throw error;
  }
}

export type EngineOptions = Omit<StoreOptions, 'url' | 'username' | 'password' | 'cluster' | 'tls' | 'fence' | 'made'>;

/** The engine on its directory, which nobody else may open. `release` once the connection is closed. */
export async function openEngine(options: EngineOptions): Promise<{ connection: ChdbConnection; release: () => void }> {
  const native = loadNative();
  const root = path.resolve(options.path);
  const dir = path.join(root, 'engine');
  if (held.has(dir)) throw elavaError('STORE_IN_USE', `this process already holds ${root}`);
  held.add(dir);
  try {
    const config = await writeEngineConfig(root, {
      memory: options.memory * MiB,
      minFreeDisk: options.minFreeDisk ?? MIN_FREE_DISK,
    });
    const database = `\`${options.database}\``;
    const timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
    const pool = await openPool(
      native,
      {
        dir,
        args: [`--config-file=${config}`],
        sessions: options.sessions,
        maxWaiting: MAX_WAITING,
        timeoutMs,
        base: { ...(base as Settings), implicit_select: 0, max_execution_time: seconds(timeoutMs) },
      },
      [`CREATE DATABASE IF NOT EXISTS ${database}`, `USE ${database}`],
    );
    return { connection: new ChdbConnection(pool, await emptyDirectory(root)), release: () => held.delete(dir) };
  } catch (error) {
    held.delete(dir);
    throw error;
  }
}

/** For data on its way into the engine; whatever a crash left there goes. */
async function emptyDirectory(root: string): Promise<string> {
  const dir = path.join(root, 'incoming');
  await rm(dir, { recursive: true, force: true });
  await mkdir(dir);
  return dir;
}

async function openPool(native: Native, options: PoolOptions, prepare: readonly string[]): Promise<SessionPool> {
  try {
    return await SessionPool.open(native, options, prepare);
  } catch (error) {
    throw await openingError(options.dir, error);
  }
}

async function openingError(dir: string, cause: unknown): Promise<Error> {
  const owner = directoryOwner(dir);
  if (owner !== undefined) {
    const who = owner === 0 ? 'another process' : `process ${owner}`;
    return elavaError('STORE_IN_USE', `${who} owns the data directory ${path.dirname(dir)}`, { cause });
  }
  try {
    await access(path.dirname(dir), constants.W_OK);
  } catch {
    return elavaError('STORE_UNAVAILABLE', `the data directory ${path.dirname(dir)} cannot be written`, { cause });
  }
  return elavaError('STORE_UNAVAILABLE', `the data directory ${dir} cannot be opened: ${messageOf(cause)}`, { cause });
}

function seconds(ms: number): number {
  return Math.ceil(ms / 1000);
}

function tlsOf({ tls }: StoreOptions) {
  if (!tls || tls.ca === '') return {};
  const ca_cert = readFileSync(tls.ca);
  return { tls: tls.cert === '' ? { ca_cert } : { ca_cert, cert: readFileSync(tls.cert), key: readFileSync(tls.key) } };
}

async function openServer(options: StoreOptions): Promise<Store> {
  const timeout = options.timeoutMs ?? TIMEOUT_MS;
  const connect = (database: string) =>
    createClient({
      url: options.url,
      username: options.username,
      password: options.password,
      database,
      log,
      ...tlsOf(options),
      ...(options.fence === undefined ? {} : { http_headers: headersOf({ history: options.fence }) }),
      request_timeout: timeout,
      clickhouse_settings: {
        ...base,
        max_execution_time: seconds(timeout),
        wait_end_of_query: 1,
        cancel_http_readonly_queries_on_client_close: 1,
      },
    });
  if (!options.made) await makeDatabase(connect('default'), options);
  const kind = options.cluster ? 'cluster' : 'server';
  const store = new Store({
    client: connect(options.database),
    kind,
    database: options.database,
    cluster: options.cluster ?? '',
  });
  return store.identify('ClickHouse');
}

async function makeDatabase(first: ClickHouseClient, options: StoreOptions): Promise<void> {
  const on = options.cluster ? ` ON CLUSTER '${options.cluster}'` : '';
  try {
    await first.command({ query: `CREATE DATABASE IF NOT EXISTS \`${options.database}\`${on}` });
  } catch (error) {
    throw storeError(error);
  } finally {
    await first.close();
  }
}
