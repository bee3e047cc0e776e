/** How often each region is allowed and violated. Pure. */
import type { SovereigntyAnswer } from './answers.ts';

export interface MarkedRegion {
  readonly region: string;
  /** Policies that allow it. */
  readonly policies: number;
  readonly violations: number;
}

export function regionsOf(
  policies: SovereigntyAnswer['policies'],
  violations: SovereigntyAnswer['violations'],
): MarkedRegion[] {
  const regions = new Set([...policies.flatMap((policy) => policy.regions), ...violations.map(({ region }) => region)]);
  return [...regions]
    .filter((region) => region !== '')
    .map((region) => ({
      region,
      policies: policies.filter((policy) => policy.regions.includes(region)).length,
      violations: violations.filter((one) => one.region === region).length,
    }))
    .toSorted((a, b) => b.policies - a.policies || (a.region < b.region ? -1 : 1));
}
