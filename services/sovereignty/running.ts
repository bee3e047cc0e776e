/** What is kept of pods, volumes and nodes for the scan. */
import type { KubeObject, ObjectMeta, OwnerReference } from './kube/objects.ts';
import { type Place, type Placement, placementOf, placesOf, REGION_KEY } from './residency.ts';

export interface RunningPod extends KubeObject {
  readonly placement: Placement;
  readonly node: string;
  readonly owner: string;
  readonly over: boolean;
}
export interface Volume extends KubeObject {
  readonly places: readonly Place[];
  /** Namespace and name of the claim; "" when unclaimed. */
  readonly claimedFrom: string;
  readonly claim: string;
}
export interface ClusterNode extends KubeObject {
  readonly region: string;
  /** AWS instance id, "" on another cloud. */
  readonly instance: string;
}

type Raw = KubeObject & Readonly<Record<string, unknown>>;

const meta = ({ name, namespace, uid, resourceVersion }: ObjectMeta): ObjectMeta => ({
  name,
  ...(namespace === undefined ? {} : { namespace }),
  ...(uid === undefined ? {} : { uid }),
  ...(resourceVersion === undefined ? {} : { resourceVersion }),
});

export function podView(object: KubeObject): RunningPod {
  const {
    apiVersion,
    kind,
    metadata,
    spec = {},
    status,
  } = object as Raw & {
    spec?: Parameters<typeof placementOf>[0] & { nodeName?: string };
    status?: { phase?: string };
  };
  const owners: readonly OwnerReference[] = metadata.ownerReferences ?? [];
  const [owner] = owners;
  return {
    apiVersion,
    kind,
    metadata: meta(metadata),
    placement: placementOf(spec, owners),
    node: spec.nodeName ?? '',
    owner: owner === undefined ? '' : `${owner.kind}/${owner.name}`,
    over: status?.phase === 'Succeeded' || status?.phase === 'Failed',
  };
}

export function volumeView(object: KubeObject): Volume {
  const { apiVersion, kind, metadata, spec } = object as Raw & {
    spec?: { claimRef?: { namespace?: string; name?: string } };
  };
  return {
    apiVersion,
    kind,
    metadata: meta(metadata),
    places: placesOf(object),
    claimedFrom: spec?.claimRef?.namespace ?? '',
    claim: spec?.claimRef?.name ?? '',
  };
}

export function nodeView(object: KubeObject): ClusterNode {
  const { apiVersion, kind, metadata, spec } = object as Raw & { spec?: { providerID?: string } };
  const id = spec?.providerID?.startsWith('aws://') ? (spec.providerID.split('/').at(-1) ?? '') : '';
  return { apiVersion, kind, metadata: meta(metadata), region: metadata.labels?.[REGION_KEY] ?? '', instance: id };
}
