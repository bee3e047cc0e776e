/** The custom resource as deploy/helm/sovereignty/crds declares it. */
import type { Condition, KubeObject } from './kube/objects.ts';

export type Action = 'deny' | 'dryrun' | 'warn' | 'custom';
export type OnExpiry = 'keep' | 'dryrun' | 'remove';
export type Phase = 'Pending' | 'Active' | 'Failed' | 'Expired';

export interface PolicySpec {
  readonly targetNamespace: string;
  readonly allowedRegions: readonly string[];
  readonly enforcementAction?: Action;
  readonly description?: string;
  /** ISO 8601. */
  readonly expiryDate?: string;
  readonly onExpiry?: OnExpiry;
  readonly excludedNamespaces?: readonly string[];
  readonly clusters?: readonly string[];
}
export interface ClusterStatus {
  readonly name: string;
  readonly state: 'Synced' | 'Pending' | 'Unreachable' | 'Refused';
  readonly revision: string;
  readonly acknowledged: string;
  readonly phase: string;
  readonly message: string;
}
export interface PolicyStatus {
  readonly phase?: Phase;
  readonly lastUpdated?: string;
  readonly message?: string;
  readonly constraintCreated?: boolean;
  readonly observedGeneration?: number;
  readonly acknowledgedRevision?: string;
  readonly violations?: number;
  readonly conditions?: readonly Condition[];
  readonly clusters?: readonly ClusterStatus[];
}
export interface SovereignPolicy extends KubeObject {
  readonly spec: PolicySpec;
  readonly status?: PolicyStatus;
}

/** Holds a policy back from going until its constraint is gone; an owner reference cannot cross into cluster scope. */
export const FINALIZER = 'compliance.federated.io/constraint';
/** Written by the control cluster or a GitOps tool on a policy; its status acknowledges it. */
export const REVISION = 'compliance.federated.io/revision';

/** What of the spec the schema cannot check; undefined when all is well. A spec that came around the schema is met here too. */
export function specFault(spec: PolicySpec | undefined): string | undefined {
  if (typeof spec?.targetNamespace !== 'string' || spec.targetNamespace === '')
    return 'spec.targetNamespace is missing';
  if (!Array.isArray(spec.allowedRegions) || spec.allowedRegions.length === 0) return 'spec.allowedRegions is empty';
  if (spec.expiryDate !== undefined && Number.isNaN(Date.parse(spec.expiryDate))) {
    return `spec.expiryDate is not a date: ${spec.expiryDate}`;
  }
  const excluded = spec.excludedNamespaces?.find((pattern) => matchesPattern(pattern, spec.targetNamespace));
  if (excluded !== undefined) return `spec.excludedNamespaces has ${excluded}, which takes in ${spec.targetNamespace}`;
  return undefined;
}

/** Gatekeeper's patterns: a leading or trailing * stands for anything. */
export function matchesPattern(pattern: string, name: string): boolean {
  const [open, close] = [pattern.startsWith('*'), pattern.endsWith('*')];
  const middle = pattern.slice(open ? 1 : 0, close && pattern.length > 1 ? -1 : undefined);
  if (open && close) return name.includes(middle);
  if (open) return name.endsWith(middle);
  return close ? name.startsWith(middle) : name === pattern;
}

export interface Expiry {
  readonly expired: boolean;
  /** Until it expires, in milliseconds; undefined when it has, or never will. */
  readonly inMs?: number;
}

export function expiryOf(spec: PolicySpec, now: number): Expiry {
  const at = spec.expiryDate === undefined ? Number.NaN : Date.parse(spec.expiryDate);
  if (Number.isNaN(at)) return { expired: false };
  return at <= now ? { expired: true } : { expired: false, inMs: at - now };
}

/** What is enforced at `now`: the spec's action until it expires, what `onExpiry` says afterwards. */
export function actionAt(spec: PolicySpec, now: number): Action | 'none' {
  const action = spec.enforcementAction ?? 'deny';
  if (!expiryOf(spec, now).expired) return action;
  const after = spec.onExpiry ?? 'keep';
  if (after === 'remove') return 'none';
  return after === 'dryrun' ? 'dryrun' : action;
}
