/** `sprintf` for policies. */
import { sortedKeys, sortedSet } from '../host/order.ts';
import { RegoDecimal, type RegoObject, type RegoValue } from '../host/values.ts';
import { type Entries, isNumber, ofValues } from './define.ts';
import { quote } from './quote.ts';
import { sprintf } from './sprintf.ts';
import type { Argument } from './sprintf-verbs.ts';

const int64 = { least: -(2n ** 63n), most: 2n ** 63n - 1n };

export const formatBuiltins: Entries = [
  [
    'sprintf',
    ofValues(([format, args]) =>
      typeof format === 'string' && Array.isArray(args) ? sprintf(format, args.map(argumentOf)) : undefined,
    ),
  ],
];

function argumentOf(value: RegoValue): Argument {
  if (typeof value === 'string') return { kind: 'string', value };
  if (!isNumber(value)) return { kind: 'string', value: printed(value) };
  if (value instanceof RegoDecimal) {
    const number = Number(value.text);
    return Number.isFinite(number) ? { kind: 'float', value: number } : { kind: 'string', value: value.text };
  }
  const integer = BigInt(value);
  return { kind: integer >= int64.least && integer <= int64.most ? 'int' : 'big', value: integer };
}

/** A value as OPA prints it: `{"a": [1, true]}`, sets and keys in order. */
function printed(value: RegoValue): string {
  if (typeof value === 'string') return quote(value, { sharp: false, plus: false });
  if (value instanceof RegoDecimal) return value.text;
  if (value === null || typeof value !== 'object') return String(value);
  if (Array.isArray(value)) return `[${value.map(printed).join(', ')}]`;
  if (value instanceof Set) return value.size === 0 ? 'set()' : `{${sortedSet(value).map(printed).join(', ')}}`;
  return printedObject(value);
}

function printedObject(object: RegoObject): string {
  const entries = sortedKeys(object).map((key) => `${printed(key)}: ${printed(object.get(key) ?? null)}`);
  return `{${entries.join(', ')}}`;
}
