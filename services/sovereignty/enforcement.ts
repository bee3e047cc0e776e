/** What a policy is written into: a Gatekeeper constraint, or a ValidatingAdmissionPolicy's binding. Pure. */
import { createHash } from 'node:crypto';
import type { Applied } from './kube/client.ts';
import { type Kind, kinds } from './kube/kinds.ts';
import { type KubeObject, keyOf } from './kube/objects.ts';
import { type Action, actionAt, type SovereignPolicy } from './sovereign-policy.ts';

export type Engine = 'gatekeeper' | 'admission-policy';

export interface Enforcement extends KubeObject {
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly status?: {
    readonly byPod?: readonly {
      readonly enforced?: boolean;
      readonly observedGeneration?: number;
      readonly operations?: readonly string[];
      readonly errors?: readonly { readonly message: string }[];
    }[];
  };
}

export const MANAGED_BY = { 'app.kubernetes.io/managed-by': 'elava-sovereignty' };
export const POLICY_KEY = 'compliance.federated.io/policy';
/** The token of the leader that wrote an object: an older leader meets it and stops. */
export const FENCE = 'compliance.federated.io/fence';

/** Users as which the DaemonSet controller creates pods: with its own credentials (the default of clusters), and without. */
export const daemonSetControllers = [
  'system:serviceaccount:kube-system:daemon-set-controller',
  'system:kube-controller-manager',
] as const;

const judged = [
  { apiGroups: [''], kinds: ['Pod', 'ReplicationController', 'PersistentVolume'] },
  { apiGroups: ['apps'], kinds: ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet'] },
  { apiGroups: ['batch'], kinds: ['Job', 'CronJob'] },
] as const;

/** `custom` is not one of the engines' own: they log, and the scan hands what it finds to the handler. */
const gatekeeperAction: Readonly<Record<Action, string>> = {
  deny: 'deny',
  warn: 'warn',
  dryrun: 'dryrun',
  custom: 'dryrun',
};
const admissionActions: Readonly<Record<Action, readonly string[]>> = {
  deny: ['Deny'],
  warn: ['Warn', 'Audit'],
  dryrun: ['Audit'],
  custom: ['Audit'],
};

export const enforcementKind: Readonly<Record<Engine, Kind>> = {
  gatekeeper: kinds.constraint,
  'admission-policy': kinds.admissionBinding,
};

/** Of the constraint of a policy `namespace/name`. One name for its life: it is updated in place, so that there is no moment without it. */
export function enforcementName(key: string): string {
  const digest = createHash('sha256').update(key).digest('hex').slice(0, 10);
  return `${key
    .replaceAll(/[^a-z0-9-]/g, '-')
    .slice(0, 50)
    .replace(/-$/, '')}-${digest}`;
}

/** What should be there at `now`; undefined when the policy enforces nothing any more. */
export function enforcementOf(policy: SovereignPolicy, engine: Engine, now: number): Applied | undefined {
  const action = actionAt(policy.spec, now);
  if (action === 'none') return undefined;
  const metadata = {
    name: enforcementName(keyOf(policy.metadata)),
    labels: MANAGED_BY,
    annotations: { [POLICY_KEY]: keyOf(policy.metadata) },
  };
  const spec = engine === 'gatekeeper' ? constraintSpec(policy, action) : bindingSpec(policy, action);
  return { metadata, spec };
}

function constraintSpec({ metadata, spec }: SovereignPolicy, action: Action): object {
  return {
    enforcementAction: gatekeeperAction[action],
    match: {
      kinds: judged,
      namespaces: [spec.targetNamespace],
      ...(spec.excludedNamespaces?.length ? { excludedNamespaces: spec.excludedNamespaces } : {}),
    },
    parameters: {
      policy: keyOf(metadata),
      namespace: spec.targetNamespace,
      allowedRegions: [...spec.allowedRegions].toSorted(),
      daemonSetControllers,
    },
  };
}

/** Volumes have no namespace that a selector could match, so the expressions compare their claim's with the policy's. */
function bindingSpec({ metadata, spec }: SovereignPolicy, action: Action): object {
  return {
    policyName: ADMISSION_POLICY,
    paramRef: { name: metadata.name, namespace: metadata.namespace, parameterNotFoundAction: 'Deny' },
    matchResources: {
      namespaceSelector: {
        matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: [spec.targetNamespace] }],
      },
    },
    validationActions: admissionActions[action],
  };
}

export const ADMISSION_POLICY = 'k8sgeoresidency.compliance.federated.io';

/** Whether what is there says the same as what should be. The server adds defaults, so only given fields are compared. */
export function isCurrent(found: Enforcement, wanted: Applied): boolean {
  const annotations = found.metadata.annotations ?? {};
  const marked = Object.entries(wanted.metadata.annotations ?? {}).every(([key, value]) => annotations[key] === value);
  return marked && covers(found.spec, wanted['spec']);
}

/** Objects may have more fields than wanted; lists must be as long, and plain values equal. */
function covers(found: unknown, wanted: unknown): boolean {
  if (typeof wanted !== 'object' || wanted === null) return found === wanted;
  if (typeof found !== 'object' || found === null) return false;
  if (Array.isArray(wanted) && (!Array.isArray(found) || found.length !== wanted.length)) return false;
  return Object.entries(wanted).every(([key, value]) => covers((found as Record<string, unknown>)[key], value));
}

export type Uptake = { readonly enforced: boolean; readonly why: string };

/** Whether the engine has taken the constraint up in its present form: every webhook replica must have. */
export function uptakeOf(found: Enforcement, engine: Engine): Uptake {
  if (engine === 'admission-policy') return { enforced: true, why: '' };
  const webhooks = (found.status?.byPod ?? []).filter((pod) => pod.operations?.includes('webhook') ?? true);
  const faulty = webhooks.flatMap((pod) => pod.errors ?? [])[0];
  if (faulty) return { enforced: false, why: `Gatekeeper reports: ${faulty.message}` };
  if (webhooks.length === 0) return { enforced: false, why: 'Gatekeeper has not taken the constraint up yet' };
  const generation = found.metadata.generation ?? 0;
  const late = webhooks.some((pod) => !pod.enforced || (pod.observedGeneration ?? 0) < generation);
  return late
    ? { enforced: false, why: 'a Gatekeeper replica still has the constraint as it was' }
    : { enforced: true, why: '' };
}
