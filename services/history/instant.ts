/** Instants: ISO 8601 text outside, milliseconds inside. */
import { elavaError } from '../../lib/errors.ts';

/** Errors: INVALID_REQUEST. `field` names the parameter in the message. */
export function toMs(iso: string, field: string): number {
  const ms = Date.parse(iso);
  if (Number.isNaN(ms)) throw elavaError('INVALID_REQUEST', `${field}: ${JSON.stringify(iso)} is no ISO 8601 instant`);
  return ms;
}
