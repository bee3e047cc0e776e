/**
 * What the reader needs to know of a response, compiled once from the SDK's own schema of it: which tag is which member
 * and of what kind. Anything that the reader does not handle is "opaque" and makes it leave the document to the SDK.
 */
import type { NormalizedSchema } from '@smithy/core/schema';

export interface StructPlan {
  readonly kind: 'struct';
  readonly members: Map<string, Member>;
  readonly union: boolean;
  /** The member that came first the last time: services write members in one order, so it will again. */
  first: Member | undefined;
}
export interface ListPlan {
  readonly kind: 'list';
  /** A flattened list has no element of its own: its items stand in the structure under the member's tag. */
  readonly flat: boolean;
  readonly open: string;
  readonly close: string;
  readonly empty: string;
  readonly item: Plan;
}
export interface MapPlan {
  readonly kind: 'map';
  readonly keyTag: string;
  readonly valueTag: string;
  readonly value: Plan;
}
export interface LeafPlan {
  readonly kind: 'string' | 'boolean' | 'number' | 'timestamp' | 'other';
  readonly schema: NormalizedSchema;
}
interface OpaquePlan {
  readonly kind: 'opaque';
}
export type Plan = StructPlan | ListPlan | MapPlan | LeafPlan | OpaquePlan;

export interface Member {
  readonly name: string;
  readonly open: string;
  readonly close: string;
  readonly plan: Plan;
  /** The member that followed the last time. */
  next: Member | undefined;
}

const structs = new WeakMap<object, StructPlan>();
const opaque: OpaquePlan = { kind: 'opaque' };

/** The plan of a structure; recursive shapes refer back to themselves. */
export function structPlan(schema: NormalizedSchema): StructPlan {
  const key = schema.getSchema() as object;
  const known = structs.get(key);
  if (known) return known;
  const plan: StructPlan = { kind: 'struct', members: new Map(), union: schema.isUnionSchema(), first: undefined };
  structs.set(key, plan);
  for (const [name, member] of schema.structIterator()) {
    const tag = tagOf(name, member);
    plan.members.set(tag, { name, open: `<${tag}>`, close: `</${tag}>`, plan: planOf(member, tag), next: undefined });
  }
  return plan;
}

/** As the SDK names elements: a payload by the name of its shape, all else by its member. */
function tagOf(name: string, member: NormalizedSchema): string {
  const merged = member.getMergedTraits();
  if (merged.httpPayload) return merged.xmlName ?? member.getName() ?? name;
  return member.getMemberTraits().xmlName ?? name;
}

function planOf(schema: NormalizedSchema, tag: string): Plan {
  if (schema.getMergedTraits().eventPayload) return opaque;
  if (schema.isStructSchema()) return schema.getMergedTraits().xmlAttribute ? opaque : structPlan(schema);
  if (schema.isListSchema()) return listPlan(schema, tag);
  if (schema.isMapSchema()) return mapPlan(schema);
  return leafPlan(schema);
}

function listPlan(schema: NormalizedSchema, tag: string): Plan {
  const value = schema.getValueSchema();
  const flat = Boolean(schema.getMergedTraits().xmlFlattened);
  const itemTag = flat ? tag : (value.getMergedTraits().xmlName ?? 'member');
  const item = planOf(value, itemTag);
  // A list within a flattened one is read in a way of its own by the SDK; no response of AWS has it.
  if (flat && item.kind === 'list') return opaque;
  return { kind: 'list', flat, open: `<${itemTag}>`, close: `</${itemTag}>`, empty: `<${itemTag}/>`, item };
}

function mapPlan(schema: NormalizedSchema): Plan {
  if (schema.getMergedTraits().xmlFlattened) return opaque;
  const value = schema.getValueSchema();
  const valueTag = value.getMergedTraits().xmlName ?? 'value';
  return {
    kind: 'map',
    keyTag: schema.getKeySchema().getMergedTraits().xmlName ?? 'key',
    valueTag,
    value: planOf(value, valueTag),
  };
}

function leafPlan(schema: NormalizedSchema): Plan {
  const traits = schema.getMergedTraits();
  if (traits.xmlAttribute || traits.mediaType || schema.isDocumentSchema() || schema.isUnitSchema()) return opaque;
  return { kind: leafKind(schema), schema };
}

function leafKind(schema: NormalizedSchema): LeafPlan['kind'] {
  if (schema.isStringSchema()) return 'string';
  if (schema.isBooleanSchema()) return 'boolean';
  if (schema.isNumericSchema()) return 'number';
  return schema.isTimestampSchema() ? 'timestamp' : 'other';
}
