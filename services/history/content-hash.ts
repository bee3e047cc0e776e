/** Content hashes: 16 hex digits, eight bytes in the store. Zero stands for no content. */
import { elavaError } from '../../lib/errors.ts';

export const NO_CONTENT = '0'.repeat(16);

/** Reads a column of hashes as the 16 digits. */
export const hashSql = (column: string): string => `leftPad(lower(hex(${column})), 16, '0')`;

/** Errors: INVALID_REQUEST. */
export function checkedHash(hash: string): string {
  if (!/^[0-9a-f]{16}$/.test(hash))
    throw elavaError('INVALID_REQUEST', `hash: ${JSON.stringify(hash)} is not 16 hex digits`);
  // Zero is taken; one hash in 2^64 gives way.
  return hash === NO_CONTENT ? '0000000000000001' : hash;
}
