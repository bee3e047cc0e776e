/**
 * The residency rule for what already runs: the same faults as deploy/gatekeeper/geo-residency.rego gives in an audit,
 * which a property test holds it to. In TypeScript, so that a scan of thousands of pods needs no policy engine.
 */
import type { OwnerReference } from './kube/objects.ts';

export const REGION_KEY = 'topology.kubernetes.io/region';

export interface Expression {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[];
}
export interface Term {
  readonly matchExpressions?: readonly Expression[];
}
/** What of a pod's spec says where it may run. */
export interface Placement {
  /** nodeSelector's region. */
  readonly selected?: string;
  readonly terms: readonly Term[];
  readonly ownedByDaemonSet: boolean;
}
/** What of a volume says where it is. */
export interface Place {
  readonly key: string;
  readonly value: string;
}
export interface Fault {
  readonly code: string;
  readonly text: string;
}

interface PodSpec {
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly affinity?: {
    readonly nodeAffinity?: {
      readonly requiredDuringSchedulingIgnoredDuringExecution?: { readonly nodeSelectorTerms?: readonly Term[] };
    };
  };
}

export function placementOf(spec: PodSpec, owners: readonly OwnerReference[] = []): Placement {
  const selected = spec.nodeSelector?.[REGION_KEY];
  return {
    ...(selected === undefined ? {} : { selected }),
    terms: spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [],
    ownedByDaemonSet: owners.some(({ kind, controller }) => kind === 'DaemonSet' && controller === true),
  };
}

/** Why a pod with this placement is not held in the regions. */
export function podFaults({ selected, terms, ownedByDaemonSet }: Placement, regions: readonly string[]): Fault[] {
  const wanted = `[${regions.toSorted().join(', ')}]`;
  if (selected !== undefined && regions.includes(selected)) return [];
  const faults: Fault[] = [];
  if (selected !== undefined) {
    const text = `spec.nodeSelector asks for region "${selected}"; set ${REGION_KEY} to one of ${wanted}`;
    faults.push({ code: 'node-selector', text });
  }
  if (ownedByDaemonSet) return faults;
  if (terms.length === 0) {
    const path = 'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0]';
    const text = `it has no required node affinity; add ${path}.matchExpressions: {key: ${REGION_KEY}, operator: In, values: ${wanted}}`;
    faults.push({ code: 'no-affinity', text });
  }
  for (const [i, term] of terms.entries()) {
    if (holds(term, regions)) continue;
    const need = `terms are alternatives, so each needs {key: ${REGION_KEY}, operator: In, values: ${wanted}}`;
    faults.push({ code: 'affinity-term', text: `nodeSelectorTerms[${i}] ${reasonOf(term, regions)}; ${need}` });
  }
  return faults;
}

function aboutRegion({ matchExpressions = [] }: Term): readonly Expression[] {
  return matchExpressions.filter(({ key }) => key === REGION_KEY);
}

function holds(term: Term, regions: readonly string[]): boolean {
  return aboutRegion(term).some(
    ({ operator, values = [] }) =>
      operator === 'In' && values.length > 0 && values.every((one) => regions.includes(one)),
  );
}

function reasonOf(term: Term, regions: readonly string[]): string {
  const expressions = aboutRegion(term);
  if (expressions.length === 0) return 'names no region';
  const lists = expressions.filter(({ operator }) => operator === 'In');
  if (lists.length === 0) {
    const operators = [...new Set(expressions.map(({ operator }) => operator))].toSorted().join(', ');
    return `names regions by ${operators} only, which is not a list of allowed ones`;
  }
  const outside = new Set(lists.flatMap(({ values = [] }) => values).filter((one) => !regions.includes(one)));
  return outside.size === 0 ? 'names an empty list of regions' : `allows ${[...outside].toSorted().join(', ')}`;
}

interface VolumeLike {
  readonly metadata: { readonly labels?: Readonly<Record<string, string>> };
  readonly spec?: { readonly nodeAffinity?: { readonly required?: { readonly nodeSelectorTerms?: readonly Term[] } } };
}

const isPlace = (key: string): boolean => key.endsWith('/region') || key.endsWith('/zone');

/** Every place that a volume names, by label or by node affinity. A zone label may hold several, joined by "__". */
export function placesOf({ metadata, spec }: VolumeLike): Place[] {
  const labelled = Object.entries(metadata.labels ?? {})
    .filter(([key]) => isPlace(key))
    .flatMap(([key, values]) => values.split('__').map((value) => ({ key, value })));
  const affine = (spec?.nodeAffinity?.required?.nodeSelectorTerms ?? [])
    .flatMap(({ matchExpressions = [] }) => matchExpressions)
    .filter(({ key, operator }) => isPlace(key) && operator === 'In')
    .flatMap(({ key, values = [] }) => values.map((value) => ({ key, value })));
  const unique = new Map([...labelled, ...affine].map((place) => [`${place.key}=${place.value}`, place]));
  return [...unique.values()];
}

/** Why a volume that is claimed from `namespace` is not in the regions. */
export function volumeFaults(places: readonly Place[], namespace: string, regions: readonly string[]): Fault[] {
  const wanted = `[${regions.toSorted().join(', ')}]`;
  return places
    .filter(({ value }) => !regions.some((region) => isIn(value, region)))
    .map(({ key, value }) => ({
      code: 'volume-place',
      text: `it lies in ${value} (${key}), and is claimed from namespace ${namespace}; use a volume in one of ${wanted}`,
    }));
}

/** eu-central-1a, us-east-1-bos-1a and europe-west1-b begin with their region; us-east-12a is not of us-east-1. */
function isIn(place: string, region: string): boolean {
  return place.startsWith(region) && /^(?:-.*|[a-z])?$/s.test(place.slice(region.length));
}
