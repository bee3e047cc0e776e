/** JSON text as Go writes it: keys in order, sets as lists in order, `<`, `>` and `&` escaped. */
import { compareText, plainValue, sortedKeys, sortedSet } from '../host/order.ts';
import { RegoDecimal, type RegoValue } from '../host/values.ts';
import { checkLength, type Entries, ofValues } from './define.ts';
import { applyPatch } from './json-patch.ts';
import { isSubset } from './subset.ts';

function escapeHtml(text: string): string {
  return text.replace(/[<>&\u2028\u2029]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Go escapes U+0008 and U+000C by name only from 1.25 on, as JavaScript does. */
function textJson(text: string): string {
  return escapeHtml(JSON.stringify(text.toWellFormed()));
}

/** `indent` none: on one line. */
export function marshal(value: RegoValue, indent: Indent | undefined, level = 0): string {
  if (typeof value === 'string') return textJson(value);
  if (value instanceof RegoDecimal) return value.text;
  if (value === null || typeof value !== 'object') return String(value);
  const inner = (item: RegoValue): string => marshal(item, indent, level + 1);
  if (value instanceof Map) {
    const entries = sortedKeys(value).map((key) => [keyText(key), inner(value.get(key) ?? null)] as const);
    entries.sort(([a], [b]) => compareText(a, b));
    return layOut(
      ['{', '}'],
      entries.map(([key, text]) => `${textJson(key)}:${indent ? ' ' : ''}${text}`),
      { indent, level },
    );
  }
  const items = value instanceof Set ? sortedSet(value) : value;
  return layOut(['[', ']'], items.map(inner), { indent, level });
}

function keyText(key: RegoValue): string {
  return typeof key === 'string' ? key : JSON.stringify(plainValue(key));
}

interface Indent {
  readonly prefix: string;
  readonly step: string;
}

function layOut(
  [open, close]: readonly [string, string],
  items: readonly string[],
  { indent, level }: { readonly indent: Indent | undefined; readonly level: number },
): string {
  if (items.length === 0 || !indent) return `${open}${items.join(',')}${close}`;
  const line = (depth: number): string => `\n${indent.prefix}${indent.step.repeat(depth)}`;
  return `${open}${line(level + 1)}${items.join(`,${line(level + 1)}`)}${line(level)}${close}`;
}

function marshalWithOptions([value, options]: readonly RegoValue[]): RegoValue | undefined {
  if (value === undefined || !(options instanceof Map)) return undefined;
  const defaults = { prefix: '', indent: '\t', pretty: options.size > 0 };
  const { prefix, indent, pretty, ...unknown } = { ...defaults, ...Object.fromEntries(options) };
  if (Object.keys(unknown).length > 0 || typeof pretty !== 'boolean') return undefined;
  if (typeof prefix !== 'string' || typeof indent !== 'string') return undefined;
  // They stand in every line.
  checkLength('json.marshal_with_options', (prefix.length + indent.length) * 10_000);
  return pretty ? prefix + marshal(value, { prefix, step: indent }) : marshal(value, undefined);
}

export const jsonBuiltins: Entries = [
  ['json.marshal', ofValues(([value]) => (value === undefined ? undefined : marshal(value, undefined)))],
  ['json.marshal_with_options', ofValues(marshalWithOptions)],
  ['json.patch', ofValues(([value, patches]) => (value === undefined ? undefined : applyPatch(value, patches)))],
  ['object.subset', ofValues(([outer, inner]) => isSubset(outer, inner))],
];
