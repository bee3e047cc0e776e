/** Reads one raw value by its kind: checks it, fills defaults in, turns durations into milliseconds. Pure. */
import { parseDuration } from '../time.ts';
import type { Kind } from './settings.ts';

export interface Fault {
  readonly code: 'CONFIG_UNKNOWN_KEY' | 'CONFIG_INVALID';
  /** Where inside the value: ["prod", "strict_mode"]; [] is the value itself. */
  readonly at: readonly string[];
  readonly message: string;
  /** For an unknown key: what it could have been. */
  readonly known?: readonly string[];
}

export interface Reading {
  readonly value: unknown;
  readonly faults: readonly Fault[];
}

/** `value` is of use only when there are no faults. */
export function readValue(kind: Kind, raw: unknown, at: readonly string[] = []): Reading {
  if (kind.properties || kind.patternProperties) return readMapping(kind, raw, at);
  if (kind.items) return readList(kind.items, raw, at);
  const message = faultOf(kind, raw);
  if (message) return { value: raw, faults: [{ code: 'CONFIG_INVALID', at, message }] };
  return { value: kind['x-duration'] ? parseDuration(raw as string) : raw, faults: [] };
}

function readList(items: Kind, raw: unknown, at: readonly string[]): Reading {
  if (!Array.isArray(raw)) return invalid(at, `must be a list, is ${describe(raw)}`);
  return collect(
    raw.map((item, i) => [String(i), readValue(items, item, [...at, String(i)])]),
    Object.values,
  );
}

function readMapping(kind: Kind, raw: unknown, at: readonly string[]): Reading {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw))
    return invalid(at, `must be a mapping, is ${describe(raw)}`);
  const given = Object.entries(raw).map(([key, value]): [string, Reading] => [
    key,
    readEntry(kind, key, { value, at }),
  ]);
  const absent = Object.entries(kind.properties ?? {})
    .filter(([key]) => !Object.hasOwn(raw, key))
    .map(([key, inner]): [string, Reading] => [key, readValue(inner, inner.default, [...at, key])]);
  return collect([...given, ...absent], (fields) => fields);
}

function readEntry(kind: Kind, key: string, { value, at }: { value: unknown; at: readonly string[] }): Reading {
  const here = [...at, key];
  if (kind.properties) {
    if (Object.hasOwn(kind.properties, key)) return readValue(kind.properties[key] as Kind, value, here);
    const known = Object.keys(kind.properties);
    return { value, faults: [{ code: 'CONFIG_UNKNOWN_KEY', at: here, message: 'unknown key', known }] };
  }
  for (const [pattern, inner] of Object.entries(kind.patternProperties ?? {})) {
    if (new RegExp(pattern, 'u').test(key)) return readValue(inner, value, here);
  }
  return invalid(here, 'a name here has lower-case letters, digits, _ and - only');
}

function collect(entries: [string, Reading][], shape: (fields: Record<string, unknown>) => unknown): Reading {
  return {
    value: shape(Object.fromEntries(entries.map(([key, reading]) => [key, reading.value]))),
    faults: entries.flatMap(([, reading]) => reading.faults),
  };
}

function invalid(at: readonly string[], message: string): Reading {
  return { value: undefined, faults: [{ code: 'CONFIG_INVALID', at, message }] };
}

/** What is wrong with a single value, in words; undefined when nothing is. */
function faultOf(kind: Kind, raw: unknown): string | undefined {
  if (kind.anyOf) {
    const values = kind.anyOf.map((literal) => literal.const);
    return values.includes(raw as string) ? undefined : `must be one of ${values.join(', ')}, is ${describe(raw)}`;
  }
  if (kind.type === 'boolean')
    return typeof raw === 'boolean' ? undefined : `must be true or false, is ${describe(raw)}`;
  if (kind.type === 'string') return faultOfText(kind, raw);
  return faultOfNumber(kind, raw);
}

function faultOfText(kind: Kind, raw: unknown): string | undefined {
  if (kind['x-secret'] && typeof raw !== 'string') return 'must be a text';
  const matches = typeof raw === 'string' && (kind.pattern === undefined || new RegExp(kind.pattern, 'u').test(raw));
  if (matches) return undefined;
  if (kind['x-duration']) return `must be a duration such as 30d, 12h, 15m, 90s or 500ms, is ${describe(raw)}`;
  return `must be ${kind.pattern ? `a text like ${kind.pattern}` : 'a text'}, is ${describe(raw)}`;
}

function faultOfNumber({ type, minimum, maximum }: Kind, raw: unknown): string | undefined {
  const right = typeof raw === 'number' && (type === 'integer' ? Number.isSafeInteger(raw) : Number.isFinite(raw));
  if (right && raw >= (minimum ?? raw) && raw <= (maximum ?? raw)) return undefined;
  return `must be a ${type === 'integer' ? 'whole number' : 'number'} from ${minimum} to ${maximum}, is ${describe(raw)}`;
}

/** Short, and without the content of something large. */
function describe(raw: unknown): string {
  if (raw === undefined || raw === null) return 'empty';
  if (Array.isArray(raw)) return 'a list';
  if (typeof raw === 'object') return 'a mapping';
  const text = JSON.stringify(raw);
  return text.length > 60 ? `${text.slice(0, 57)}…"` : text;
}
