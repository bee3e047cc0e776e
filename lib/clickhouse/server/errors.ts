/** Errors as ClickHouse's HTTP interface says them: a number in a header, a sentence in the body, a fitting status. */
import { codeOf, type ErrorCode, messageOf } from '../../errors.ts';

export interface EngineError {
  /** ClickHouse's number, src/Common/ErrorCodes.cpp; ours begin at 10001. */
  readonly number: number;
  readonly name: string;
  readonly message: string;
}

/** Thrown for what is refused before the engine sees it, in the form of the engine's own errors. */
export class Refused extends Error {
  readonly code: string;
  readonly type: string;

  constructor(number: number, name: string, message: string) {
    super(message);
    this.code = String(number);
    this.type = name;
  }
}

export const FENCED = 10_001;

const ours: Partial<Record<ErrorCode, readonly [number, string]>> = {
  STORE_QUERY: [62, 'SYNTAX_ERROR'],
  DEADLINE_EXCEEDED: [159, 'TIMEOUT_EXCEEDED'],
  QUEUE_FULL: [202, 'TOO_MANY_SIMULTANEOUS_QUERIES'],
  CANCELLED: [394, 'QUERY_WAS_CANCELLED'],
  STORE_UNAVAILABLE: [210, 'NETWORK_ERROR'],
  STORE_MEMORY: [241, 'MEMORY_LIMIT_EXCEEDED'],
  STORE_FULL: [243, 'NOT_ENOUGH_SPACE'],
};

export function engineErrorOf(error: unknown): EngineError {
  const { code, type } = (error ?? {}) as { code?: unknown; type?: unknown };
  const message = messageOf(error);
  if (typeof code === 'string' && /^\d+$/.test(code) && typeof type === 'string')
    return { number: Number(code), name: type, message };
  const [number, name] = ours[codeOf(error)] ?? [1002, 'UNKNOWN_EXCEPTION'];
  return { number, name, message };
}

/** Statuses by number, as ClickHouse's HTTPHandler has them. */
const statuses: Readonly<Record<number, number>> = {
  159: 408,
  160: 408,
  164: 403,
  194: 401,
  241: 500,
  307: 413,
  497: 403,
  516: 403,
  [FENCED]: 409,
};
const unknownThing = new Set([46, 47, 60, 81, 115, 372]);
const wrongQuery = new Set([6, 26, 27, 33, 36, 43, 53, 62, 117, 456, 457]);

export function statusOf(number: number): number {
  if (unknownThing.has(number)) return 404;
  if (wrongQuery.has(number)) return 400;
  return statuses[number] ?? 500;
}

/** `Code: 60. DB::Exception: … (UNKNOWN_TABLE) (version …)`: what clients take apart. */
export function sentenceOf({ number, name, message }: EngineError, version: string): string {
  const text = message.replace(/\.?\s*$/, '');
  return `Code: ${number}. DB::Exception: ${text}. (${name}) (version ${version})\n`;
}
