/** Numbers. */
import { elavaError } from '../../../lib/errors.ts';
import type { RegoValue } from '../host/values.ts';
import { type Entries, fromInteger, integerOf, ofValues } from './define.ts';

/** More would fill an instance's memory. */
const maxLength = 10_000_000n;

function rangeStep(args: readonly RegoValue[]): RegoValue | undefined {
  const [from, to, step] = args.map(integerOf);
  if (from === undefined || to === undefined || step === undefined || step <= 0n) return undefined;
  const length = (from <= to ? to - from : from - to) / step + 1n;
  if (length > maxLength) throw elavaError('POLICY_EVALUATION', `numbers.range_step of ${length} numbers`);
  const direction = from <= to ? step : -step;
  return Array.from({ length: Number(length) }, (_, i) => fromInteger(from + BigInt(i) * direction));
}

export const numberBuiltins: Entries = [['numbers.range_step', ofValues(rangeStep)]];
