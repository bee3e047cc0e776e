/** Paths of OPA's Data API: what stands after `/v1/data`, decoded part by part. Pure. */
import { elavaError } from '../../../lib/errors.ts';

const maxParts = 32;

/** Errors: INVALID_REQUEST. */
export function partsOf(url: string, prefix: string): string[] {
  const path = url.split('?')[0] ?? '';
  const rest = path.slice(prefix.length).replace(/^\/|\/$/g, '');
  const parts = rest === '' ? [] : rest.split('/').map(decoded);
  if (parts.length > maxParts) throw elavaError('INVALID_REQUEST', `the path has more than ${maxParts} parts`);
  return parts;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch (cause) {
    throw elavaError('INVALID_REQUEST', 'the path is badly encoded', { cause });
  }
}

/** As OPA writes it: `data.tenants.a["b-c"]`. */
export function refOf(parts: readonly string[]): string {
  return parts.reduce(
    (ref, part) => ref + (/^[A-Za-z_]\w*$/.test(part) ? `.${part}` : `[${JSON.stringify(part)}]`),
    'data',
  );
}
