import type { Cluster } from '@aws-sdk/client-eks';
import { common, entityOf } from '../common.ts';
import type { Entity, Kind } from '../entity.ts';
import { looseId, slotSuffix } from '../ids.ts';
import { each, tagCalls } from '../trail/step.ts';
import { subnetId, vpcId } from './network.ts';
import { roleRef } from './role.ts';
import { groupRef } from './security-group.ts';

export interface EksClusterEntity extends Entity {
  readonly version: string;
  readonly role: string;
  readonly group: string;
  /** Whether the API server can be reached from anywhere. */
  readonly open: boolean;
  readonly logs: boolean;
}

const versions = ['1.28', '1.31', '1.32', '1.33'] as const;
/** Out of standard support. */
const outdated: readonly string[] = ['1.28'];

export const eksCluster: Kind<EksClusterEntity> = {
  type: 'eks',
  generate(view, unit, slot) {
    const made = common(view, unit, slot);
    const { dice } = made;
    const name = `${made.environment}-${made.team}-${slotSuffix(unit, slot)}`;
    const groups = view.sibling(unit, 'security_group').count;
    return {
      ...entityOf(made, name, name),
      version: dice.pick(versions),
      role: roleRef(view, unit, 'ec2.amazonaws.com', dice),
      group: groupRef(view, unit, dice.below(groups)).GroupId,
      open: dice.chance(0.3),
      logs: dice.chance(0.5),
    };
  },
  arn: (unit, entity) => `arn:aws:eks:${unit.region}:${unit.account.id}:cluster/${entity.id}`,
  api: (_view, unit, entity): Cluster => ({
    name: entity.id,
    arn: eksCluster.arn(unit, entity),
    createdAt: new Date(entity.createdAt),
    version: entity.version,
    endpoint: `https://${looseId('', unit.key, entity.slot).slice(2).toUpperCase()}.gr7.${unit.region}.eks.amazonaws.com`,
    roleArn: `arn:aws:iam::${unit.account.id}:role/${entity.role || 'missing'}`,
    resourcesVpcConfig: {
      subnetIds: [0, 1, 2].map((zone) => subnetId(unit, zone)),
      securityGroupIds: [entity.group],
      vpcId: vpcId(unit),
      endpointPublicAccess: entity.open,
      endpointPrivateAccess: true,
      publicAccessCidrs: entity.open ? ['0.0.0.0/0'] : [],
    },
    logging: { clusterLogging: [{ types: ['api', 'audit'], enabled: entity.logs }] },
    status: 'ACTIVE',
    platformVersion: 'eks.9',
    tags: { ...entity.tags },
    deletionProtection: false,
  }),
  problems: (_view, _unit, { open, version }) => [
    ...(open ? ['public_cluster' as const] : []),
    ...(outdated.includes(version) ? ['outdated_cluster' as const] : []),
  ],
  trail: {
    source: 'eks.amazonaws.com',
    type: 'AWS::EKS::Cluster',
    calls: {
      create: each(({ id, version, tags }, { arn }) => ({
        name: 'CreateCluster',
        request: { name: id, version, tags },
        response: { cluster: { name: id, arn, status: 'CREATING' } },
      })),
      delete: each(({ id }, { arn }) => ({
        name: 'DeleteCluster',
        request: { name: id },
        response: { cluster: { name: id, arn, status: 'DELETING' } },
      })),
      upgrade: each(({ id, version }) => ({ name: 'UpdateClusterVersion', request: { name: id, version } })),
      publish: each(({ id }) => access(id, true)),
      hide: each(({ id }) => access(id, false)),
      ...tagCalls({
        tag: 'TagResource',
        untag: 'UntagResource',
        by: 'resourceArn',
        ref: (entity: EksClusterEntity, unit) => eksCluster.arn(unit, entity),
        form: 'map',
      }),
    },
  },
  mutations: {
    upgrade: ({ version }) => {
      const next = versions[versions.indexOf(version as (typeof versions)[number]) + 1];
      return next && { version: next };
    },
    publish: ({ open }) => (open ? undefined : { open: true }),
    hide: ({ open }) => (open ? { open: false } : undefined),
  },
};

function access(name: string, endpointPublicAccess: boolean) {
  const request = { name, resourcesVpcConfig: { endpointPublicAccess } };
  return {
    name: 'UpdateClusterConfig',
    request,
    response: { update: { status: 'InProgress', type: 'EndpointAccessUpdate' } },
  };
}
