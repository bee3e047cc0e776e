/** The words that all services share: resource, unit, coverage, change (DESIGN: vocabulary). */
import Type, { type Static } from 'typebox';

export const Instant = Type.String({ description: 'ISO 8601 instant in UTC, e.g. 2026-11-20T12:00:00.000Z' });

/**
 * One cloud resource as its type's file maps it. Fields that policies read are flat beside the named ones and are
 * repeated under the same name in `metadata`, which also holds the rest of the API's answer.
 */
export const Resource = Type.Object(
  {
    id: Type.String({ minLength: 1, description: 'The ARN, built in the documented form where the API returns none.' }),
    provider: Type.String(),
    account: Type.String(),
    region: Type.String({ description: '"global" for types that have no region.' }),
    type: Type.String(),
    name: Type.String(),
    status: Type.String({ description: 'The state in the API\'s own word, "" where it has none.' }),
    tags: Type.Record(Type.String(), Type.String()),
    created_at: Type.String({ description: 'ISO 8601, "" when the API does not tell.' }),
    refs: Type.Array(Type.String(), { description: 'Ids of resources that this one refers to, sorted.' }),
    // Any object; said as a record, each of its keys would be tried against a pattern, which took 14 µs a resource.
    metadata: Type.Unsafe<Record<string, unknown>>({ type: 'object' }),
  },
  { additionalProperties: true },
);
export type Resource = Static<typeof Resource>;

/** The grain of scanning, of failure and of coverage. */
export const Unit = Type.Object({ account: Type.String(), region: Type.String(), type: Type.String() });
export type Unit = Static<typeof Unit>;

/** `account/region/type`: the unit's name in logs, job ids and batch ids. */
export function unitKey(unit: Unit): string {
  return `${unit.account}/${unit.region}/${unit.type}`;
}

/** Only `complete` says anything about absence. */
export const ObservationState = Type.Union([
  Type.Literal('complete'),
  Type.Literal('partial'),
  Type.Literal('failed'),
  Type.Literal('skipped'),
]);
export type ObservationState = Static<typeof ObservationState>;

/** What one scan of one unit came to: a row of the coverage ledger. Counts are resources. */
export const Coverage = Type.Object({
  account: Type.String(),
  region: Type.String(),
  type: Type.String(),
  scan: Type.String(),
  started: Instant,
  finished: Instant,
  state: ObservationState,
  error: Type.String({ description: 'A code of docs/errors.md, "" when there was none.' }),
  detail: Type.String({ description: 'What the provider said, secrets masked.' }),
  count: Type.Integer({ minimum: 0 }),
  changed: Type.Integer({ minimum: 0, description: 'Versions written: appeared, modified, reappeared.' }),
  gone: Type.Integer({ minimum: 0 }),
  held: Type.Integer({ minimum: 0, description: 'Vanished, but held until a second complete observation agrees.' }),
  baseline: Type.Boolean({ description: 'The first complete observation of the unit.' }),
});
export type Coverage = Static<typeof Coverage>;

export const ChangeKind = Type.Union([
  Type.Literal('appeared'),
  Type.Literal('modified'),
  Type.Literal('disappeared'),
  Type.Literal('reappeared'),
]);
export type ChangeKind = Static<typeof ChangeKind>;

export const Severity = Type.Union([
  Type.Literal('info'),
  Type.Literal('low'),
  Type.Literal('medium'),
  Type.Literal('high'),
]);
export type Severity = Static<typeof Severity>;

/** `path` is dotted, array elements by index or by their key: `tags.owner`, `rules.0.source`. */
export const FieldChange = Type.Object({ path: Type.String(), old: Type.Unknown(), new: Type.Unknown() });
export type FieldChange = Static<typeof FieldChange>;

export const ActorKind = Type.Union([
  Type.Literal('human'),
  Type.Literal('service'),
  Type.Literal('automation'),
  Type.Literal(''),
]);
export type ActorKind = Static<typeof ActorKind>;

/** Who is behind a change, and how that is known. */
export const Attribution = Type.Object({
  actor: Type.String({ description: '"" when unknown.' }),
  actor_kind: ActorKind,
  actor_chain: Type.Array(Type.String(), { description: 'From whoever began it to whoever made the call.' }),
  event: Type.String({ description: 'Name of the call, "" when unknown.' }),
  event_id: Type.String(),
  event_at: Type.String({ description: 'When the call was made, "" when unknown.' }),
  method: Type.Union([Type.Literal('cloudtrail'), Type.Literal('heuristic'), Type.Literal('none')]),
  tool: Type.String({ description: 'console, terraform, aws-cli, sdk …; "" when unknown.' }),
  confidence: Type.Number({ minimum: 0, maximum: 1 }),
  explanation: Type.String(),
  state: Type.Union([Type.Literal('pending'), Type.Literal('final')], {
    description: 'pending: a late event may still name another.',
  }),
});
export type Attribution = Static<typeof Attribution>;

/** `revision` is a decimal string: it is a 64-bit number, which JSON readers round. */
export const Change = Type.Object({
  id: Type.String(),
  account: Type.String(),
  region: Type.String(),
  type: Type.String(),
  name: Type.String(),
  kind: ChangeKind,
  at: Instant,
  revision: Type.String(),
  baseline: Type.Boolean(),
  severity: Severity,
  fields: Type.Array(FieldChange),
  attribution: Type.Optional(Attribution),
});
export type Change = Static<typeof Change>;

/** What narrows a question about the estate. Every given field must match; lists match any of theirs. */
export const ResourceFilter = Type.Object({
  accounts: Type.Optional(Type.Array(Type.String())),
  regions: Type.Optional(Type.Array(Type.String())),
  types: Type.Optional(Type.Array(Type.String())),
  ids: Type.Optional(Type.Array(Type.String(), { maxItems: 1000 })),
  status: Type.Optional(Type.String()),
  owner: Type.Optional(Type.String({ description: 'Value of any owner tag.' })),
  tags: Type.Optional(Type.Record(Type.String(), Type.String(), { description: 'tag → value, "*" for any value.' })),
  text: Type.Optional(Type.String({ description: 'Part of the id or the name, case-insensitive.' })),
});
export type ResourceFilter = Static<typeof ResourceFilter>;
