/** The operator as the role's actions and metrics show it. */
import type { Metrics } from '../../lib/metrics.ts';
import { marksOf } from './marks.ts';
import type { Operator } from './operator.ts';
import type { SovereignPolicy } from './sovereign-policy.ts';
import type { PolicyView } from './sovereignty.contract.ts';

function phasesOf(policies: readonly SovereignPolicy[]): Record<string, number> {
  const phases: Record<string, number> = { Pending: 0, Active: 0, Failed: 0, Expired: 0 };
  for (const { status } of policies) {
    const phase = status?.phase ?? 'Pending';
    phases[phase] = (phases[phase] ?? 0) + 1;
  }
  return phases;
}

/** `now` in milliseconds: an expired policy sets no labels. */
export function viewOf(policy: SovereignPolicy, now: number): PolicyView {
  const { metadata, spec, status = {} } = policy;
  return {
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    target: spec.targetNamespace,
    regions: [...spec.allowedRegions],
    action: spec.enforcementAction ?? 'deny',
    phase: status.phase ?? 'Pending',
    message: status.message ?? '',
    violations: status.violations ?? 0,
    expires: spec.expiryDate ?? '',
    updated: status.lastUpdated ?? '',
    labels: { ...marksOf([policy], now)?.labels },
  };
}

/** Of a role that has not started yet too. */
export function statusOf(operator: Operator | undefined) {
  if (!operator) return { leading: false, engine: '', fault: 'not started', phases: phasesOf([]), waiting: 0 };
  const { lease, engine, policies, depth } = operator;
  return {
    leading: lease.leading,
    engine: engine.engine ?? '',
    fault: engine.fault,
    phases: phasesOf([...policies.values()]),
    waiting: depth,
  };
}

export function collectInto(metrics: Metrics, operator: Operator): void {
  const { phases, waiting, leading } = statusOf(operator);
  metrics.sovereigntyPolicies.reset();
  for (const [phase, count] of Object.entries(phases)) metrics.sovereigntyPolicies.set({ phase }, count);
  metrics.sovereigntyQueue.set(waiting);
  metrics.sovereigntyLeader.set(Number(leading));
}
