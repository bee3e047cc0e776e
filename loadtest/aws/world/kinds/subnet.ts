import type { Subnet } from '@aws-sdk/client-ec2';
import { common, entityOf, named } from '../common.ts';
import type { Entity, Kind } from '../entity.ts';
import { longId } from '../ids.ts';
import { tagList } from '../tags.ts';
import { each, ec2TagCalls, tagSpecification } from '../trail/step.ts';
import { subnetId, vpcAt, vpcOfSubnet, zoneName } from './network.ts';

export interface SubnetEntity extends Entity {
  readonly vpc: string;
  readonly zone: number;
  readonly cidr: string;
  readonly isDefault: boolean;
  /** Whether instances get a public address unasked. */
  readonly mapsPublic: boolean;
}

/** Slots 0 to 2 are the default VPC's, one a zone. */
export const subnet: Kind<SubnetEntity> = {
  type: 'subnet',
  generate(view, unit, slot) {
    const made = common(view, unit, slot);
    const id = slot < 3 ? subnetId(unit, slot) : longId('subnet', unit, slot);
    const place = { vpc: vpcAt(view, unit, vpcOfSubnet(view, unit, slot)), zone: slot % 3 };
    if (slot < 3) {
      const first = { ...entityOf(made, id, ''), createdAt: unit.account.joinedAt, tags: {}, awsOwned: true };
      return { ...first, ...place, cidr: `172.31.${slot * 16}.0/20`, isDefault: true, mapsPublic: true };
    }
    const open = made.dice.chance(0.25);
    const name = `${made.service}-${open ? 'public' : 'private'}-${'abc'[slot % 3]}`;
    return {
      ...entityOf({ ...made, tags: named(made.tags, name) }, id, name),
      ...place,
      cidr: `10.${vpcOfSubnet(view, unit, slot) % 256}.${slot % 256}.0/24`,
      isDefault: false,
      mapsPublic: open,
    };
  },
  arn: (unit, entity) => `arn:aws:ec2:${unit.region}:${unit.account.id}:subnet/${entity.id}`,
  api: (_view, unit, entity): Subnet => ({
    AvailabilityZoneId: `${unit.region.replace(/^(\w\w)\w*-(\w)\w*-(\d)$/, '$1$2$3')}-az${entity.zone + 1}`,
    MapCustomerOwnedIpOnLaunch: false,
    OwnerId: unit.account.id,
    AssignIpv6AddressOnCreation: false,
    Ipv6CidrBlockAssociationSet: [],
    Tags: tagList(entity.tags),
    SubnetArn: subnet.arn(unit, entity),
    EnableDns64: false,
    Ipv6Native: false,
    SubnetId: entity.id,
    State: 'available',
    VpcId: entity.vpc,
    CidrBlock: entity.cidr,
    AvailableIpAddressCount: entity.isDefault ? 4091 : 251,
    AvailabilityZone: zoneName(unit, entity.zone),
    DefaultForAz: entity.isDefault,
    MapPublicIpOnLaunch: entity.mapsPublic,
  }),
  problems: () => [],
  trail: {
    source: 'ec2.amazonaws.com',
    type: 'AWS::EC2::Subnet',
    calls: {
      create: each(({ id, vpc, cidr, tags }) => ({
        name: 'CreateSubnet',
        request: { vpcId: vpc, cidrBlock: cidr, ...tagSpecification('subnet', tags) },
        response: { subnet: { subnetId: id, state: 'available', vpcId: vpc, cidrBlock: cidr } },
      })),
      delete: each(({ id }) => ({ name: 'DeleteSubnet', request: { subnetId: id }, response: { _return: true } })),
      publish: each(({ id }) => mapping(id, true)),
      hide: each(({ id }) => mapping(id, false)),
      ...ec2TagCalls(),
    },
  },
  mutations: {
    publish: ({ mapsPublic }) => (mapsPublic ? undefined : { mapsPublic: true }),
    hide: ({ mapsPublic }) => (mapsPublic ? { mapsPublic: false } : undefined),
  },
  keeps: () => 'it has dependencies',
};

function mapping(subnetId: string, value: boolean) {
  const request = { subnetId, mapPublicIpOnLaunch: { value } };
  return { name: 'ModifySubnetAttribute', request, response: { _return: true } };
}
