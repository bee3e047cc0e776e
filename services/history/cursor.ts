/** The `next` of a page: where the page ended, so that rows that come or go meanwhile shift nothing. */
import { elavaError } from '../../lib/errors.ts';

export function writeCursor(values: readonly string[]): string {
  return Buffer.from(JSON.stringify(values)).toString('base64url');
}

/** Errors: INVALID_REQUEST for what writeCursor did not write. */
export function readCursor(cursor: string, length: number): string[] {
  let values: unknown;
  try {
    values = JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    values = undefined;
  }
  if (Array.isArray(values) && values.length === length && values.every((value) => typeof value === 'string'))
    return values;
  throw elavaError('INVALID_REQUEST', `after: ${JSON.stringify(cursor)} is not the next of a page`);
}

export const DEFAULT_LIMIT = 1000;
