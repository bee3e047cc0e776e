/** The events of the policy engine in envelope v1.0, and the same as CloudEvents 1.0. Pure. */
import { createHash } from 'node:crypto';
import Type, { type Static } from 'typebox';
import { isObject } from '../is-object.ts';
import type { DecisionRecord, PolicyRecord } from './record.ts';

export const eventTypes = [
  'policy.evaluated',
  'policy.denied',
  'policy.warning_triggered',
  'policy.audit_required',
  'policy.created',
  'policy.updated',
  'policy.deleted',
] as const;
export type EventType = (typeof eventTypes)[number];

export const Envelope = Type.Object({
  id: Type.String({ format: 'uuid', description: 'Unique; a resend keeps it.' }),
  type: Type.Unsafe<EventType>(Type.String({ enum: [...eventTypes] })),
  source: Type.Literal('policy_engine'),
  target: Type.Null({ description: 'Events are for everybody.' }),
  timestamp: Type.Number({ description: 'Unix time in seconds, with a fraction.' }),
  payload: Type.Record(Type.String(), Type.Unknown()),
  meta: Type.Object({
    correlation_id: Type.Union([Type.String(), Type.Null()], { description: 'Of the request that led to it.' }),
    version: Type.Literal('1.0'),
  }),
});
export type Envelope = Static<typeof Envelope>;

/** Every event that a record comes to: an evaluation is always told, and once more where somebody has to act on it. */
export function envelopesOf(record: PolicyRecord): Envelope[] {
  if (record.kind === 'decision') return decisionEnvelopes(record);
  return record.type === 'quota_warning' ? [] : [envelope(record, record.type, record.payload, record.id)];
}

function decisionEnvelopes(record: DecisionRecord): Envelope[] {
  const about = aboutOf(record);
  const { effect, reason } = record;
  const result = { allowed: record.allowed, effect, reason };
  const whole = { ...about, result, evaluation_time_ms: record.micros / 1000, context: inputOf(record) };
  const told = [envelope(record, 'policy.evaluated', whole, record.id)];
  const more = alarmOf(record);
  if (more === undefined) return told;
  const payload =
    more === 'policy.warning_triggered' ? { ...about, result, warnings: warningsOf(record) } : { ...about, result };
  return [...told, envelope(record, more, payload, childId(record.id, more))];
}

/** The second event of an evaluation, for whoever is alarmed by it. */
function alarmOf({ allowed, effect }: DecisionRecord): EventType | undefined {
  if (!allowed || effect === 'deny') return 'policy.denied';
  if (effect === 'warn') return 'policy.warning_triggered';
  return effect === 'audit' ? 'policy.audit_required' : undefined;
}

function aboutOf(record: DecisionRecord) {
  const input = inputOf(record);
  return {
    tenant_id: record.tenant,
    agent_id: firstText(
      input['agent'],
      at(input['subject'], 'user_id'),
      at(input['agent'], 'id'),
      at(input['subject'], 'id'),
    ),
    action: firstText(input['action'], at(input['action'], 'name')),
    resource: input['resource'] ?? null,
    matched_policy: record.policy === '' ? null : record.policy,
    matched_rule: record.rule === '' ? null : record.rule,
    decision_id: record.id,
    path: record.path,
    bundle: record.bundle,
    requested_by: record.principal,
    ...(record.error === '' ? {} : { error: record.error }),
  };
}

function inputOf({ input }: DecisionRecord): Record<string, unknown> {
  const value: unknown = input === '' ? {} : JSON.parse(input);
  return isObject(value) ? value : {};
}

function warningsOf({ result, reason }: DecisionRecord): unknown[] {
  const warnings = at(result === '' ? undefined : JSON.parse(result), 'warnings');
  return Array.isArray(warnings) && warnings.length > 0 ? warnings : [reason];
}

function at(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
}

function firstText(...values: readonly unknown[]): string {
  return values.find((value): value is string => typeof value === 'string') ?? '';
}

type Origin = Pick<PolicyRecord, 'at' | 'correlation'>;

function envelope({ at: when, correlation }: Origin, type: EventType, payload: object, id: string): Envelope {
  return {
    id,
    type,
    source: 'policy_engine',
    target: null,
    timestamp: Date.parse(when) / 1000,
    payload: payload as Record<string, unknown>,
    meta: { correlation_id: correlation === '' ? null : correlation, version: '1.0' },
  };
}

/** A UUID that follows from the decision's (RFC 9562, version 8), so that whoever makes the event gives it the same id. */
function childId(parent: string, type: string): string {
  const hex = createHash('sha256').update(`${parent} ${type}`).digest('hex');
  const variant = ((Number.parseInt(hex[16] ?? '0', 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** As CloudEvents 1.0 in JSON. Attribute names may hold only lower-case letters and digits. */
export function cloudEventOf({ id, type, timestamp, payload, meta }: Envelope) {
  const tenant = firstText(payload['tenant_id']);
  return {
    specversion: '1.0',
    id,
    type: `dev.elava.${type}`,
    source: tenant === '' ? '/policy_engine' : `/tenants/${tenant}/policy_engine`,
    subject: firstText(payload['decision_id'], payload['policy_id'], id),
    time: new Date(timestamp * 1000).toISOString(),
    datacontenttype: 'application/json',
    dataschema: `urn:elava:policy-event:${type}:${meta.version}`,
    ...(tenant === '' ? {} : { tenantid: tenant }),
    ...(meta.correlation_id === null ? {} : { correlationid: meta.correlation_id }),
    data: payload,
  };
}
