/** A request of ClickHouse's HTTP interface, taken apart: the statement, its parameters and settings, who asks. */
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { WrittenParam } from '../literals.ts';
import { FENCE_HEADER, type Terms, termsOf, WRITERS_HEADER } from '../terms.ts';
import { Refused } from './errors.ts';

export interface Question {
  /** Of the URL; the body follows it, as a part of the statement or as data. */
  readonly sql: string;
  readonly id: string;
  readonly database: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly params: Readonly<Record<string, WrittenParam>>;
  readonly format: string;
  readonly gzip: boolean;
  readonly user: string;
  readonly password: string;
  readonly terms: Terms;
}

/** Of the interface itself; everything else in the URL is a setting of the engine. */
const interfaceOnly = new Set(
  `query query_id database default_format session_id session_timeout session_check user password compress decompress
   wait_end_of_query send_progress_in_http_headers http_headers_progress_interval_ms enable_http_compression
   http_zlib_compression_level buffer_size role stacktrace http_response_buffer_size quota_key client_protocol_version
   http_write_exception_in_output_format http_make_head_request cancel_http_readonly_queries_on_client_close`.split(
    /\s+/,
  ),
);

export function questionOf(request: IncomingMessage, url: URL, id: string): Question {
  const query = url.searchParams;
  if (query.has('session_id')) throw new Refused(113, 'SESSION_NOT_FOUND', 'this server keeps no sessions');
  const given = (name: string, head: string): string | undefined => query.get(name) ?? header(request, head);
  return {
    sql: query.get('query') ?? '',
    id: query.get('query_id') ?? id,
    database: given('database', 'x-clickhouse-database') ?? 'default',
    ...settingsAndParams(query),
    format: given('default_format', 'x-clickhouse-format') ?? 'TabSeparated',
    gzip: query.get('enable_http_compression') === '1' && /\bgzip\b/.test(header(request, 'accept-encoding') ?? ''),
    ...caller(request, query),
    terms: termsTold(request),
  };
}

function settingsAndParams(query: URLSearchParams): Pick<Question, 'settings' | 'params'> {
  const settings: Record<string, string> = {};
  const params: Record<string, WrittenParam> = {};
  for (const [name, value] of query) {
    if (name.startsWith('param_')) params[name.slice(6)] = new WrittenParam(value);
    else if (!interfaceOnly.has(name)) settings[name] = value;
  }
  return { settings, params };
}

function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

function termsTold(request: IncomingMessage): Terms {
  const told = [FENCE_HEADER, WRITERS_HEADER].map((name) => header(request, name.toLowerCase()));
  const terms = termsOf(told[0], told[1]);
  if (!terms) throw new Refused(36, 'BAD_ARGUMENTS', `${FENCE_HEADER} or ${WRITERS_HEADER} is no term`);
  return terms;
}

function caller(request: IncomingMessage, query: URLSearchParams): { user: string; password: string } {
  const [, encoded] = /^Basic\s+(\S+)$/i.exec(header(request, 'authorization') ?? '') ?? [];
  if (encoded !== undefined) {
    const [user = '', ...rest] = Buffer.from(encoded, 'base64').toString().split(':');
    return { user, password: rest.join(':') };
  }
  return {
    user: header(request, 'x-clickhouse-user') ?? query.get('user') ?? 'default',
    password: header(request, 'x-clickhouse-key') ?? query.get('password') ?? '',
  };
}

/** The body as it was before it was compressed, never more than `most` bytes of it. Throws Refused. */
export async function bodyOf(request: IncomingMessage, most: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of decompressed(request)) {
    size += (part as Buffer).length;
    if (size > most) throw new Refused(307, 'TOO_MANY_BYTES', `a body may have ${most} bytes`);
    parts.push(part as Buffer);
  }
  return parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
}

function decompressed(request: IncomingMessage): Readable {
  const encoding = header(request, 'content-encoding') ?? '';
  if (encoding === '') return request;
  const makers = { gzip: createGunzip, deflate: createInflate, br: createBrotliDecompress } as const;
  if (!(encoding in makers)) throw new Refused(69, 'ARGUMENT_OUT_OF_BOUND', `content-encoding ${encoding} is unknown`);
  const inflate = makers[encoding as keyof typeof makers]();
  request.on('error', (error) => inflate.destroy(error));
  return request.pipe(inflate);
}
