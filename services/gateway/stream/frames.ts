/** What listeners are sent: each message is written once, whoever gets it. */
import { cloudEventOf, envelopesOf } from '../../../lib/policy-event/envelope.ts';
import type { DecisionRecord } from '../../../lib/policy-event/record.ts';
import type { Entry, Missed } from './hub.ts';

/** The stream of decisions, or one of the events in one of their two forms. */
export type StreamKind = 'decisions' | 'events' | 'cloudevents';

/** Messages of an entry as JSON texts; none where the stream does not have it. */
export function messagesOf(entry: Entry, kind: StreamKind): readonly string[] {
  const known = entry.made.get(kind) as readonly string[] | undefined;
  if (known) return known;
  const made = kind === 'decisions' ? decisionMessages(entry) : eventMessages(entry, kind);
  entry.made.set(kind, made);
  return made;
}

function decisionMessages({ seq, record }: Entry): string[] {
  if (record.kind === 'decision') return [`{"type":"decision","seq":${seq},"data":${decisionText(record)}}`];
  // A change of a policy has its number in the stream too: without it there would be a gap.
  const { id: event_id, tenant: tenant_id, at: timestamp, type, payload } = record;
  const what = type === 'quota_warning' ? payload : { change: type, policy_id: payload['policy_id'] };
  const data = { event_id, tenant_id, timestamp, ...what };
  return [JSON.stringify({ type: type === 'quota_warning' ? type : 'policy_changed', seq, data })];
}

/** The texts of input and result are put in as they are: to parse and print them again would cost more than the rest. */
function decisionText(record: DecisionRecord): string {
  const head = JSON.stringify({ event_id: record.id, tenant_id: record.tenant, timestamp: record.at });
  const decision = record.result === '' ? 'null' : record.result;
  const metrics = `{"eval_duration_micros":${record.micros},"tenant_id":${JSON.stringify(record.tenant)}}`;
  const rest = JSON.stringify({
    path: record.path,
    effect: record.effect,
    allowed: record.allowed,
    bundle: record.bundle,
    correlation_id: record.correlation === '' ? null : record.correlation,
    ...(record.error === '' ? {} : { error: record.error }),
  });
  const input = record.input === '' ? 'null' : record.input;
  return `${head.slice(0, -1)},"decision":${decision},"input":${input},"metrics":${metrics},${rest.slice(1)}`;
}

function eventMessages({ seq, record }: Entry, kind: 'events' | 'cloudevents'): string[] {
  return envelopesOf(record).map((envelope) => {
    const data = kind === 'events' ? envelope : cloudEventOf(envelope);
    return JSON.stringify({ type: 'event', seq, tenant_id: record.tenant, data });
  });
}

export function gapMessage({ tenant, from, to }: Missed): string {
  return JSON.stringify({ type: 'gap', tenant_id: tenant, from, to, missed: to - from + 1 });
}
