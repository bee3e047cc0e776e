/** Seeded random values of any schema, for tests that send every operation over the wire. */
import type { NormalizedSchema } from '@smithy/core/schema';
import { NumericValue } from '@smithy/core/serde';
import type { Dice } from '../world/random.ts';

/** Nesting after which optional structures and lists are left out; recursive shapes end here. */
const deepest = 5;
const present = 0.75;

/** What strings are made of: in a body anything, in a path or header what travels there unchanged. */
const anything = [
  'plain',
  'a & b < c > d',
  'quotes " and \'',
  'Größe ⚙ 漢字',
  'line\nbreak',
  'slash/percent%20+plus',
  '$x{y}',
];

/**
 * A value of the schema. Structures always have their required members, which come first in the SDK's lists. undefined
 * where nothing fits within the depth.
 */
export function randomValue(schema: NormalizedSchema, dice: Dice, depth = 0): unknown {
  if (schema.isUnionSchema()) return randomUnion(schema, dice, depth);
  if (schema.isStructSchema()) return randomStruct(schema, dice, depth);
  if (schema.isDocumentSchema()) return { text: randomText(dice), number: dice.below(100), list: [true, 'x'] };
  if (schema.isListSchema()) return randomList(schema, dice, depth);
  if (schema.isMapSchema()) return randomMap(schema, dice, depth);
  return randomScalar(schema, dice);
}

/** Never empty: the query protocols cannot carry an empty structure. */
function randomStruct(schema: NormalizedSchema, dice: Dice, depth: number): Record<string, unknown> | undefined {
  const required = (schema.getSchema() as unknown as { readonly 6?: number })[6] ?? 0;
  const members = [...schema.structIterator()];
  const out: Record<string, unknown> = {};
  members.forEach(([name, member], index) => {
    const { httpLabel, httpPayload } = member.getMergedTraits();
    const wanted = index < required || httpLabel || httpPayload || member.isIdempotencyToken();
    const fits = depth < deepest || isScalar(member);
    if (fits && (wanted || dice.chance(present))) put(out, name, randomMember(member, dice, depth + 1));
  });
  if (Object.keys(out).length > 0 || members.length === 0) return out;
  const [first] = members.filter(([, member]) => depth < deepest || isScalar(member));
  if (first) put(out, first[0], randomMember(first[1], dice, depth + 1));
  return Object.keys(out).length > 0 ? out : undefined;
}

function put(out: Record<string, unknown>, name: string, value: unknown): void {
  if (value !== undefined) out[name] = value;
}

/** Labels, headers and query parameters hold no line breaks, and a label must not be empty. */
function randomMember(schema: NormalizedSchema, dice: Dice, depth: number): unknown {
  const traits = schema.getMergedTraits();
  const bound = traits.httpLabel || traits.httpHeader !== undefined || traits.httpPrefixHeaders !== undefined;
  if (traits.httpResponseCode) return 200;
  if (!bound) return randomValue(schema, dice, depth);
  if (schema.isStringSchema()) return traits.mediaType ? JSON.stringify({ a: dice.below(9) }) : `v${dice.hex(6)}`;
  if (schema.isListSchema()) return [plainOf(schema, dice, depth), plainOf(schema, dice, depth)];
  if (schema.isMapSchema()) return { [`k${dice.hex(4)}`]: `v${dice.hex(4)}` };
  return randomValue(schema, dice, depth);
}

function plainOf(list: NormalizedSchema, dice: Dice, depth: number): unknown {
  const item = list.getValueSchema();
  return item.isStringSchema() ? `v${dice.hex(6)}` : randomValue(item, dice, depth);
}

function randomUnion(schema: NormalizedSchema, dice: Dice, depth: number): Record<string, unknown> | undefined {
  const members = [...schema.structIterator()];
  const simple = members.filter(([, member]) => isScalar(member));
  const choices = depth >= deepest && simple.length > 0 ? simple : members;
  const [name, member] = dice.pick(choices);
  const value = randomValue(member, dice, depth + 1);
  return value === undefined ? undefined : { [name]: value };
}

function randomList(schema: NormalizedSchema, dice: Dice, depth: number): unknown[] | undefined {
  const items = Array.from({ length: 1 + dice.below(2) }, () => randomValue(schema.getValueSchema(), dice, depth + 1));
  return items.includes(undefined) ? undefined : items;
}

function randomMap(schema: NormalizedSchema, dice: Dice, depth: number): Record<string, unknown> | undefined {
  const value = randomValue(schema.getValueSchema(), dice, depth + 1);
  return value === undefined ? undefined : { [`key-${dice.hex(4)}`]: value };
}

function randomScalar(schema: NormalizedSchema, dice: Dice): unknown {
  if (schema.isBooleanSchema()) return dice.chance(0.5);
  if (schema.isBigIntegerSchema()) return BigInt(dice.below(2 ** 31)) * 2n ** 31n;
  if (schema.isBigDecimalSchema()) return new NumericValue(`${dice.below(1000)}.125`, 'bigDecimal');
  if (schema.isNumericSchema()) return dice.below(100_000);
  // To the second: http-date knows nothing finer.
  if (schema.isTimestampSchema()) return new Date(dice.below(2 ** 31) * 1000);
  if (schema.isBlobSchema()) return new Uint8Array(Buffer.from(dice.hex(12), 'hex'));
  return randomText(dice);
}

function randomText(dice: Dice): string {
  return `${dice.pick(anything)} ${dice.hex(4)}`;
}

function isScalar(schema: NormalizedSchema): boolean {
  return !(schema.isStructSchema() || schema.isListSchema() || schema.isMapSchema());
}
