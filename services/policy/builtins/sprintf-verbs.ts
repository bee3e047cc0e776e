/** One argument of sprintf in one verb, as Go's fmt/format.go writes it. */
import { elavaError } from '../../../lib/errors.ts';
import { type FloatVerb, formatFloat } from './decimal.ts';
import { quote, quoteRune } from './quote.ts';

/** What OPA hands to Go: int64, float64, a larger integer, or a string; any other value as its Rego text. */
export type Argument =
  | { readonly kind: 'int'; readonly value: bigint }
  | { readonly kind: 'big'; readonly value: bigint }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string };

export interface Flags {
  /** Go syntax: what `#` means to `%v`. */
  goSyntax?: boolean;
  sharp: boolean;
  zero: boolean;
  plus: boolean;
  minus: boolean;
  space: boolean;
  width?: number;
  precision?: number;
}

const typeNames = { int: 'int64', big: '*big.Int', float: 'float64', string: 'string' } as const;

export function typeName(argument: Argument): string {
  return typeNames[argument.kind];
}

/** To `%v` a `#` is Go syntax and a `+` says nothing. */
export function formatVerb(argument: Argument, verb: string, flags: Flags): string {
  const isGeneral = verb === 'v' || verb === 'w';
  return formatArgument(
    argument,
    verb,
    isGeneral ? { ...flags, sharp: false, plus: false, goSyntax: flags.sharp } : flags,
  );
}

function formatArgument(argument: Argument, verb: string, flags: Flags): string {
  if (verb === 'T') return pad(typeName(argument), flags);
  if (verb === 'p') return badVerb(argument, verb, flags);
  switch (argument.kind) {
    case 'string':
      return formatString(argument, verb, flags);
    case 'float':
      return formatNumber(argument, verb, flags);
    default:
      return formatInteger(argument, verb, flags);
  }
}

function badVerb(argument: Argument, verb: string, flags: Flags): string {
  if (argument.kind === 'big') return `%!${verb}(big.Int=${argument.value})`;
  return `%!${verb}(${typeName(argument)}=${formatArgument(argument, 'v', flags)})`;
}

function formatString(argument: Argument & { kind: 'string' }, verb: string, flags: Flags): string {
  const { value } = argument;
  switch (verb) {
    case 'v':
      return flags.goSyntax ? formatString(argument, 'q', flags) : pad(truncate(value, flags), flags);
    case 's':
      return pad(truncate(value, flags), flags);
    case 'q':
      return pad(quote(truncate(value, flags), flags), flags);
    case 'x':
    case 'X':
      return formatHex(value, verb, flags);
    default:
      return badVerb(argument, verb, flags);
  }
}

function formatHex(value: string, verb: 'x' | 'X', flags: Flags): string {
  const bytes = Buffer.from(value).subarray(0, flags.precision ?? Number.POSITIVE_INFINITY);
  const prefix = flags.sharp ? '0x' : '';
  const pairs = [...bytes].map((byte) => byte.toString(16).padStart(2, '0'));
  const text = flags.space ? pairs.map((pair) => prefix + pair).join(' ') : prefix + pairs.join('');
  const shown = bytes.length === 0 ? '' : text;
  return pad(verb === 'X' ? shown.toUpperCase() : shown, flags);
}

const bases: Readonly<Record<string, number>> = { d: 10, v: 10, b: 2, o: 8, O: 8, x: 16, X: 16 };

function formatInteger(argument: Argument & { value: bigint }, verb: string, flags: Flags): string {
  const isBig = argument.kind === 'big';
  const base = verb === 's' && isBig ? 10 : bases[verb];
  if (base !== undefined) return layOutInteger(argument.value, { base, verb, flags });
  if (isBig) return badVerb(argument, verb, flags);
  switch (verb) {
    case 'c':
      return pad(runeOf(argument.value), flags);
    case 'q':
      return pad(quoteRune(runeOf(argument.value), flags), flags);
    case 'U':
      return formatUnicode(argument.value, flags);
    default:
      return badVerb(argument, verb, flags);
  }
}

