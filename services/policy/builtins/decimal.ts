/** Floating-point numbers as text the way Go's strconv writes them: exact digits, ties to even. */

/** 0.d₁d₂d₃… × 10^point; no leading or trailing zeros, "" for zero. */
interface Decimal {
  readonly digits: string;
  readonly point: number;
}

export type FloatVerb = 'e' | 'f' | 'g';

/** `precision` undefined: the shortest digits that read back as the same number. `value` is finite, its sign ignored. */
export function formatFloat(value: number, verb: FloatVerb, precision: number | undefined): string {
  const size = Math.abs(value);
  if (precision === undefined) return layOut(shortest(size), verb, undefined);
  const exact = exactly(size);
  if (verb === 'f') return layOut(round(exact, exact.point + precision), verb, precision);
  const wanted = verb === 'e' ? precision + 1 : precision || 1;
  return layOut(round(exact, wanted), verb, verb === 'g' ? wanted : precision);
}

function layOut(decimal: Decimal, verb: FloatVerb, precision: number | undefined): string {
  const after = Math.max(decimal.digits.length - decimal.point, 0);
  const behind = Math.max(decimal.digits.length - 1, 0);
  if (verb === 'f') return fixed(decimal, precision ?? after);
  if (verb === 'e') return scientific(decimal, precision ?? behind);
  const exponent = decimal.digits === '' ? 0 : decimal.point - 1;
  const isLong = exponent < -4 || exponent >= longest(decimal, precision);
  return isLong ? scientific(decimal, behind) : fixed(decimal, after);
}

/** Exponents from which %g writes %e (strconv.FormatFloat); the shortest form counts as a precision of 6. */
function longest({ digits, point }: Decimal, precision: number | undefined): number {
  if (precision === undefined) return 6;
  return precision > digits.length && digits.length >= point ? digits.length : precision;
}

function fixed({ digits, point }: Decimal, precision: number): string {
  const whole = point > 0 ? digits.slice(0, point).padEnd(point, '0') : '0';
  if (precision === 0) return whole;
  const fraction = point >= 0 ? digits.slice(point) : '0'.repeat(-point) + digits;
  return `${whole}.${fraction.slice(0, precision).padEnd(precision, '0')}`;
}

function scientific({ digits, point }: Decimal, precision: number): string {
  const exponent = digits === '' ? 0 : point - 1;
  const fraction = precision === 0 ? '' : `.${digits.slice(1, precision + 1).padEnd(precision, '0')}`;
  const power = String(Math.abs(exponent)).padStart(2, '0');
  return `${digits.slice(0, 1) || '0'}${fraction}e${exponent < 0 ? '-' : '+'}${power}`;
}

function shortest(size: number): Decimal {
  if (size === 0) return { digits: '', point: 0 };
  const [mantissa = '', exponent = '0'] = size.toExponential().split('e');
  return trimmed(mantissa.replace('.', ''), Number(exponent) + 1);
}

/** All digits of the double: at most 767 of them. */
function exactly(size: number): Decimal {
  if (size === 0) return { digits: '', point: 0 };
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, size);
  const word = bits.getBigUint64(0);
  const biased = Number(word >> 52n) & 0x7ff;
  const fraction = word & 0xfffffffffffffn;
  const mantissa = biased === 0 ? fraction : fraction | (1n << 52n);
  const exponent = Math.max(biased, 1) - 1075;
  if (exponent >= 0) {
    const digits = String(mantissa << BigInt(exponent));
    return trimmed(digits, digits.length);
  }
  const digits = String(mantissa * 5n ** BigInt(-exponent));
  return trimmed(digits, digits.length + exponent);
}

function trimmed(digits: string, point: number): Decimal {
  return { digits: digits.replace(/0+$/, ''), point };
}

/** To `count` digits, ties to even; a count below 0 leaves nothing. */
function round({ digits, point }: Decimal, count: number): Decimal {
  if (count >= digits.length) return { digits, point };
  if (count < 0) return { digits: '', point: 0 };
  const kept = digits.slice(0, count);
  const rest = digits.slice(count);
  const odd = Number(kept.at(-1) ?? '0') % 2 === 1;
  const up = rest > '5' || (rest === '5' && odd);
  if (!up) return kept === '' ? { digits: '', point: 0 } : trimmed(kept, point);
  const raised = String(BigInt(kept || '0') + 1n).padStart(count, '0');
  return trimmed(raised, point + raised.length - count);
}
