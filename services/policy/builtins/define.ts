/** Helpers that turn plain functions into builtins. A wrong type of argument gives no value, as in OPA. */
import { elavaError } from '../../../lib/errors.ts';
import type { Builtin, BuiltinContext } from '../host/policy-instance.ts';
import { RegoDecimal, type RegoValue } from '../host/values.ts';

export type Entries = ReadonlyArray<readonly [name: string, builtin: Builtin]>;

/** A function of strings only. */
export function ofTexts(work: (...texts: string[]) => RegoValue | undefined): Builtin {
  return (args) => (args.every((arg) => typeof arg === 'string') ? work(...(args as string[])) : undefined);
}

/** A function that may use anything; it checks its arguments itself. */
export function ofValues(
  work: (args: readonly RegoValue[], context: BuiltinContext) => RegoValue | undefined,
): Builtin {
  return work;
}

export function isNumber(value: RegoValue | undefined): value is number | bigint | RegoDecimal {
  return typeof value === 'number' || typeof value === 'bigint' || value instanceof RegoDecimal;
}

/** An integer, also one that is written 3.0 or 1e3; undefined for anything else. */
export function integerOf(value: RegoValue | undefined): bigint | undefined {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') return BigInt(value);
  if (!(value instanceof RegoDecimal)) return undefined;
  const number = Number(value.text);
  return Number.isInteger(number) ? BigInt(number) : undefined;
}

/** An integer that JavaScript's numbers hold exactly. */
export function smallIntegerOf(value: RegoValue | undefined): number | undefined {
  const integer = integerOf(value);
  return integer !== undefined && Number.isSafeInteger(Number(integer)) ? Number(integer) : undefined;
}

/** The smallest form of an integer that a policy can be given. */
export function fromInteger(value: bigint): number | bigint {
  const small = Number(value);
  return Number.isSafeInteger(small) ? small : value;
}

/** Characters of a text that a function makes. One huge text ends the process, whatever the limits of its thread. */
const maxText = 16 * 1024 * 1024;

/** To be asked before the text is made. Errors: POLICY_EVALUATION. */
export function checkLength(name: string, length: number): void {
  if (length > maxText) throw elavaError('POLICY_EVALUATION', `${name} makes a text of ${length} characters`);
}