interface IntegerLayout {
  readonly base: number;
  readonly verb: string;
  readonly flags: Flags;
}

function layOutInteger(value: bigint, { base, verb, flags }: IntegerLayout): string {
  const spaces = { ...flags, zero: false };
  if (flags.precision === 0 && value === 0n) return pad('', spaces);
  const sign = signOf(value < 0n, flags);
  const room = flags.zero && !flags.minus && flags.precision === undefined ? (flags.width ?? 0) - sign.length : 0;
  const digits = (value < 0n ? -value : value).toString(base).padStart(flags.precision ?? room, '0');
  const text = `${prefixOf(digits, base, { verb, flags })}${digits}`;
  return pad(sign + (verb === 'X' ? text.toUpperCase() : text), spaces);
}

function prefixOf(digits: string, base: number, { verb, flags }: Omit<IntegerLayout, 'base'>): string {
  const octal = verb === 'O' ? '0o' : '';
  if (!flags.sharp || base === 10) return octal;
  if (base === 8) return octal + (digits.startsWith('0') ? '' : '0');
  return base === 2 ? '0b' : '0x';
}

function signOf(negative: boolean, flags: Flags): string {
  if (negative) return '-';
  if (flags.plus) return '+';
  return flags.space ? ' ' : '';
}

function runeOf(value: bigint): string {
  const surrogate = value >= 0xd800n && value <= 0xdfffn;
  return value < 0n || value > 0x10ffffn || surrogate ? '\ufffd' : String.fromCodePoint(Number(value));
}

function formatUnicode(value: bigint, flags: Flags): string {
  const digits = BigInt.asUintN(64, value)
    .toString(16)
    .toUpperCase()
    .padStart(Math.max(flags.precision ?? 0, 4), '0');
  const shown = flags.sharp && value >= 0n && value <= 0x10ffffn ? ` '${runeOf(value)}'` : '';
  return pad(`U+${digits}${shown}`, { ...flags, zero: false });
}

const floatVerbs: Readonly<Record<string, FloatVerb>> = { v: 'g', g: 'g', G: 'g', e: 'e', E: 'e', f: 'f', F: 'f' };

function formatNumber(argument: Argument & { kind: 'float' }, verb: string, flags: Flags): string {
  const kind = floatVerbs[verb];
  if (kind === undefined) return /^[bxX]$/.test(verb) ? refuse(verb) : badVerb(argument, verb, flags);
  if (flags.sharp) return refuse(`#${verb}`);
  const digits = formatFloat(argument.value, kind, flags.precision ?? (kind === 'g' ? undefined : 6));
  return layOutFloat(/^[EG]$/.test(verb) ? digits.toUpperCase() : digits, argument.value, flags);
}

/** Zeros stand between the sign and the digits. */
function layOutFloat(digits: string, value: number, flags: Flags): string {
  const sign = signOf(value < 0 || Object.is(value, -0), flags);
  const isFilled = flags.zero && !flags.minus && sign !== '';
  return pad(sign + digits.padStart(isFilled ? (flags.width ?? 0) - sign.length : 0, '0'), flags);
}

/** Go's hexadecimal fractions and its trailing zeros: no policy was seen to use them. */
function refuse(verb: string): never {
  throw elavaError('POLICY_EVALUATION', `sprintf does not have %${verb} of a fraction here`);
}

function truncate(text: string, { precision }: Flags): string {
  return precision === undefined || text.length <= precision ? text : [...text].slice(0, precision).join('');
}

/** Go pads by code point, with zeros only to the left. */
function pad(text: string, { width = 0, minus, zero }: Flags): string {
  if (width === 0) return text;
  const missing = width - [...text].length;
  if (missing <= 0) return text;
  return minus ? text + ' '.repeat(missing) : (zero ? '0' : ' ').repeat(missing) + text;
}
