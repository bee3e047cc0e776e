/** Judges what runs: pods by where they may go and where they are, volumes by where they lie. Pure. */
import type { InstanceFacts } from './inventory.ts';
import { keyOf } from './kube/objects.ts';
import { type Fault, podFaults, volumeFaults } from './residency.ts';
import type { ClusterNode, RunningPod, Volume } from './running.ts';
import { actionAt, type SovereignPolicy } from './sovereign-policy.ts';
import type { Violation } from './sovereignty.contract.ts';

export interface Estate {
  readonly policies: Iterable<SovereignPolicy>;
  readonly pods: Iterable<RunningPod>;
  readonly volumes: Iterable<Volume>;
  readonly node: (name: string) => ClusterNode | undefined;
  /** What Elava's own inventory knows of an instance. */
  readonly instance: (id: string) => InstanceFacts | undefined;
}

/** Every violation of a policy that enforces something at `now`. */
export function violationsIn(estate: Estate, now: number): Violation[] {
  const byTarget = Map.groupBy(
    [...estate.policies].filter(
      ({ metadata, spec }) => metadata.deletionTimestamp === undefined && actionAt(spec, now) !== 'none',
    ),
    ({ spec }) => spec.targetNamespace,
  );
  const found: Violation[] = [];
  for (const pod of estate.pods) {
    if (pod.over) continue;
    for (const policy of byTarget.get(pod.metadata.namespace ?? '') ?? [])
      found.push(...ofPod(pod, policy, estate, now));
  }
  for (const volume of estate.volumes) {
    for (const policy of byTarget.get(volume.claimedFrom) ?? []) found.push(...ofVolume(volume, policy, now));
  }
  return found;
}

interface Where {
  readonly node: string;
  readonly region: string;
  readonly account: string;
}

function ofPod(pod: RunningPod, policy: SovereignPolicy, estate: Estate, now: number): Violation[] {
  const regions = policy.spec.allowedRegions;
  const node = estate.node(pod.node);
  const facts = node ? estate.instance(node.instance) : undefined;
  const region = facts?.region ?? node?.region ?? '';
  const where: Where = { node: pod.node, region, account: facts?.account ?? '' };
  const faults = [...podFaults(pod.placement, regions), ...placeFaults(node, facts, regions)];
  return faults.map((fault) => violation(pod, policy, { fault, where, now }));
}

/** The node's label is what the scheduler believes; the inventory knows where the instance really is. */
function placeFaults(
  node: ClusterNode | undefined,
  facts: InstanceFacts | undefined,
  regions: readonly string[],
): Fault[] {
  if (!node) return [];
  const name = node.metadata.name;
  if (facts && facts.region !== node.region) {
    const text = `node ${name} is labelled ${node.region || 'with no region'}, but its instance ${node.instance} is in ${facts.region} of account ${facts.account}`;
    return [{ code: regions.includes(facts.region) ? 'node-mislabelled' : 'running-outside', text }];
  }
  const region = facts?.region ?? node.region;
  if (region === '' || regions.includes(region)) return [];
  return [{ code: 'running-outside', text: `it runs on node ${name} in ${region}` }];
}

function ofVolume(volume: Volume, policy: SovereignPolicy, now: number): Violation[] {
  const region = volume.places[0]?.value ?? '';
  const where: Where = { node: '', region, account: '' };
  const { targetNamespace, allowedRegions } = policy.spec;
  return volumeFaults(volume.places, targetNamespace, allowedRegions).map((fault) =>
    violation(volume, policy, { fault, where, now }),
  );
}

interface Found {
  readonly fault: Fault;
  readonly where: Where;
  readonly now: number;
}

function violation(
  { kind, metadata }: RunningPod | Volume,
  policy: SovereignPolicy,
  { fault, where, now }: Found,
): Violation {
  return {
    policy: keyOf(policy.metadata),
    action: actionAt(policy.spec, now),
    kind,
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    fault: fault.code,
    message: fault.text,
    ...where,
  };
}

/** Tells one violation from another across scans. */
export function violationKey({ policy, kind, namespace, name, fault }: Violation): string {
  return [policy, kind, namespace, name, fault].join('|');
}
