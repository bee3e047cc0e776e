import type { LoadBalancerDescription } from '@aws-sdk/client-elastic-load-balancing';
import { common, entityOf } from '../common.ts';
import type { Entity, Kind } from '../entity.ts';
import { longId, slotSuffix } from '../ids.ts';
import { each, tagCalls } from '../trail/step.ts';
import { subnetId, vpcId, zoneName } from './network.ts';
import { groupRef } from './security-group.ts';

export interface ClassicLoadBalancerEntity extends Entity {
  readonly scheme: 'internet-facing' | 'internal';
  readonly group: { readonly GroupId: string; readonly GroupName: string };
  readonly instances: readonly string[];
  readonly port: number;
}

export const classicLoadBalancer: Kind<ClassicLoadBalancerEntity> = {
  type: 'elb_classic',
  generate(view, unit, slot) {
    const made = common(view, unit, slot);
    const { dice } = made;
    const name = `${made.service}-${slotSuffix(unit, slot)}`.slice(-32);
    const groups = view.sibling(unit, 'security_group').count;
    const instances = view.sibling(unit, 'ec2');
    const idle = instances.count === 0 || dice.chance(0.2);
    return {
      ...entityOf(made, name, name),
      scheme: dice.chance(0.5) ? 'internet-facing' : 'internal',
      group: groupRef(view, unit, dice.below(groups)),
      instances: idle ? [] : [longId('i', instances, dice.below(instances.count))],
      port: dice.pick([80, 443]),
    };
  },
  arn: (unit, entity) => `arn:aws:elasticloadbalancing:${unit.region}:${unit.account.id}:loadbalancer/${entity.id}`,
  api: (_view, unit, entity): LoadBalancerDescription => ({
    LoadBalancerName: entity.id,
    DNSName: `${entity.id}-${entity.id.slice(-6)}.${unit.region}.elb.amazonaws.com`,
    CanonicalHostedZoneNameID: 'Z35SXDOTRQ7X7K',
    ListenerDescriptions: [
      {
        Listener: { Protocol: 'TCP', LoadBalancerPort: entity.port, InstanceProtocol: 'TCP', InstancePort: 8080 },
        PolicyNames: [],
      },
    ],
    BackendServerDescriptions: [],
    AvailabilityZones: [zoneName(unit, 0), zoneName(unit, 1)],
    Subnets: [subnetId(unit, 0), subnetId(unit, 1)],
    VPCId: vpcId(unit),
    Instances: entity.instances.map((InstanceId) => ({ InstanceId })),
    HealthCheck: { Target: 'TCP:8080', Interval: 30, Timeout: 5, UnhealthyThreshold: 2, HealthyThreshold: 10 },
    SourceSecurityGroup: { OwnerAlias: unit.account.id, GroupName: entity.group.GroupName },
    SecurityGroups: [entity.group.GroupId],
    CreatedTime: new Date(entity.createdAt),
    Scheme: entity.scheme,
  }),
  problems: (_view, _unit, entity) => (entity.instances.length === 0 ? ['idle_load_balancer'] : []),
  trail: {
    source: 'elasticloadbalancing.amazonaws.com',
    type: 'AWS::ElasticLoadBalancing::LoadBalancer',
    calls: {
      create: each(({ id, scheme }) => ({
        name: 'CreateLoadBalancer',
        request: { loadBalancerName: id, scheme },
        response: { dNSName: `${id}.elb.amazonaws.com` },
      })),
      delete: each(({ id }) => ({ name: 'DeleteLoadBalancer', request: { loadBalancerName: id } })),
      empty: each(({ id }, { before }) => ({
        name: 'DeregisterInstancesFromLoadBalancer',
        request: {
          loadBalancerName: id,
          instances: (before as ClassicLoadBalancerEntity).instances.map((instanceId) => ({ instanceId })),
        },
        response: { instances: [] },
      })),
      ...tagCalls({ tag: 'AddTags', untag: 'RemoveTags', by: 'loadBalancerNames', ref: ({ id }) => [id] }),
    },
  },
  mutations: {
    empty: ({ instances }) => (instances.length > 0 ? { instances: [] } : undefined),
  },
};
