import type { NetworkInterface } from '@aws-sdk/client-ec2';
import { common, entityOf, named } from '../common.ts';
import type { Entity, Kind, View } from '../entity.ts';
import type { Unit } from '../estate.ts';
import { longId } from '../ids.ts';
import { tagList } from '../tags.ts';
import { each, ec2TagCalls, items } from '../trail/step.ts';
import { addressOf, isBound } from './elastic-ip.ts';
import { subnetAt, zoneName } from './network.ts';
import { groupRef } from './security-group.ts';

export interface InterfaceEntity extends Entity {
  readonly kind: 'nat_gateway' | 'interface' | 'lambda';
  readonly attached: boolean;
  readonly description: string;
  readonly subnet: string;
  readonly vpc: string;
  readonly address: string;
  /** "" without a public one. */
  readonly publicAddress: string;
  readonly allocation: string;
  readonly groups: readonly { readonly GroupId: string; readonly GroupName: string }[];
}

/** The first ones are the NAT gateways': AWS makes and keeps them. */
export const networkInterface: Kind<InterfaceEntity> = {
  type: 'eni',
  generate(view, unit, slot) {
    const made = common(view, unit, slot);
    const gateways = view.sibling(unit, 'nat_gateway');
    const id = longId('eni', unit, slot);
    const place = { ...subnetAt(view, unit, slot), ...addressesOf(view, unit, slot) };
    if (slot < gateways.count) {
      const description = `Interface for NAT Gateway ${longId('nat', gateways, slot)}`;
      const own = { ...entityOf(made, id, ''), tags: {}, awsOwned: true };
      return { ...own, ...place, kind: 'nat_gateway', attached: true, description, groups: [] };
    }
    const attached = place.publicAddress !== '' || made.dice.chance(0.7);
    const name = `${made.service}-eni`;
    const groups = view.sibling(unit, 'security_group');
    return {
      ...entityOf({ ...made, tags: named(made.tags, name) }, id, name),
      ...place,
      kind: attached && made.dice.chance(0.5) ? 'lambda' : 'interface',
      attached,
      description: `Used by ${made.service}`,
      groups: groups.count > 0 ? [groupRef(view, unit, made.dice.below(groups.count))] : [],
    };
  },
  arn: (unit, entity) => `arn:aws:ec2:${unit.region}:${unit.account.id}:network-interface/${entity.id}`,
  api: (_view, unit, entity) => describe(unit, entity),
  problems: (_view, _unit, entity) => (entity.attached ? [] : ['unattached_interface']),
  trail: {
    source: 'ec2.amazonaws.com',
    type: 'AWS::EC2::NetworkInterface',
    calls: {
      create: each(({ id, subnet, description, groups }) => ({
        name: 'CreateNetworkInterface',
        request: {
          subnetId: subnet,
          description,
          groupSet: items(groups.map(({ GroupId }) => ({ groupId: GroupId }))),
        },
        response: { networkInterface: { networkInterfaceId: id, subnetId: subnet, status: 'pending' } },
      })),
      delete: each(({ id }) => ({
        name: 'DeleteNetworkInterface',
        request: { networkInterfaceId: id },
        response: { _return: true },
      })),
      ...ec2TagCalls(),
    },
  },
  mutations: {},
  fresh: () => ({ attached: false, kind: 'interface', publicAddress: '', allocation: '' }),
  keeps: ({ attached }) => (attached ? 'it is in use' : undefined),
};

function addressesOf(view: View, unit: Unit, slot: number) {
  const addresses = view.sibling(unit, 'eip');
  const bound = isBound(slot, view.sibling(unit, 'nat_gateway').count) && slot < addresses.count && slot < unit.count;
  return {
    address: `10.250.${(slot >> 8) & 255}.${slot & 255}`,
    publicAddress: bound ? addressOf(addresses, slot) : '',
    allocation: bound ? longId('eipalloc', addresses, slot) : '',
  };
}

function describe(unit: Unit, entity: InterfaceEntity): NetworkInterface {
  const association =
    entity.publicAddress === ''
      ? {}
      : {
          Association: {
            AllocationId: entity.allocation,
            AssociationId: entity.allocation.replace('eipalloc', 'eipassoc'),
            IpOwnerId: unit.account.id,
            PublicIp: entity.publicAddress,
          },
        };
  return {
    ...association,
    ...(entity.attached ? { Attachment: attachment(entity) } : {}),
    AvailabilityZone: zoneName(unit, entity.slot % 3),
    Description: entity.description,
    Groups: entity.groups.map((group) => ({ ...group })),
    // EC2 says nat_gateway, though its model says natGateway.
    InterfaceType: entity.kind as NonNullable<NetworkInterface['InterfaceType']>,
    NetworkInterfaceId: entity.id,
    OwnerId: unit.account.id,
    PrivateIpAddress: entity.address,
    RequesterManaged: entity.kind !== 'interface',
    SourceDestCheck: entity.kind !== 'nat_gateway',
    Status: entity.attached ? 'in-use' : 'available',
    SubnetId: entity.subnet,
    TagSet: tagList(entity.tags),
    VpcId: entity.vpc,
  };
}

function attachment({ id }: InterfaceEntity) {
  return {
    AttachmentId: id.replace('eni', 'eni-attach'),
    DeleteOnTermination: false,
    DeviceIndex: 1,
    InstanceOwnerId: 'amazon-aws',
    Status: 'attached' as const,
  };
}
