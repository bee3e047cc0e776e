/** The marks on a target namespace: which regions are allowed, by which policy, how strictly. Pure. */
import type { ObjectMeta } from './kube/objects.ts';
import { keyOf } from './kube/objects.ts';
import { type Action, actionAt, type SovereignPolicy } from './sovereign-policy.ts';

export interface Marks {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

const name = (mark: string): string => `compliance.gov/${mark}`;
/** An instant and a comma list are no valid label values, so these two are annotations. */
const REGIONS = name('allowed-regions');
export const UPDATED_AT = name('updated-at');
const POLICY_NAME = name('policy-name');
const POLICY_NAMESPACE = name('policy-namespace');
const ACTION = name('enforcement-action');
const OTHERS = name('other-policies');
const ENDED_AT = name('ended-at');
/** One label a region, so that namespaces can be selected by it. */
const REGION_PREFIX = name('region.');

const strength: Readonly<Record<Action | 'none', number>> = { deny: 4, custom: 3, warn: 2, dryrun: 1, none: 0 };

/** The oldest first; of two of one second, by name. It owns the marks. */
function bySeniority(a: SovereignPolicy, b: SovereignPolicy): number {
  const [left, right] = [a, b].map((one) => Date.parse(one.metadata.creationTimestamp ?? '') || 0);
  const [first, second] = [keyOf(a.metadata), keyOf(b.metadata)];
  return (left ?? 0) - (right ?? 0) || (first < second ? -1 : Number(first > second));
}

/**
 * What a namespace's marks should be when `policies` are in force on it: the strongest action among them, and the
 * regions that all policies with that action allow. Undefined without a policy that enforces anything.
 */
export function marksOf(policies: readonly SovereignPolicy[], now: number): Marks | undefined {
  const standing = policies.filter((one) => actionAt(one.spec, now) !== 'none').toSorted(bySeniority);
  const [owner, ...others] = standing;
  if (!owner) return undefined;
  const action = strongest(standing.map((one) => actionAt(one.spec, now)));
  const deciding = standing.filter((one) => actionAt(one.spec, now) === action);
  const regions = intersection(deciding.map((one) => one.spec.allowedRegions));
  return {
    labels: {
      [POLICY_NAME]: owner.metadata.name,
      [POLICY_NAMESPACE]: owner.metadata.namespace ?? '',
      [ACTION]: action,
      ...Object.fromEntries(regions.map((region) => [`${REGION_PREFIX}${region}`, 'true'])),
    },
    annotations: {
      [REGIONS]: regions.join(','),
      ...(others.length > 0 ? { [OTHERS]: others.map((one) => keyOf(one.metadata)).join(',') } : {}),
    },
  };
}

function strongest(actions: readonly (Action | 'none')[]): Action | 'none' {
  return actions.reduce((a, b) => (strength[a] >= strength[b] ? a : b), 'none');
}

/** Sorted, so that the order in a spec changes nothing. */
export function intersection(lists: readonly (readonly string[])[]): string[] {
  const [first = [], ...rest] = lists;
  return [...new Set(first)].filter((one) => rest.every((list) => list.includes(one))).toSorted();
}

/** Whether a namespace already has exactly these marks, the instant aside. */
export function hasMarks(metadata: ObjectMeta, marks: Marks): boolean {
  const labels = ours(metadata.labels, [POLICY_NAME, POLICY_NAMESPACE, ACTION]);
  const annotations = ours(metadata.annotations, [REGIONS, OTHERS, ENDED_AT]);
  return same(labels, marks.labels) && same(annotations, marks.annotations);
}

function ours(all: Readonly<Record<string, string>> = {}, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(all).filter(([key]) => names.includes(key) || key.startsWith(REGION_PREFIX)),
  );
}

function same(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}

/** The marks of a policy that is gone are kept as a trail; this says since when nothing stands behind them. */
export function endedMarks(metadata: ObjectMeta, policy: SovereignPolicy, at: string): Marks | undefined {
  const { labels = {}, annotations = {} } = metadata;
  const mine = labels[POLICY_NAME] === policy.metadata.name && labels[POLICY_NAMESPACE] === policy.metadata.namespace;
  if (!mine || annotations[ENDED_AT] !== undefined) return undefined;
  return {
    labels: ours(labels, [POLICY_NAME, POLICY_NAMESPACE, ACTION]),
    annotations: { ...ours(annotations, [REGIONS, OTHERS, UPDATED_AT]), [ENDED_AT]: at },
  };
}
