import {
  cloudEventOf,
  type Envelope,
  type EventType,
  envelopesOf,
  eventTypes,
} from '../../lib/policy-event/envelope.ts';
import type { PolicyRecord } from '../../lib/policy-event/record.ts';
import { code, markdownHead, type Output, table } from './output.ts';
import { flows, payloads } from './policy-event-examples.ts';

const when: Readonly<Record<EventType, readonly [trigger: string, consumer: string]>> = {
  'policy.evaluated': ['every evaluation', 'audit trail'],
  'policy.denied': ['an evaluation that does not allow', 'security alerts'],
  'policy.warning_triggered': ['an evaluation with effect warn', 'risk tracking'],
  'policy.audit_required': ['an evaluation with effect audit', 'compliance log'],
  'policy.created': ['a policy was added', 'governance'],
  'policy.updated': ['a policy was changed; old and new of each field', 'governance'],
  'policy.deleted': ['a policy was removed; as it was before, told after', 'governance'],
};

/** docs/policy-events.md: the seven events, from the code that makes them. */
export function policyEventDocs(): Output[] {
  const rows = eventTypes.map((type) => [code(type), ...when[type], tick(type !== 'policy.evaluated')]);
  const text = `${markdownHead('lib/policy-event')}
# Policy events

What policies decide and how they change, for other systems. Seven types in one envelope (version 1.0); the same as
[CloudEvents 1.0](https://cloudevents.io). Every example below was made by the code that makes the events.

${table(['type', 'told when', 'for', 'durable'], rows)}
Left out: the events of the next modules that were named with these, \`threat.*\` and \`immune.*\`; they belong to another product.

## Envelope

${table(['field', 'is'], envelopeRows)}
## Payloads

${eventTypes
  .map(
    (type) =>
      `### ${code(type)}\n\n${table(
        ['field', 'type', 'is'],
        payloads[type].map(([name, kind, words]) => [code(name), kind, words]),
      )}`,
  )
  .join('\n')}
## Five flows

${flows.map(({ title, words, record }) => `### ${title}\n\n${words}\n\n${fence(envelopesOf(record))}`).join('\n')}
## As a CloudEvent

${fence(cloudsOf(flows[1]?.record).slice(1))}
\`?format=cloudevents\` of a stream, \`format: cloudevents\` of a webhook. \`correlation_id\` becomes \`correlationid\`: names of
CloudEvents hold only lower-case letters and digits. \`id\` stays the same when an event is sent again.

${consumers}`;
  return [{ path: 'docs/policy-events.md', text }];
}

function tick(yes: boolean): string {
  return yes ? 'with JetStream' : 'no';
}

function cloudsOf(record: PolicyRecord | undefined): object[] {
  return record ? envelopesOf(record).map(cloudEventOf) : [];
}

function fence(values: readonly (Envelope | object)[]): string {
  return `\`\`\`json\n${values.map((value) => JSON.stringify(value, null, 2)).join('\n')}\n\`\`\`\n`;
}

const envelopeRows = [
  ['`id`', 'UUID, unique; the `decision_id` for `policy.evaluated`'],
  ['`type`', 'one of the seven'],
  ['`source`', 'always `"policy_engine"`'],
  ['`target`', '`null`: events are for everybody'],
  ['`timestamp`', 'Unix time in seconds, with a fraction'],
  ['`payload`', 'see below'],
  [
    '`meta.correlation_id`',
    'of the request: `X-Correlation-Id`, `X-Request-Id`, or the trace of `traceparent`; `null` for none',
  ],
  ['`meta.version`', '`"1.0"`'],
];

const consumers = `## Consumers

| consumer | take | how |
| --- | --- | --- |
| audit trail | the decision log (\`decisions.enabled\`), or \`policy.evaluated\` | \`GET /api/decisions\`, or an OPA collector at \`decisions.upload.url\` |
| security dashboard | \`policy.denied\`, \`policy.warning_triggered\` | WebSocket or Server-Sent Events at \`/v1/stream/events?types=…\` |
| alerts | \`policy.denied\` | a webhook (\`events.webhooks\`), signed as [Standard Webhooks](https://www.standardwebhooks.com) |
| compliance (SOC 2, GDPR, HIPAA) | \`policy.audit_required\` and the three of governance | JetStream: nothing is lost while a consumer is away; action \`events.replay\` since an instant |
| threat detection | \`policy.denied\` of all tenants | event \`events.policy\` of the broker, or a durable consumer on \`<nats.namespace>.policy-events.denied.*\` |

## How they are told

- An evaluation never waits for an event. Records wait in a bounded queue (8,192) and go in batches; an exception while they
  are told, a consumer that does not read, a NATS that is gone or a webhook that answers 500 reaches no caller.
- Everything is counted: \`elava_events_emitted_total\`, \`elava_events_delivered_total\`, \`elava_events_dropped_total\` by consumer.
- Without any consumer, and with \`events.enabled: false\`, the engine works the same.
- A stream numbers what it sends, for each tenant by itself (\`seq\`). A listener that is slower than 1,024 messages gets
  \`{"type": "gap", "tenant_id", "from", "to", "missed"}\` in the place of what it lost, and may resume with
  \`?tenant_id=…&since=<seq>&epoch=<of the connected message>\` as far as \`events.retain\` reaches.
- A webhook is tried four times (1, 5, 25 s) with the same \`webhook-id\`; up to 1,024 events wait for it.

## What they cost

| what | where | measured by |
| --- | --- | --- |
| 0.15 to 0.25 µs | on the path of the answer: a closure is put into a queue | \`npm run bench -- edge.event\` |
| 4.4 µs of CPU | beside it: the record, its texts, the streams that keep it | the same |
| a message for each listener | written once, however many listen; nothing is written while nobody listens | \`npm run bench -- edge.fanout\` |

Throughput with events on and off in one run is \`npm run bench -- edge.events\`. How the figures came out, with date and machine:
\`loadtest/RESULTS.md\`.
`;
