/** What is kept in memory of each kind of object: a copy of everything would not fit beside a thousand policies. */
import type { Enforcement } from './enforcement.ts';
import type { KubeObject, ObjectMeta } from './kube/objects.ts';
import type { SovereignPolicy } from './sovereign-policy.ts';

export function policyView({ apiVersion, kind, metadata, spec, status }: SovereignPolicy): SovereignPolicy {
  return { apiVersion, kind, metadata: metaView(metadata), spec, ...(status ? { status } : {}) };
}

export function namespaceView({ apiVersion, kind, metadata }: KubeObject): KubeObject {
  const view = metaView(metadata);
  return {
    apiVersion,
    kind,
    metadata: { ...view, labels: marksOf(view.labels), annotations: marksOf(view.annotations) },
  };
}

function marksOf(all: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(all).filter(([key]) => key.startsWith('compliance.gov/')));
}

export function enforcementView({ apiVersion, kind, metadata, spec, status }: Enforcement): Enforcement {
  const byPod = status?.byPod?.map(({ enforced, observedGeneration, operations, errors }) => ({
    ...(enforced === undefined ? {} : { enforced }),
    ...(observedGeneration === undefined ? {} : { observedGeneration }),
    ...(operations === undefined ? {} : { operations }),
    ...(errors === undefined ? {} : { errors }),
  }));
  return { apiVersion, kind, metadata: metaView(metadata), ...(spec ? { spec } : {}), status: byPod ? { byPod } : {} };
}

/** Without `managedFields`, which are most of an object, and what `kubectl apply` remembers in an annotation. */
function metaView(metadata: ObjectMeta & { managedFields?: unknown }): ObjectMeta {
  const { managedFields: _, annotations, ...rest } = metadata;
  if (!annotations) return rest;
  const { 'kubectl.kubernetes.io/last-applied-configuration': __, ...kept } = annotations;
  return { ...rest, annotations: kept };
}
