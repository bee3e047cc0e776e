/**
 * A connection for @clickhouse/client over the embedded engine. The stock `chdb/connection` 3.4.0 keeps one call's
 * settings for the next (a deduplication token made later inserts vanish), runs what follows an empty line of inserted
 * data as SQL, corrupts binary data, reads whole results into memory and lets an aborted query go on.
 */
import { randomUUID } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import type { ClickHouseClientConfigOptions } from '@clickhouse/client';
import { elavaError } from '../errors.ts';
import type { Call, Settings } from './call.ts';
import { placeholders, quote } from './literals.ts';
import type { Native, Outcome, StreamHandle } from './native.ts';
import type { SessionLease } from './session-lease.ts';
import type { SessionPool } from './session-pool.ts';

/** The client does not export the name of what it takes. */
export type Connection = NonNullable<ClickHouseClientConfigOptions['connection']>;
type QueryParams = Parameters<Connection['query']>[0];
type InsertParams = Parameters<Connection['insert']>[0];
type ExecParams = Parameters<Connection['exec']>[0];
type Base = Omit<QueryParams, 'query'>;

/** Concern the HTTP interface only; the engine would refuse them. */
const httpOnly =
  /^(wait_end_of_query|send_progress_in_http_headers|http_|enable_http_compression|default_format$|cancel_http_)/;

/** Formats whose rows JSON.stringify can write: no raw newline, so no empty line. */
const rowFormat = /\bFORMAT\s+(JSONEachRow|JSONCompactEachRow|JSONStringsEachRow|JSONCompactStringsEachRow)\s*$/i;

/** The engine reads it from a file, for its own way of taking data breaks off at the first two newlines. */
const binaryFormat = /\bFORMAT\s+RowBinary\s*$/;

const NEWLINE = 10;

export class ChdbConnection implements Connection {
  readonly #pool: SessionPool;
  readonly #incoming: string;

  /** `incoming` is a directory for inserted data on its way; what a crash left there is worth nothing. */
  constructor(pool: SessionPool, incoming: string) {
    this.#pool = pool;
    this.#incoming = incoming;
  }

