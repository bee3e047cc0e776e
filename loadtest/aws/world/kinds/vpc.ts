import type { Vpc } from '@aws-sdk/client-ec2';
import { common, entityOf, named } from '../common.ts';
import type { Entity, Kind } from '../entity.ts';
import { tagList } from '../tags.ts';
import { each, ec2TagCalls, tagSpecification } from '../trail/step.ts';
import { vpcAt } from './network.ts';

export interface VpcEntity extends Entity {
  readonly cidr: string;
  readonly isDefault: boolean;
  readonly tenancy: 'default' | 'dedicated';
}

/** Slot 0 is the default VPC. */
export const vpc: Kind<VpcEntity> = {
  type: 'vpc',
  generate(view, unit, slot) {
    const made = common(view, unit, slot);
    const id = vpcAt(view, unit, slot);
    if (slot === 0) {
      const first = { ...entityOf(made, id, ''), createdAt: unit.account.joinedAt, tags: {}, awsOwned: true };
      return { ...first, cidr: '172.31.0.0/16', isDefault: true, tenancy: 'default' };
    }
    const name = `${made.environment}-${made.service}`;
    return {
      ...entityOf({ ...made, tags: named(made.tags, name) }, id, name),
      cidr: `10.${slot % 256}.0.0/16`,
      isDefault: false,
      tenancy: 'default',
    };
  },
  arn: (unit, entity) => `arn:aws:ec2:${unit.region}:${unit.account.id}:vpc/${entity.id}`,
  api: (_view, unit, entity): Vpc => ({
    OwnerId: unit.account.id,
    InstanceTenancy: entity.tenancy,
    Ipv6CidrBlockAssociationSet: [],
    CidrBlockAssociationSet: [
      {
        AssociationId: entity.id.replace('vpc', 'vpc-cidr-assoc'),
        CidrBlock: entity.cidr,
        CidrBlockState: { State: 'associated' },
      },
    ],
    IsDefault: entity.isDefault,
    Tags: tagList(entity.tags),
    VpcId: entity.id,
    State: 'available',
    CidrBlock: entity.cidr,
    DhcpOptionsId: entity.id.replace('vpc', 'dopt'),
  }),
  problems: () => [],
  trail: {
    source: 'ec2.amazonaws.com',
    type: 'AWS::EC2::VPC',
    calls: {
      create: each(({ id, cidr, tags }) => ({
        name: 'CreateVpc',
        request: { cidrBlock: cidr, instanceTenancy: 'default', ...tagSpecification('vpc', tags) },
        response: { vpc: { vpcId: id, state: 'pending', cidrBlock: cidr, isDefault: false } },
      })),
      delete: each(({ id }) => ({ name: 'DeleteVpc', request: { vpcId: id }, response: { _return: true } })),
      ...ec2TagCalls(),
    },
  },
  mutations: {},
  keeps: () => 'it has subnets',
};
