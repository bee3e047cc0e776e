/** The decisions that came lately, counted. Pure. */
import type { StreamState } from '../../base/stream.ts';

export interface Decided {
  readonly key: string;
  readonly tenant: string;
  readonly at: string;
  readonly path: string;
  readonly effect: string;
  readonly allowed: boolean;
  readonly reason: string;
  readonly micros: number;
  readonly error: string;
  readonly correlation: string;
  readonly bundle: string;
  readonly input: unknown;
  readonly decision: unknown;
}
export interface Notice {
  readonly key: string;
  readonly kind: 'quota_warning' | 'gap' | 'policy_changed';
  readonly tenant: string;
  readonly text: string;
}
export interface Live {
  readonly state: StreamState;
  /** Newest first. */
  readonly rows: readonly Decided[];
  readonly notices: readonly Notice[];
  readonly allowed: number;
  readonly denied: number;
  readonly failed: number;
  readonly missed: number;
  readonly tenants: ReadonlyMap<string, { readonly allowed: number; readonly denied: number }>;
  /** Decisions by how long they took, by the bounds of `bounds`. */
  readonly latency: readonly number[];
  /** Decisions in each of the last seconds, oldest first. */
  readonly rate: readonly number[];
}

export const KEPT = 500;
const NOTICES = 20;
const SECONDS = 60;
/** Microseconds; the last is open. */
export const bounds: readonly number[] = [
  10,
  25,
  50,
  100,
  250,
  500,
  1000,
  2500,
  5000,
  10_000,
  Number.POSITIVE_INFINITY,
];

export const nothing: Live = {
  state: 'connecting',
  rows: [],
  notices: [],
  allowed: 0,
  denied: 0,
  failed: 0,
  missed: 0,
  tenants: new Map(),
  latency: bounds.map(() => 0),
  rate: Array.from({ length: SECONDS }, () => 0),
};

export interface Message {
  readonly type?: string;
  readonly seq?: number;
  readonly missed?: number;
  readonly tenant_id?: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

/** The state after some messages; a held list stays as it is, and what comes is counted. */
export function taken(before: Live, messages: readonly Message[], held = false): Live {
  const decided = messages.filter(({ type }) => type === 'decision').map(decidedOf);
  const notices = messages.flatMap(noticeOf);
  const tenants = new Map(before.tenants);
  const latency = [...before.latency];
  for (const { tenant, allowed, micros } of decided) {
    const sum = tenants.get(tenant) ?? { allowed: 0, denied: 0 };
    tenants.set(tenant, { allowed: sum.allowed + Number(allowed), denied: sum.denied + Number(!allowed) });
    const bucket = bounds.findIndex((bound) => micros <= bound);
    latency[bucket] = (latency[bucket] ?? 0) + 1;
  }
  const allowed = decided.filter((one) => one.allowed).length;
  const rate = [...before.rate];
  rate[SECONDS - 1] = (rate[SECONDS - 1] ?? 0) + decided.length;
  return {
    ...before,
    rows: held ? before.rows : [...decided.toReversed(), ...before.rows].slice(0, KEPT),
    notices: [...notices.toReversed(), ...before.notices].slice(0, NOTICES),
    allowed: before.allowed + allowed,
    denied: before.denied + decided.length - allowed,
    failed: before.failed + decided.filter(({ error }) => error !== '').length,
    missed: before.missed + messages.reduce((sum, { type, missed = 0 }) => sum + (type === 'gap' ? missed : 0), 0),
    tenants,
    latency,
    rate,
  };
}

const word = (value: unknown): string => (typeof value === 'string' ? value : '');

function decidedOf({ seq = 0, data = {} }: Message): Decided {
  const decision = data['decision'];
  const metrics = data['metrics'] as { eval_duration_micros?: number } | undefined;
  const reason =
    typeof decision === 'object' && decision !== null ? word((decision as Record<string, unknown>)['reason']) : '';
  return {
    key: word(data['event_id']) || `${word(data['tenant_id'])} ${seq}`,
    tenant: word(data['tenant_id']),
    at: word(data['timestamp']),
    path: word(data['path']),
    effect: word(data['effect']),
    allowed: data['allowed'] === true,
    reason,
    micros: metrics?.eval_duration_micros ?? 0,
    error: word(data['error']),
    correlation: word(data['correlation_id']),
    bundle: word(data['bundle']),
    input: data['input'],
    decision,
  };
}

function noticeOf({ type, seq = 0, tenant_id, missed = 0, data = {} }: Message): Notice[] {
  const tenant = tenant_id ?? word(data['tenant_id']);
  const key = `${type} ${tenant} ${seq} ${word(data['event_id'])}`;
  if (type === 'gap')
    return [{ key, kind: type, tenant, text: `${missed} decisions came faster than they could be sent.` }];
  if (type === 'policy_changed')
    return [
      { key, kind: type, tenant, text: `${word(data['change']).replaceAll('_', ' ')} ${word(data['policy_id'])}` },
    ];
  if (type === 'quota_warning') {
    const { event_id: _id, tenant_id: _tenant, timestamp: _at, ...what } = data;
    const text = Object.entries(what).map(([name, value]) => `${name.replaceAll('_', ' ')} ${String(value)}`);
    return [{ key, kind: type, tenant, text: text.join(', ') }];
  }
  return [];
}
