import type { Address } from '@aws-sdk/client-ec2';
import { common, entityOf, named } from '../common.ts';
import type { Entity, Kind } from '../entity.ts';
import type { Unit } from '../estate.ts';
import { longId } from '../ids.ts';
import { mix } from '../random.ts';
import { tagList } from '../tags.ts';
import { each, ec2TagCalls, tagSpecification } from '../trail/step.ts';

export interface AddressEntity extends Entity {
  readonly address: string;
  /** The interface that it is bound to, "" while nothing uses it. */
  readonly interface: string;
  readonly privateAddress: string;
}

/** The address of a slot belongs to the interface of the same slot; of those that no gateway holds, every other one. */
export const elasticIp: Kind<AddressEntity> = {
  type: 'eip',
  generate(view, unit, slot) {
    const made = common(view, unit, slot);
    const name = `${made.service}-egress`;
    const interfaces = view.sibling(unit, 'eni');
    const bound = isBound(slot, view.sibling(unit, 'nat_gateway').count);
    const used = bound && slot < Math.min(unit.count, interfaces.count);
    return {
      ...entityOf({ ...made, tags: named(made.tags, name) }, longId('eipalloc', unit, slot), name),
      address: addressOf(unit, slot),
      interface: used ? longId('eni', interfaces, slot) : '',
      privateAddress: `10.250.${(slot >> 8) & 255}.${slot & 255}`,
    };
  },
  arn: (unit, entity) => `arn:aws:ec2:${unit.region}:${unit.account.id}:elastic-ip/${entity.id}`,
  api: (_view, unit, entity): Address => ({
    AllocationId: entity.id,
    ...(entity.interface === ''
      ? {}
      : {
          AssociationId: entity.id.replace('eipalloc', 'eipassoc'),
          NetworkInterfaceId: entity.interface,
          NetworkInterfaceOwnerId: unit.account.id,
          PrivateIpAddress: entity.privateAddress,
        }),
    Domain: 'vpc',
    Tags: tagList(entity.tags),
    PublicIpv4Pool: 'amazon',
    NetworkBorderGroup: unit.region,
    PublicIp: entity.address,
  }),
  problems: (_view, _unit, entity) => (entity.interface === '' ? ['unassociated_address'] : []),
  trail: {
    source: 'ec2.amazonaws.com',
    type: 'AWS::EC2::EIP',
    calls: {
      create: each(({ id, address, tags }) => ({
        name: 'AllocateAddress',
        request: { domain: 'vpc', ...tagSpecification('elastic-ip', tags) },
        response: { publicIp: address, domain: 'vpc', allocationId: id },
      })),
      delete: each(({ id }) => ({
        name: 'ReleaseAddress',
        request: { allocationId: id },
        response: { _return: true },
      })),
      ...ec2TagCalls(),
    },
  },
  mutations: {},
  fresh: () => ({ interface: '' }),
  keeps: ({ interface: held }) => (held === '' ? undefined : `it is bound to ${held}`),
};

/** Whether the address and the interface of a slot are bound. */
export function isBound(slot: number, gateways: number): boolean {
  return slot < gateways || (slot - gateways) % 2 === 0;
}

/** From a range of documentation networks, so that no one's address is shown. */
export function addressOf(unit: Unit, slot: number): string {
  const h = mix(unit.hash, slot ^ 0xe1b);
  return `198.${18 + (h & 1)}.${(h >>> 8) & 255}.${(h >>> 16) & 255}`;
}
