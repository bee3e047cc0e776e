/** `object.subset`: whether all of one value is found in another. */
import { compareValues } from '../host/order.ts';
import type { RegoObject, RegoValue } from '../host/values.ts';

export function equalValues(a: RegoValue | undefined, b: RegoValue | undefined): boolean {
  return a !== undefined && b !== undefined && compareValues(a, b) === 0;
}

/** The value under a key that need not be a string. */
export function valueAt(object: RegoObject, key: RegoValue): RegoValue | undefined {
  if (typeof key === 'string' || !isComposite(key)) return object.get(key);
  return [...object].find(([other]) => equalValues(other, key))?.[1];
}

function isComposite(value: RegoValue): boolean {
  return Array.isArray(value) || value instanceof Set || value instanceof Map;
}

/** Undefined for kinds that cannot be compared so. */
export function isSubset(outer: RegoValue | undefined, inner: RegoValue | undefined): boolean | undefined {
  if (Array.isArray(outer) && inner instanceof Set) return holdsAll(outer, inner);
  return sameKind(outer, inner);
}

function sameKind(outer: RegoValue | undefined, inner: RegoValue | undefined): boolean | undefined {
  if (outer instanceof Map && inner instanceof Map) return objectHolds(outer, inner);
  if (outer instanceof Set && inner instanceof Set) return holdsAll([...outer], inner);
  return Array.isArray(outer) && Array.isArray(inner) ? listHolds(outer, inner) : undefined;
}

/** Goes into the values; those of sets and lists are compared whole. */
function objectHolds(outer: RegoObject, inner: RegoObject): boolean {
  return [...inner].every(([key, value]) => {
    const other = valueAt(outer, key);
    return other !== undefined && (equalValues(other, value) || sameKind(other, value) === true);
  });
}

function holdsAll(outer: readonly RegoValue[], inner: ReadonlySet<RegoValue>): boolean {
  return [...inner].every((value) => outer.some((other) => equalValues(other, value)));
}

/** In one piece and in this order. */
function listHolds(outer: readonly RegoValue[], inner: readonly RegoValue[]): boolean {
  for (let start = 0; start + inner.length <= outer.length; start++) {
    if (inner.every((value, i) => equalValues(outer[start + i], value))) return true;
  }
  return false;
}
