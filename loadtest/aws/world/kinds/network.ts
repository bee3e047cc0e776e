/** The default VPC of an account-region and its zones; only ids, the world models no network. */
import type { Unit } from '../estate.ts';
import { looseId } from '../ids.ts';

export function vpcId(unit: Unit): string {
  return looseId('vpc', unit.account.id, unit.region);
}

export function zoneName(unit: Unit, index: number): string {
  return `${unit.region}${'abc'[index % 3]}`;
}

export function subnetId(unit: Unit, zone: number): string {
  return looseId('subnet', unit.account.id, unit.region, zone % 3);
}
