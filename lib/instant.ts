/** Instants as people type them, made into the one form that services exchange: ISO 8601 in UTC with milliseconds. */
import { elavaError } from './errors.ts';
import { parseDuration } from './time.ts';

const iso = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2}))?$/;

/**
 * Reads `2026-11-20`, `2026-11-20T12:00Z`, `…T12:00:00+01:00`, or a duration before `now` (ms) such as `24h`.
 * Error: INVALID_REQUEST; a time without a zone is refused, for nobody agrees whose it is.
 */
export function parseInstant(text: string, now: number): string {
  const before = parseDuration(text);
  if (before !== undefined) return new Date(now - before).toISOString();
  const at = iso.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at)) {
    throw elavaError(
      'INVALID_REQUEST',
      `"${text}" is no instant; write 2026-11-20T12:00Z, 2026-11-20, or 24h for a day ago`,
    );
  }
  return new Date(at).toISOString();
}
