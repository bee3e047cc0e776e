/** The policy event stream beyond this process: other services, webhooks, JetStream. */
import Type, { type Static } from 'typebox';
import { defineContract } from '../../lib/contract.ts';
import { Envelope } from '../../lib/policy-event/envelope.ts';

const Consumer = Type.Object({
  name: Type.String(),
  waiting: Type.Integer(),
  delivered: Type.Integer(),
  dropped: Type.Integer(),
});
export type ConsumerState = Static<typeof Consumer>;

export const eventsContract = defineContract({
  name: 'events',
  text: 'Hands the events of policies to other services, to webhooks and to JetStream.',
  actions: {
    consumers: {
      text: 'What each consumer got, and what it lost.',
      read: true,
      params: Type.Object({}),
      result: Type.Object({ consumers: Type.Array(Consumer) }),
    },
    replay: {
      text: 'Durable events since an instant, oldest first: all but policy.evaluated. Only with JetStream.',
      read: true,
      timeoutMs: 30_000,
      params: Type.Object({
        since: Type.String({ description: 'ISO 8601.' }),
        tenants: Type.Optional(Type.Array(Type.String())),
        types: Type.Optional(Type.Array(Type.String())),
        limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 })),
      }),
      result: Type.Object({ events: Type.Array(Envelope), complete: Type.Boolean() }),
    },
  },
  events: {
    policy: {
      text: 'Events of policies, in batches, in the order in which a node made them. Told only while somebody hears it.',
      payload: Type.Object({ node: Type.String(), events: Type.Array(Envelope) }),
    },
  },
});
