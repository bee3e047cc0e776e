/**
 * `rand.intn` and `uuid.rfc4122` as OPA promises them: the same for the same arguments during an evaluation. Here they
 * follow from the arguments and the evaluation's instant, so that an evaluation can be repeated; they are no secrets.
 */
import { createHash } from 'node:crypto';
import type { BuiltinContext } from '../host/policy-instance.ts';
import type { RegoValue } from '../host/values.ts';
import { type Entries, fromInteger, integerOf, ofValues } from './define.ts';

function digest(context: BuiltinContext, ...parts: readonly string[]): Buffer {
  return createHash('sha256')
    .update(JSON.stringify([String(context.nowNs), ...parts]))
    .digest();
}

/** From 0 to n, n left out; a negative n counts as its size. */
function intn([text, limit]: readonly RegoValue[], context: BuiltinContext): RegoValue | undefined {
  const n = integerOf(limit);
  if (typeof text !== 'string' || n === undefined) return undefined;
  const size = n < 0n ? -n : n;
  return size === 0n ? 0 : fromInteger(digest(context, 'intn', text, String(size)).readBigUInt64LE() % size);
}

/** Version 4 in its shape. */
function uuid([text]: readonly RegoValue[], context: BuiltinContext): RegoValue | undefined {
  if (typeof text !== 'string') return undefined;
  const bytes = digest(context, 'uuid', text).subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

export const randomBuiltins: Entries = [
  ['rand.intn', ofValues(intn)],
  ['uuid.rfc4122', ofValues(uuid)],
];
