/** Objects of tests, and how they reach an API server of whatever kind they are. */
import type { KubeClient } from '../../services/sovereignty/kube/client.ts';
import type { Kind } from '../../services/sovereignty/kube/kinds.ts';
import type { KubeObject } from '../../services/sovereignty/kube/objects.ts';
import type { PolicySpec } from '../../services/sovereignty/sovereign-policy.ts';

const clusterScoped = new Set([
  'CustomResourceDefinition',
  'Namespace',
  'Node',
  'PersistentVolume',
  'ClusterRole',
  'ClusterRoleBinding',
  'ValidatingWebhookConfiguration',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionPolicyBinding',
]);
const irregular: Readonly<Record<string, string>> = {
  NetworkPolicy: 'networkpolicies',
  SovereignPolicy: 'sovereignpolicies',
};

export function kindOf({ apiVersion, kind }: { apiVersion: string; kind: string }): Kind {
  const [first = '', second] = apiVersion.split('/');
  const plural = irregular[kind] ?? `${kind.toLowerCase().replace(/y$/, 'ie')}s`;
  const namespaced = !clusterScoped.has(kind);
  return { group: second === undefined ? '' : first, version: second ?? first, kind, plural, namespaced };
}

export async function applyObject(
  client: KubeClient,
  object: { apiVersion: string; kind: string; metadata: object; spec?: unknown },
) {
  const { status: _, ...rest } = object as { status?: unknown } & typeof object;
  return await client.apply(kindOf(object), rest as never, { fieldManager: 'test' });
}

export function policy(name: string, namespace: string, spec: Partial<PolicySpec> & { targetNamespace: string }) {
  return {
    apiVersion: 'compliance.federated.io/v1alpha1',
    kind: 'SovereignPolicy',
    metadata: { name, namespace },
    spec: { allowedRegions: ['eu-central-1', 'eu-west-1'], ...spec },
  };
}

export const regionTerm = (...values: string[]) => ({
  matchExpressions: [{ key: 'topology.kubernetes.io/region', operator: 'In', values }],
});

export const affinity = (...terms: object[]) => ({
  nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } },
});

export function pod(name: string, namespace: string, spec: object = {}): KubeObject & { spec: object } {
  const containers = [{ name: 'main', image: 'registry.invalid/none' }];
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace }, spec: { containers, ...spec } };
}
