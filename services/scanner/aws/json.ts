/** The SDK's answers as JSON has them, so that they can be hashed, stored and compared as they are. */

/** What `jsonSafe` makes of a type: times and bytes become text, members that are not set are absent. */
export type Json<T> = T extends Date | Uint8Array | bigint
  ? string
  : T extends readonly (infer E)[]
    ? Json<E>[]
    : T extends object
      ? { [K in keyof T]: Json<T[K]> }
      : T;

/**
 * A copy fit for JSON: times are ISO strings, bytes base64, integers beyond 2^53 decimal strings, undefined members are
 * left out. Other objects that know their JSON form (the SDK's numbers) give it.
 */
export function jsonSafe(value: unknown): unknown {
  if (typeof value === 'bigint') return safeInteger(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(jsonSafe);
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  const { toJSON } = value as { toJSON?: unknown };
  if (typeof toJSON === 'function') return jsonSafe((toJSON as () => unknown).call(value));
  return jsonSafeRecord(value as Record<string, unknown>);
}

function jsonSafeRecord(record: Record<string, unknown>): Record<string, unknown> {
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(record)) {
    const value = record[key];
    if (value === undefined) continue;
    const safe = jsonSafe(value);
    // A name like any other in JSON; assigned to an object, it would change what that inherits from.
    if (key === '__proto__') Object.defineProperty(copy, key, { ...member, value: safe });
    else copy[key] = safe;
  }
  return copy;
}
const member = { enumerable: true, configurable: true, writable: true };

function safeInteger(value: bigint): number | string {
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : String(value);
}
