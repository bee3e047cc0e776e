/** Names of an account-region's network, computable without looking: the default VPC, its zones and subnets, and the others. */
import type { View } from '../entity.ts';
import type { Unit } from '../estate.ts';
import { longId, looseId } from '../ids.ts';

/** The default VPC, in slot 0 of the type. */
export function vpcId(unit: Unit): string {
  return looseId('vpc', unit.account.id, unit.region);
}

export function zoneName(unit: Unit, index: number): string {
  return `${unit.region}${'abc'[index % 3]}`;
}

/** A subnet of the default VPC, one a zone, in the first three slots of the type. */
export function subnetId(unit: Unit, zone: number): string {
  return looseId('subnet', unit.account.id, unit.region, zone % 3);
}

/** The VPC in a slot. */
export function vpcAt(view: View, unit: Unit, slot: number): string {
  return slot === 0 ? vpcId(unit) : longId('vpc', view.sibling(unit, 'vpc'), slot);
}

/** The slot of the VPC that a subnet's slot belongs to. */
export function vpcOfSubnet(view: View, unit: Unit, slot: number): number {
  const { count } = view.sibling(unit, 'vpc');
  return slot < 3 || count < 2 ? 0 : 1 + ((slot - 3) % (count - 1));
}

/** The subnet in a slot, with its VPC. Without subnets in the estate, the default VPC's. */
export function subnetAt(view: View, unit: Unit, slot: number): { readonly subnet: string; readonly vpc: string } {
  const subnets = view.sibling(unit, 'subnet');
  const at = subnets.count > 0 ? slot % subnets.count : slot % 3;
  const subnet = at < 3 ? subnetId(unit, at) : longId('subnet', subnets, at);
  return { subnet, vpc: vpcAt(view, unit, vpcOfSubnet(view, unit, at)) };
}
