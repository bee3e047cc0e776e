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
  const origin = /^\d+$/.test(number) ? ` (engine code ${number})` : '';
  return elavaError(code, `${messageOf(error)}${origin}`, { cause: error });
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
