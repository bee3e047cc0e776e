/** Streams of records: what was intended and what came of it. A stream's record is taken only at the number after its last. */
import Type, { type Static } from 'typebox';
import { Instant } from '../../lib/resource.ts';

const Stream = Type.String({ minLength: 1, maxLength: 300 });
const Seq = Type.Integer({ minimum: 0 });

export const StoredRecord = Type.Object({
  stream: Stream,
  seq: Seq,
  plan: Type.String({ description: 'The plan that the stream belongs to, "" for none.' }),
  kind: Type.String(),
  at: Instant,
  by: Type.String(),
  body: Type.Record(Type.String(), Type.Unknown()),
});
export type StoredRecord = Static<typeof StoredRecord>;

export const RecordRequest = Type.Object({
  stream: Stream,
  plan: Type.String(),
  expected: Type.Integer({ minimum: 0, description: 'Number of the last record that the writer knows; 0: none.' }),
  record: Type.Object({
    kind: Type.String(),
    at: Instant,
    by: Type.String(),
    body: Type.Record(Type.String(), Type.Unknown()),
  }),
  guards: Type.Optional(
    Type.Array(Type.Object({ stream: Stream, seq: Seq }), {
      maxItems: 8,
      description: 'Other streams that must still end with this number, such as the switch that stops all actions.',
    }),
  ),
});
export type RecordRequest = Static<typeof RecordRequest>;

export const RecordQuestion = Type.Object({
  streams: Type.Optional(Type.Array(Stream, { maxItems: 5000 })),
  plan: Type.Optional(Type.String()),
  prefix: Type.Optional(Type.String({ minLength: 1, description: 'Of the streams.' })),
  kinds: Type.Optional(Type.Array(Type.String())),
  since: Type.Optional(Instant),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000 })),
});
export type RecordQuestion = Static<typeof RecordQuestion>;

export const StoredPlan = Type.Object({
  id: Type.String({ minLength: 1 }),
  at: Instant,
  by: Type.String(),
  expires_at: Instant,
  body: Type.String({ description: 'JSON; it is given back as it came.' }),
});
export type StoredPlan = Static<typeof StoredPlan>;
