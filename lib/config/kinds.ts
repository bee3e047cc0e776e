/** The kinds of setting: each makes a JSON Schema with its default and its text. lib/config/read.ts reads these kinds only. */
import Type, { type TLiteral, type TObject, type TProperties, type TSchema } from 'typebox';

declare const duration: unique symbol;
/** A duration as it is written. Only its type tells it from a text; `Config` holds milliseconds in its place. */
export type DurationText = string & { readonly [duration]: true };

/** A group of settings; any other key in it is an error. */
export function section<P extends TProperties>(settings: P): TObject<P> {
  return Type.Object(settings, { additionalProperties: false });
}

export function text(fallback: string, description: string, options: { pattern?: string; secret?: true } = {}) {
  const { pattern, secret } = options;
  return Type.String({
    default: fallback,
    description,
    ...(pattern ? { pattern } : {}),
    ...(secret ? { 'x-secret': true } : {}),
  });
}

export function flag(fallback: boolean, description: string) {
  return Type.Boolean({ default: fallback, description });
}

export function whole(fallback: number, range: { minimum: number; maximum: number }, description: string) {
  return Type.Integer({ ...range, default: fallback, description });
}

export function share(fallback: number, description: string) {
  return Type.Number({ minimum: 0.01, maximum: 1, default: fallback, description });
}

/**
 * One unit, so that editors can check it: "30d", "7d", "15m", "90s", "500ms". At most nine digits, so that milliseconds
 * stay exact; never zero, because every wait and every interval of ours must be one.
 */
export function span(fallback: string, description: string) {
  return Type.Unsafe<DurationText>(
    Type.String({
      pattern: '^(?=[0-9]*[1-9])([0-9]{1,9}(ms|s|m|h)|[0-9]{1,6}[dw])$',
      default: fallback,
      description,
      'x-duration': true,
    }),
  );
}

export function oneOf<const V extends string>(values: readonly V[], fallback: NoInfer<V>, description: string) {
  const literals = values.map((value) => Type.Literal(value)) as unknown as [TLiteral<V>];
  return Type.Union(literals, { default: fallback, description });
}

export function list<T extends TSchema>(items: T, fallback: readonly unknown[], description: string) {
  return Type.Array(items, { default: fallback, description });
}

/**
 * Named entries of one shape. `keep`: entries that the file does not name stay as shipped; otherwise the file's entries
 * replace the shipped ones as a whole.
 */
export function named<T extends TSchema>(
  entry: T,
  fallback: Record<string, unknown>,
  { description, keep = false }: { description: string; keep?: boolean },
) {
  return Type.Record(Type.String({ pattern: '^[a-z0-9_-]+$' }), entry, {
    additionalProperties: false,
    default: fallback,
    description,
    ...(keep ? { 'x-keep': true } : {}),
  });
}

/** What services read of a schema: every duration is a number of milliseconds under its own name. */
export type Milliseconds<T> = T extends DurationText
  ? number
  : T extends readonly (infer Item)[]
    ? Milliseconds<Item>[]
    : T extends object
      ? { readonly [K in keyof T]: Milliseconds<T[K]> }
      : T;
