/** The casts of Rego v0. Deprecated: a v1 policy cannot call them. */
import { sortedSet } from '../host/order.ts';
import type { Builtin } from '../host/policy-instance.ts';
import type { RegoValue } from '../host/values.ts';
import type { Entries } from './define.ts';

function only(test: (value: RegoValue) => boolean): Builtin {
  return ([value]) => (value !== undefined && test(value) ? value : undefined);
}

export const castBuiltins: Entries = [
  ['cast_array', ([value]) => (value instanceof Set ? sortedSet(value) : Array.isArray(value) ? value : undefined)],
  ['cast_set', ([value]) => (Array.isArray(value) ? new Set(value) : value instanceof Set ? value : undefined)],
  ['cast_boolean', only((value) => typeof value === 'boolean')],
  ['cast_null', only((value) => value === null)],
  ['cast_object', only((value) => value instanceof Map)],
  ['cast_string', only((value) => typeof value === 'string')],
];
