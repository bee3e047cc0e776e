/** What a policy's state comes to: its phase, its conditions, when to look again. Pure. */
import { codeOf, messageOf } from '../../lib/errors.ts';
import { isTransient } from './kube/api-errors.ts';
import type { Condition } from './kube/objects.ts';
import { PERMISSION_MS } from './permission.ts';
import {
  actionAt,
  expiryOf,
  type Phase,
  type PolicyStatus,
  REVISION,
  type SovereignPolicy,
  specFault,
} from './sovereign-policy.ts';

export interface Verdict {
  readonly phase: Phase;
  /** CamelCase, for the condition and the event. */
  readonly reason: string;
  readonly message: string;
  /** A constraint of the present spec stands in the cluster. */
  readonly constraintCreated: boolean;
  /** The engine has confirmed that it judges by it. */
  readonly enforced: boolean;
}
export interface Situation {
  readonly policy: SovereignPolicy;
  readonly namespaceExists: boolean;
  readonly permission: { readonly allowed: boolean; readonly why: string };
  /** "" when an engine is there to enforce. */
  readonly engineFault: string;
  /** A constraint stands, of whatever version of the spec. */
  readonly standing: boolean;
}

/** What forbids to enforce the policy as it is, or undefined. What was enforced before stays until it is mended. */
export function obstacleOf({ policy, ...situation }: Situation): Verdict | undefined {
  const failed = (reason: string, message: string): Verdict => ({
    phase: 'Failed',
    reason,
    message: situation.standing ? `${message}; what was enforced before still is` : message,
    constraintCreated: false,
    enforced: false,
  });
  const fault = specFault(policy.spec);
  if (fault !== undefined) return failed('InvalidSpec', fault);
  if (!situation.permission.allowed) return failed('NotPermitted', situation.permission.why);
  if (!situation.namespaceExists) {
    return failed('NamespaceMissing', `target namespace ${policy.spec.targetNamespace} does not exist`);
  }
  if (situation.engineFault !== '') {
    return { ...failed('EngineMissing', situation.engineFault), phase: situation.standing ? 'Failed' : 'Pending' };
  }
  return undefined;
}

/** The verdict when a write failed. A refusal is told at once; what may pass by itself is told after the third attempt. */
export function failureOf(error: unknown, failures: number, { phase = 'Pending' }: PolicyStatus = {}): Verdict {
  const settled = !isTransient(error) || failures >= 2;
  return {
    phase: settled ? 'Failed' : phase,
    reason: settled ? 'ConstraintFailed' : 'Retrying',
    message: `attempt ${failures + 1}: ${codeOf(error)}: ${messageOf(error)}`.slice(0, 1000),
    constraintCreated: false,
    enforced: false,
  };
}

/** The verdict when all was written. */
export function settledOf(policy: SovereignPolicy, uptake: { enforced: boolean; why: string }, now: number): Verdict {
  const { spec } = policy;
  const action = actionAt(spec, now);
  const { expired } = expiryOf(spec, now);
  const enforced = action !== 'none' && uptake.enforced;
  const where = `${spec.targetNamespace}: ${[...spec.allowedRegions].toSorted().join(', ')} (${action})`;
  if (expired) {
    const after = action === 'none' ? 'nothing is enforced any more' : `still ${action}, as onExpiry says`;
    const message = `expired at ${spec.expiryDate}; ${after}`;
    return { phase: 'Expired', reason: 'Expired', message, constraintCreated: action !== 'none', enforced };
  }
  if (!enforced) {
    return { phase: 'Pending', reason: 'AwaitingEngine', message: uptake.why, constraintCreated: true, enforced };
  }
  const message = `Sovereignty enforcement active on ${where}`;
  return { phase: 'Active', reason: 'Enforced', message, constraintCreated: true, enforced };
}

/** Milliseconds until something may have changed that no watch tells of: the expiry, or a right that was missing. */
export function againIn(policy: SovereignPolicy, { phase, reason }: Verdict, now: number): number | undefined {
  if (reason === 'NotPermitted') return PERMISSION_MS;
  return phase === 'Failed' ? undefined : expiryOf(policy.spec, now).inMs;
}

/** The status to write, or undefined when it says all of it already; `now` counts only when something else changed. */
export function statusOf(policy: SovereignPolicy, verdict: Verdict, now: number): PolicyStatus | undefined {
  const { status = {}, metadata } = policy;
  const at = `${new Date(now).toISOString().slice(0, 19)}Z`;
  const observedGeneration = metadata.generation ?? 0;
  const ready = verdict.phase === 'Active' || verdict.phase === 'Expired';
  const wanted = [
    condition('Ready', ready, verdict),
    condition('Enforced', verdict.enforced, verdict),
    condition('Stalled', verdict.phase === 'Failed', verdict),
  ];
  const conditions = wanted.map((one): Condition => {
    const before = status.conditions?.find(({ type }) => type === one.type);
    const lastTransitionTime = before?.status === one.status ? before.lastTransitionTime : at;
    return { ...one, observedGeneration, lastTransitionTime };
  });
  const revision = metadata.annotations?.[REVISION];
  const acknowledged = ready && revision !== undefined ? revision : status.acknowledgedRevision;
  const next: PolicyStatus = {
    phase: verdict.phase,
    message: verdict.message,
    constraintCreated: verdict.constraintCreated,
    observedGeneration,
    conditions,
    ...(acknowledged === undefined ? {} : { acknowledgedRevision: acknowledged }),
  };
  return says(status, next) ? undefined : { ...next, lastUpdated: at };
}

function condition(type: string, holds: boolean, { reason, message }: Verdict) {
  return { type, status: holds ? ('True' as const) : ('False' as const), reason, message };
}

function says(status: PolicyStatus, next: PolicyStatus): boolean {
  const facts = ({ conditions = [], ...rest }: PolicyStatus): string => {
    const { phase, message, constraintCreated, observedGeneration, acknowledgedRevision } = rest;
    const told = conditions.map(({ type, status: holds, reason, message: text, observedGeneration: of }) => [
      type,
      holds,
      reason,
      text,
      of,
    ]);
    return JSON.stringify([phase, message, constraintCreated, observedGeneration, acknowledgedRevision, told]);
  };
  return facts(status) === facts(next);
}
