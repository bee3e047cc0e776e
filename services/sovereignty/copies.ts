/** What a workload cluster should hold of the control cluster's policies. Pure. */
import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { enforcementName } from './enforcement.ts';
import type { Applied } from './kube/client.ts';
import { keyOf } from './kube/objects.ts';
import { type ClusterStatus, type PolicySpec, REVISION, type SovereignPolicy } from './sovereign-policy.ts';

/** On every copy: how a control cluster finds its own. */
export const COPY_LABEL = { 'compliance.federated.io/copied-by': 'elava-control' };
export const ORIGIN = 'compliance.federated.io/origin';

export function isMeantFor({ metadata, spec }: SovereignPolicy, cluster: string): boolean {
  return metadata.deletionTimestamp === undefined && names(spec, cluster);
}

export function names(spec: PolicySpec, cluster: string): boolean {
  return spec.clusters?.some((name) => name === '*' || name === cluster) === true;
}

/** The spec without the list of clusters, or a copy could be copied on. */
function carried({ clusters: _clusters, ...spec }: PolicySpec): PolicySpec {
  return spec;
}

/** Of what is carried: the same in every cluster, and the same again after a change was taken back. */
export function revisionOf(policy: SovereignPolicy): string {
  const text = JSON.stringify(Object.entries(carried(policy.spec)).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

/** In the operator's own namespace there: who may write into it administers that cluster. */
export function copyOf(policy: SovereignPolicy, namespace: string): Applied {
  const key = keyOf(policy.metadata);
  return {
    metadata: {
      namespace,
      name: enforcementName(key),
      labels: COPY_LABEL,
      annotations: { [REVISION]: revisionOf(policy), [ORIGIN]: key },
    },
    spec: carried(policy.spec),
  };
}

export type CopyState = 'absent' | 'current' | 'older' | 'drifted';

/** Drifted: it names our revision, but says something else. The schema's defaults count as said. */
export function stateOf(found: SovereignPolicy | undefined, wanted: Applied): CopyState {
  if (!found) return 'absent';
  const spec = { enforcementAction: 'deny', ...(wanted['spec'] as PolicySpec) };
  const same = isDeepStrictEqual({ enforcementAction: 'deny', ...found.spec }, spec);
  const revised = found.metadata.annotations?.[REVISION] === wanted.metadata.annotations?.[REVISION];
  if (same && revised) return 'current';
  return revised ? 'drifted' : 'older';
}

/** What the control cluster says of one workload cluster. */
export function clusterStatus(
  name: string,
  policy: SovereignPolicy,
  found: SovereignPolicy | undefined,
): ClusterStatus {
  const revision = revisionOf(policy);
  const { status = {} } = found ?? {};
  const acknowledged = status.acknowledgedRevision ?? '';
  const seen = status.observedGeneration === found?.metadata.generation;
  const state = acknowledged === revision && seen ? 'Synced' : 'Pending';
  return { name, state, revision, acknowledged, phase: status.phase ?? '', message: status.message ?? '' };
}
