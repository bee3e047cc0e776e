/** Values between the two languages: dates, bytes and long numbers have no form in JSON. */
import { NumericValue } from '@smithy/core/serde';

type Fields = Readonly<Record<string, unknown>>;

/** For the client: `{$date: ms}`, `{$blob: base64}`, `{$number: text}`. */
export function transportable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(transportable);
  if (value instanceof Date) return { $date: value.getTime() };
  if (value instanceof Uint8Array) return { $blob: Buffer.from(value).toString('base64') };
  if (typeof value === 'bigint') return { $number: String(value) };
  if (NumericValue[Symbol.hasInstance](value)) return { $number: (value as NumericValue).string };
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value as Fields).filter(([, item]) => item !== undefined);
  return Object.fromEntries(entries.map(([name, item]) => [name, transportable(item)]));
}

/** Long numbers become what a double holds, on both sides. */
export function comparable(value: unknown): unknown {
  const walk = (item: unknown): unknown => {
    if (Array.isArray(item)) return item.map(walk);
    if (typeof item !== 'object' || item === null) return item;
    const { $number } = item as { readonly $number?: string };
    if ($number !== undefined) return Number($number);
    return Object.fromEntries(Object.entries(item).map(([name, inner]) => [name, walk(inner)]));
  };
  return walk(transportable(value));
}
