/** JSON text as a policy's values: numbers keep all their digits. */
import { numberOf, type RegoObject, type RegoValue } from '../host/values.ts';

/** Undefined for what is not JSON. */
export function parseJson(text: string): RegoValue | undefined {
  try {
    return JSON.parse(text, (_key, value: unknown, context?: { readonly source?: string }) => {
      if (typeof value === 'number') return numberOf(context?.source ?? String(value));
      // Lists and objects of what was revived before.
      if (typeof value !== 'object' || value === null || Array.isArray(value) || !isPlain(value)) return value;
      return new Map(Object.entries(value));
    }) as RegoValue;
  } catch {
    return undefined;
  }
}

export function parseJsonObject(text: string): RegoObject | undefined {
  const value = parseJson(text);
  return value instanceof Map ? value : undefined;
}

function isPlain(value: object): boolean {
  return Object.getPrototypeOf(value) === Object.prototype;
}