  /** Streams: resolves at the first chunk, so what fails before it rejects here, as over HTTP. */
  async query(params: QueryParams): ReturnType<Connection['query']> {
    checkParams(params);
    const lease = await this.#pool.begin(callOf(params, 'read'));
    try {
      const fetch = isStreamed(params) ? streaming : whole;
      const next = fetch(this.#pool.native, lease, params.query);
      return { stream: toStream(await next(), next, lease), ...meta(params) };
    } catch (error) {
      void lease.end();
      throw error;
    }
  }

  async command(params: QueryParams): ReturnType<Connection['command']> {
    checkParams(params);
    refuseSeveral(params.query);
    const lease = await this.#pool.begin(callOf(params, 'write'));
    try {
      const outcome = await lease.run(() => this.#pool.native.QueryAsyncConnection(lease.handle, params.query, 'Null'));
      return { ...meta(params), ...summary(outcome) };
    } finally {
      await lease.end();
    }
  }

  async insert(params: InsertParams): ReturnType<Connection['insert']> {
    const run = this.#insertion(params.query);
    const data = await bytesOf(params.values);
    if (data.length === 0) return { ...meta(params), ...summary({}) };
    const lease = await this.#pool.begin(callOf(params, 'write'));
    try {
      return { ...meta(params), ...summary(await run(lease, data)) };
    } finally {
      await lease.end();
    }
  }

  #insertion(query: string): (lease: SessionLease, data: Buffer) => Promise<Outcome> {
    if (rowFormat.test(query)) return (lease, data) => insertInline(this.#pool.native, lease, { query, data });
    if (!binaryFormat.test(query)) {
      throw elavaError('STORE_QUERY', 'the embedded engine takes inserted rows as JSON or RowBinary only');
    }
    return (lease, data) => insertFile(this.#pool.native, lease, { query, data, dir: this.#incoming });
  }

  async exec(params: ExecParams): ReturnType<Connection['exec']> {
    const { values, ...rest } = params;
    if (values === undefined) return { ...(await this.query(rest)), ...summary({}) };
    const result = await this.insert({ ...rest, values });
    return { stream: Readable.from([]), ...result };
  }

  async ping(): ReturnType<Connection['ping']> {
    try {
      await this.command({ query: 'SELECT 1' });
      return { success: true };
    } catch (error) {
      return { success: false, error: error as Error };
    }
  }

  close(): Promise<void> {
    return this.#pool.close();
  }
}

/**
 * What is streamed. Beginning a stream plans the statement in the caller's thread, and planning computes subqueries:
 * statements that have some are computed as a whole in a thread of the pool, as are SHOW, DESCRIBE and their like, and
 * what the caller waits for the end of, as over HTTP.
 */
function isStreamed({ query: sql, clickhouse_settings: settings }: QueryParams): boolean {
  if (Number(settings?.wait_end_of_query ?? 0) === 1) return false;
  return /^[\s(]*SELECT\b/i.test(sql) && !/\(\s*(SELECT|WITH)\b/i.test(sql);
}

/** Without a FORMAT clause of its own a statement answers in ClickHouse's default. */
const DEFAULT_FORMAT = 'TabSeparated';

/** Gives the next piece of a result, undefined at the end. */
type Fetch = () => Promise<Buffer | undefined>;

/** Piece by piece: the engine computes no further than it is asked. */
function streaming(native: Native, lease: SessionLease, sql: string): Fetch {
  let stream: StreamHandle | undefined;
  lease.onEnd(() => {
    if (stream) native.StreamCancel(stream);
  });
  return () =>
    lease.run(async () => {
      stream ??= native.StreamQuery(lease.handle, sql, DEFAULT_FORMAT);
      const chunk = await native.StreamFetch(stream);
      return chunk.done ? undefined : Buffer.from(chunk.bytes);
    });
}

function whole(native: Native, lease: SessionLease, sql: string): Fetch {
  let asked = false;
  return async () => {
    if (asked) return undefined;
    asked = true;
    refuseSeveral(sql);
    const work = (): Promise<Outcome> => native.QueryAsyncConnection(lease.handle, sql, DEFAULT_FORMAT);
    const { bytes } = await lease.run(work).catch((error: unknown) => {
      // The rows that it had come to stay in the session, and would be the first of its next answer.
      lease.spoil();
      throw error;
    });
    return Buffer.from(bytes ?? []);
  };
}

/** A ClickHouse server refuses two statements in one text; the embedded engine would run both. */
function refuseSeveral(sql: string): void {
  const bare = sql.replace(/'(?:[^'\\]|\\.)*'/gs, "''");
  if (/;\s*\S/.test(bare)) throw elavaError('STORE_QUERY', 'several statements in one text');
}

function toStream(first: Buffer | undefined, next: Fetch, lease: SessionLease): Readable {
  let ready: Promise<Buffer | undefined> | undefined = Promise.resolve(first);
  const stream = new Readable({
    highWaterMark: 1 << 20,
    read() {
      const piece = ready ?? next();
      ready = undefined;
      void deliver(piece);
    },
    destroy(error, done) {
      void release(error, done);
    },
  });
  // When time is up nobody may be reading, and an error that nobody hears would end the process.
  stream.on('error', () => undefined);
  lease.onAbort((error) => stream.destroy(error));
  const release = async (error: Error | null, done: (error: Error | null) => void): Promise<void> => {
    await lease.end();
    done(error);
  };
  const deliver = async (piece: Promise<Buffer | undefined>): Promise<void> => {
    try {
      const chunk = await piece;
      // Whoever has read the end may ask the next question in the same session.
      if (chunk === undefined) await lease.end();
      stream.push(chunk ?? null);
    } catch (error) {
      stream.destroy(error as Error);
    }
  };
  return stream;
}

interface Insertion {
  readonly query: string;
  readonly data: Buffer;
}

async function insertInline(native: Native, lease: SessionLease, { query, data }: Insertion): Promise<Outcome> {
  // The engine's parser takes what follows an empty line for the next statement and executes it.
  if (data[0] === NEWLINE || data.includes('\n\n') || data.includes('\r')) {
    throw elavaError('STORE_QUERY', 'inserted data holds an empty line or a carriage return');
  }
  return lease.run(() => native.InsertRawAsyncConnection(lease.handle, query, data, false));
}

async function insertFile(
  native: Native,
  lease: SessionLease,
  { query, data, dir }: Insertion & { readonly dir: string },
): Promise<Outcome> {
  const file = path.join(dir, `${randomUUID()}.bin`);
  const sql = query.replace(binaryFormat, () => `FROM INFILE ${quote(file)} FORMAT RowBinary`);
  try {
    await writeFile(file, data);
    return await lease.run(() => native.QueryAsyncConnection(lease.handle, sql, 'Null'));
  } finally {
    await rm(file, { force: true });
  }
}

async function bytesOf(values: InsertParams['values']): Promise<Buffer> {
  if (typeof values === 'string') return Buffer.from(values);
  const parts: Buffer[] = [];
  for await (const part of values as AsyncIterable<string | Buffer>) {
    parts.push(typeof part === 'string' ? Buffer.from(part) : part);
  }
  // One part is the usual case, and may be large.
  return parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
}

function callOf(params: Base, kind: Call['kind']): Call {
  const settings: Record<string, string | number | boolean> = {};
  for (const [name, value] of Object.entries(params.clickhouse_settings ?? {})) {
    if (value !== undefined && !httpOnly.test(name)) settings[name] = value as Settings[string];
  }
  return { kind, settings, params: params.query_params ?? {}, signal: params.abort_signal };
}

/** A session remembers parameters; one that a call forgot would silently have the value of an earlier call. */
function checkParams({ query, query_params: given = {} }: QueryParams): void {
  // A view with parameters gets them from whoever asks it.
  if (query.startsWith('CREATE OR REPLACE VIEW ')) return;
  for (const name of placeholders(query)) {
    if (!(name in given)) throw elavaError('STORE_QUERY', `parameter ${name} is not bound`);
  }
}

function meta(params: Base): { query_id: string; response_headers: Record<string, string>; http_status_code: number } {
  return { query_id: params.query_id ?? randomUUID(), response_headers: {}, http_status_code: 200 };
}

function summary(outcome: Outcome) {
  return {
    summary: {
      read_rows: String(outcome.rowsRead ?? 0),
      read_bytes: String(outcome.bytesRead ?? 0),
      written_rows: String(outcome.rowsWritten ?? 0),
      written_bytes: String(outcome.bytesWritten ?? 0),
      result_rows: '0',
      result_bytes: '0',
      total_rows_to_read: '0',
      elapsed_ns: String(Math.round((outcome.elapsed ?? 0) * 1e9)),
    },
  };
}
