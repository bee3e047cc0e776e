import type { NatGateway } from '@aws-sdk/client-ec2';
import { common, entityOf, named } from '../common.ts';
import type { Entity, Kind } from '../entity.ts';
import { longId } from '../ids.ts';
import { tagList } from '../tags.ts';
import { each, ec2TagCalls } from '../trail/step.ts';
import { addressOf } from './elastic-ip.ts';
import { subnetAt } from './network.ts';

export interface NatGatewayEntity extends Entity {
  readonly subnet: string;
  readonly vpc: string;
  readonly allocation: string;
  readonly address: string;
  readonly interface: string;
  readonly privateAddress: string;
}

/** A gateway of a slot holds the address and the interface of the same slot, as far as there are some. */
export const natGateway: Kind<NatGatewayEntity> = {
  type: 'nat_gateway',
  generate(view, unit, slot) {
    const made = common(view, unit, slot);
    const name = `${made.service}-nat`;
    const addresses = view.sibling(unit, 'eip');
    const interfaces = view.sibling(unit, 'eni');
    return {
      ...entityOf({ ...made, tags: named(made.tags, name) }, longId('nat', unit, slot), name),
      ...subnetAt(view, unit, slot),
      allocation: longId('eipalloc', addresses, slot),
      address: addressOf(addresses, slot),
      interface: longId('eni', interfaces, slot),
      privateAddress: `10.250.${(slot >> 8) & 255}.${slot & 255}`,
    };
  },
  arn: (unit, entity) => `arn:aws:ec2:${unit.region}:${unit.account.id}:natgateway/${entity.id}`,
  api: (_view, _unit, entity): NatGateway => ({
    CreateTime: new Date(entity.createdAt),
    NatGatewayAddresses: [
      {
        AllocationId: entity.allocation,
        NetworkInterfaceId: entity.interface,
        PrivateIp: entity.privateAddress,
        PublicIp: entity.address,
        IsPrimary: true,
        Status: 'succeeded',
      },
    ],
    NatGatewayId: entity.id,
    State: 'available',
    SubnetId: entity.subnet,
    VpcId: entity.vpc,
    Tags: tagList(entity.tags),
    ConnectivityType: 'public',
  }),
  problems: () => [],
  trail: {
    source: 'ec2.amazonaws.com',
    type: 'AWS::EC2::NatGateway',
    calls: {
      create: each(({ id, subnet, allocation }) => ({
        name: 'CreateNatGateway',
        request: { CreateNatGatewayRequest: { SubnetId: subnet, AllocationId: allocation } },
        response: {
          CreateNatGatewayResponse: { natGateway: { natGatewayId: id, subnetId: subnet, state: 'pending' } },
        },
      })),
      delete: each(({ id }) => ({
        name: 'DeleteNatGateway',
        request: { DeleteNatGatewayRequest: { NatGatewayId: id } },
        response: { DeleteNatGatewayResponse: { natGatewayId: id } },
      })),
      ...ec2TagCalls(),
    },
  },
  mutations: {},
  keeps: () => 'routes lead through it',
};
