/** Quantities such as "10Gi" or "250m", and sizes such as "10KiB", in exact arithmetic. */
import { RegoDecimal, type RegoValue } from '../host/values.ts';
import { type Entries, fromInteger, ofTexts } from './define.ts';

interface Quantity {
  readonly numerator: bigint;
  readonly denominator: bigint;
  readonly unit: string;
}

/** More digits than a policy needs; OPA refuses them too, as the number would fill the memory. */
const maxExponentDigits = 6;
const powers = (base: bigint) => [1n, base, base ** 2n, base ** 3n, base ** 4n, base ** 5n, base ** 6n] as const;
const si = powers(1000n);
const binary = powers(1024n);
const letters = ['', 'k', 'm', 'g', 't', 'p', 'e'] as const;

const shape = /^([+-]?)([0-9]*)(?:\.([0-9]*))?(?:[eE]([+-]?[0-9]+))?((?![0-9.+-])[^ ]*)?$/;

/** The number ends where no digit, point, sign or exponent follows; the rest is the unit. */
function parse(text: string): Quantity | undefined {
  const found = shape.exec(text);
  if (!found) return undefined;
  const [, sign = '', whole = '', fraction = '', exponent = '0', unit = ''] = found;
  if (whole + fraction === '' || exponent.replace(/^[+-]/, '').length > maxExponentDigits) return undefined;
  return {
    ...scaled(BigInt(`${sign === '-' ? '-' : ''}${whole}${fraction}`), Number(exponent) - fraction.length),
    unit,
  };
}

function scaled(digits: bigint, shift: number): Omit<Quantity, 'unit'> {
  const scale = 10n ** BigInt(Math.abs(shift));
  return shift >= 0 ? { numerator: digits * scale, denominator: 1n } : { numerator: digits, denominator: scale };
}

/** kb and k are powers of 1000, kib and ki of 1024, whatever their case. */
function byteScale(unit: string): bigint | undefined {
  const [all, letter = '', two] = /^([kmgtpe]?)(i?)b?$/.exec(unit) ?? [];
  if (all === undefined || (letter === '' && unit !== '')) return undefined;
  return (two === 'i' ? binary : si)[letters.indexOf(letter as (typeof letters)[number])];
}

function parseBytes(text: string): RegoValue | undefined {
  const quantity = parse(text.toLowerCase().replaceAll('"', ''));
  const scale = quantity && byteScale(quantity.unit);
  return quantity && scale !== undefined ? fromInteger((quantity.numerator * scale) / quantity.denominator) : undefined;
}

/** Only the first letter's case counts, and only between m (milli) and M (mega). */
function unitScale(unit: string): readonly [numerator: bigint, denominator: bigint] | undefined {
  if (unit === 'm') return [1n, 1000n];
  const [all, letter = '', two] = /^([kmgtpe]?)(i?)$/.exec(unit.toLowerCase()) ?? [];
  if (all === undefined || (letter === '' && unit !== '')) return undefined;
  const scale = (two === 'i' ? binary : si)[letters.indexOf(letter as (typeof letters)[number])];
  return scale === undefined ? undefined : [scale, 1n];
}

function parseUnits(text: string): RegoValue | undefined {
  const quantity = parse(text.replaceAll('"', ''));
  const scale = quantity && unitScale(quantity.unit);
  if (!scale) return undefined;
  const numerator = quantity.numerator * scale[0];
  const denominator = quantity.denominator * scale[1];
  if (numerator % denominator === 0n) return fromInteger(numerator / denominator);
  return new RegoDecimal(tenDigits(numerator, denominator));
}

/** Ten digits after the point, ties away from zero: Go's Rat.FloatString. */
function tenDigits(numerator: bigint, denominator: bigint): string {
  const size = numerator < 0n ? -numerator : numerator;
  const scaled = (size * 10n ** 10n * 2n + denominator) / (denominator * 2n);
  const digits = String(scaled).padStart(11, '0');
  return `${numerator < 0n ? '-' : ''}${digits.slice(0, -10)}.${digits.slice(-10)}`;
}

export const unitsBuiltins: Entries = [
  ['units.parse', ofTexts((text = '') => parseUnits(text))],
  ['units.parse_bytes', ofTexts((text = '') => parseBytes(text))],
];
