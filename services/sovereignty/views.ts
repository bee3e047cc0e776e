/** Policies as the role's actions show them. Pure. */
import type { SovereignPolicy } from './sovereign-policy.ts';
import type { PolicyView } from './sovereignty.contract.ts';

export function phasesOf(policies: readonly SovereignPolicy[]): Record<string, number> {
  const phases: Record<string, number> = { Pending: 0, Active: 0, Failed: 0, Expired: 0 };
  for (const { status } of policies) {
    const phase = status?.phase ?? 'Pending';
    phases[phase] = (phases[phase] ?? 0) + 1;
  }
  return phases;
}

export function viewOf({ metadata, spec, status = {} }: SovereignPolicy): PolicyView {
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
  };
}
