/** Notices to people and their tools: each to the channels that want its severity, once, with a record of what became of it. */
import Type, { type Static } from 'typebox';
import { defineContract } from '../../lib/contract.ts';
import { Instant } from '../../lib/resource.ts';
import { DigestEntry, DigestState } from './digest.schema.ts';

export type { DigestEntry } from './digest.schema.ts';

const NoticeSeverity = Type.Union([Type.Literal('info'), Type.Literal('warning'), Type.Literal('critical')]);
export type NoticeSeverity = Static<typeof NoticeSeverity>;

export const Notice = Type.Object({
  key: Type.String({
    minLength: 1,
    maxLength: 255,
    description:
      'What it is about: a second notice of the same key and state is a repetition, `resolved` ends the first.',
  }),
  source: Type.String({ minLength: 1, description: 'The service that says it.' }),
  severity: NoticeSeverity,
  title: Type.String({ minLength: 1, maxLength: 200 }),
  text: Type.String({ maxLength: 4000 }),
  resolved: Type.Optional(Type.Boolean({ description: 'It is over.' })),
  fields: Type.Optional(Type.Record(Type.String(), Type.String(), { description: 'Facts, shown beside the text.' })),
});
export type Notice = Static<typeof Notice>;

/** What became of one notice at one channel. */
export const Delivery = Type.Object({
  id: Type.String(),
  channel: Type.String(),
  key: Type.String(),
  severity: NoticeSeverity,
  title: Type.String(),
  resolved: Type.Boolean(),
  state: Type.Union([Type.Literal('waiting'), Type.Literal('delivered'), Type.Literal('failed')]),
  attempts: Type.Integer(),
  error: Type.String({ description: 'Code and message of the last failure, "" when there was none.' }),
  at: Instant,
});
export type Delivery = Static<typeof Delivery>;

export const notifierContract = defineContract({
  name: 'notifier',
  text: 'Sends notices to Slack, PagerDuty, webhooks and mail, and tells owners in one message what concerns them.',
  actions: {
    notify: {
      text: 'Takes a notice; delivery goes on behind. The same notice within the dedupe time is not sent again.',
      params: Notice,
      result: Type.Object({
        repeated: Type.Boolean(),
        deliveries: Type.Array(Type.String(), { description: 'One id a channel that wants it.' }),
      }),
    },
    digest: {
      text: "Takes what an owner is to be told; a window's entries go out as one message. What an owner was told is not told again.",
      timeoutMs: 30_000,
      params: Type.Object({
        owner: Type.String({ maxLength: 200, description: '"" where nobody is known.' }),
        entries: Type.Array(DigestEntry, { minItems: 1, maxItems: 1000 }),
      }),
      result: Type.Object({ taken: Type.Integer() }),
    },
    flush: {
      text: 'Sends the digests whose window is over; with `now` all that wait.',
      timeoutMs: 120_000,
      params: Type.Object({ now: Type.Optional(Type.Boolean()) }),
      result: Type.Object({ digests: Type.Array(DigestState) }),
    },
    digests: {
      text: 'The ledger of digests, newest first.',
      read: true,
      timeoutMs: 30_000,
      params: Type.Object({ owner: Type.Optional(Type.String()) }),
      result: Type.Object({ digests: Type.Array(DigestState) }),
    },
    deliveries: {
      text: 'What became of the latest notices, newest first.',
      read: true,
      params: Type.Object({
        key: Type.Optional(Type.String()),
        limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
      }),
      result: Type.Object({ deliveries: Type.Array(Delivery) }),
    },
  },
  events: {
    delivered: { text: 'A delivery ended, well or not.', payload: Delivery },
  },
});
