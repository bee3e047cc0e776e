/** From the engine's numbers and the transport's words to codes of our table. */
import { parseError } from '@clickhouse/client';
import { type ErrorCode, elavaError, errorTable, messageOf } from '../errors.ts';

/** ClickHouse's error numbers, src/Common/ErrorCodes.cpp. */
const engineCodes: Readonly<Record<string, ErrorCode>> = {
  '76': 'STORE_IN_USE',
  '159': 'DEADLINE_EXCEEDED',
  '160': 'DEADLINE_EXCEEDED',
  '202': 'QUEUE_FULL',
  '209': 'STORE_UNAVAILABLE',
  '210': 'STORE_UNAVAILABLE',
  '241': 'STORE_MEMORY',
  '243': 'STORE_FULL',
  '394': 'CANCELLED',
  '516': 'STORE_UNAVAILABLE',
  // Not ClickHouse's: the engine behind HTTP says so (server/errors.ts).
  '10001': 'STORE_FENCED',
};
const transportCodes: Readonly<Record<string, ErrorCode>> = {
  ECONNREFUSED: 'STORE_UNAVAILABLE',
  ECONNRESET: 'STORE_UNAVAILABLE',
  ENOTFOUND: 'STORE_UNAVAILABLE',
  EAI_AGAIN: 'STORE_UNAVAILABLE',
  EHOSTUNREACH: 'STORE_UNAVAILABLE',
  EPIPE: 'STORE_UNAVAILABLE',
  ETIMEDOUT: 'DEADLINE_EXCEEDED',
  ENOSPC: 'STORE_FULL',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'STORE_UNAVAILABLE',
  SELF_SIGNED_CERT_IN_CHAIN: 'STORE_UNAVAILABLE',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'STORE_UNAVAILABLE',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'STORE_UNAVAILABLE',
  CERT_HAS_EXPIRED: 'STORE_UNAVAILABLE',
  ERR_TLS_CERT_ALTNAME_INVALID: 'STORE_UNAVAILABLE',
};

/** The engine's own error: `code` is ClickHouse's number as text, `type` its name, as the HTTP client has them. */
export function engineError(error: unknown): Error {
  const parsed = parseError(messageOf(error).replace(/^Query failed: /, ''));
  if (parsed.cause === undefined) parsed.cause = error;
  return parsed;
}

/** An error of our table for whatever the client or the engine threw; ours pass as they are. */
export function storeError(error: unknown): Error {
  if (isOurs(error)) return error;
  const number = numberOf(error);
  const code = engineCodes[number] ?? transportCodes[number] ?? 'STORE_QUERY';
  if (code === 'STORE_FULL') return elavaError(code, fullText(messageOf(error)), { cause: error });
  const origin = /^\d+$/.test(number) ? ` (engine code ${number})` : '';
  return elavaError(code, `${messageOf(error)}${origin}`, { cause: error });
}

function fullText(message: string): string {
  const reserve = Number(/min_free_disk_bytes_to_perform_insert` = (\d+)/.exec(message)?.[1]);
  if (Number.isNaN(reserve)) return message;
  return `the disk of the data directory has less than the ${Math.round(reserve / 2 ** 20)} MiB that are kept free`;
}

function isOurs(error: unknown): error is Error {
  const type = (error as { type?: unknown } | null)?.type;
  return typeof type === 'string' && type in errorTable;
}

/** ClickHouse's number, or the transport's word. */
function numberOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' || typeof code === 'number' ? String(code) : '';
}
