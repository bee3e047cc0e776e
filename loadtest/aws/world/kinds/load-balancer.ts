import type { LoadBalancer } from '@aws-sdk/client-elastic-load-balancing-v2';
import { common, entityOf } from '../common.ts';
import type { Entity, Kind } from '../entity.ts';
import type { Unit } from '../estate.ts';
import { looseId, slotSuffix } from '../ids.ts';
import { mix } from '../random.ts';
import { each, tagCalls } from '../trail/step.ts';
import { services } from '../vocabulary.ts';
import { subnetId, vpcId, zoneName } from './network.ts';
import { groupRef } from './security-group.ts';

export interface LoadBalancerEntity extends Entity {
  readonly kind: 'application' | 'network';
  readonly scheme: 'internet-facing' | 'internal';
  readonly groups: readonly string[];
  readonly dualStack: boolean;
}

/** An id is what the ARN ends in: `app/name/0123456789abcdef`. */
export const loadBalancer: Kind<LoadBalancerEntity> = {
  type: 'elb',
  generate(view, unit, slot) {
    const made = common(view, unit, slot);
    const { dice } = made;
    const id = loadBalancerId(unit, slot);
    const groups = view.sibling(unit, 'security_group').count;
    const application = id.startsWith('app/');
    return {
      ...entityOf(made, id, id.split('/')[1] as string),
      kind: application ? 'application' : 'network',
      scheme: dice.chance(0.5) ? 'internet-facing' : 'internal',
      groups: application ? [groupRef(view, unit, dice.below(groups)).GroupId] : [],
      dualStack: dice.chance(0.1),
    };
  },
  arn: (unit, entity) => loadBalancerArn(unit, entity.id),
  api: (_view, unit, entity): LoadBalancer => ({
    LoadBalancerArn: loadBalancerArn(unit, entity.id),
    DNSName: `${entity.name}-${entity.id.slice(-10)}.${unit.region}.elb.amazonaws.com`,
    CanonicalHostedZoneId: 'Z35SXDOTRQ7X7K',
    CreatedTime: new Date(entity.createdAt),
    LoadBalancerName: entity.name,
    Scheme: entity.scheme,
    VpcId: vpcId(unit),
    State: { Code: 'active' },
    Type: entity.kind,
    AvailabilityZones: [0, 1].map((zone) => ({
      ZoneName: zoneName(unit, zone),
      SubnetId: subnetId(unit, zone),
      LoadBalancerAddresses: [],
    })),
    SecurityGroups: [...entity.groups],
    IpAddressType: entity.dualStack ? 'dualstack' : 'ipv4',
  }),
  problems: () => [],
  trail: {
    source: 'elasticloadbalancing.amazonaws.com',
    type: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
    calls: {
      create: each((entity, { arn }) => ({
        name: 'CreateLoadBalancer',
        request: { name: entity.name, type: entity.kind, scheme: entity.scheme, securityGroups: entity.groups },
        response: { loadBalancers: [{ loadBalancerArn: arn, loadBalancerName: entity.name, type: entity.kind }] },
      })),
      delete: each((_entity, { arn }) => ({ name: 'DeleteLoadBalancer', request: { loadBalancerArn: arn } })),
      stack: each(({ dualStack }, { arn }) => ({
        name: 'SetIpAddressType',
        request: { loadBalancerArn: arn, ipAddressType: dualStack ? 'dualstack' : 'ipv4' },
      })),
      ...elbTagCalls((entity: LoadBalancerEntity, unit) => loadBalancerArn(unit, entity.id)),
    },
  },
  mutations: {
    stack: ({ dualStack }) => ({ dualStack: !dualStack }),
  },
  keeps: () => 'target groups belong to it',
};

export function elbTagCalls<E extends Entity>(arn: (entity: E, unit: Unit) => string) {
  return tagCalls<E>({
    tag: 'AddTags',
    untag: 'RemoveTags',
    by: 'resourceArns',
    ref: (entity, unit) => [arn(entity, unit)],
  });
}

export function loadBalancerId(unit: Unit, slot: number): string {
  const h = mix(unit.hash, slot + 1);
  const name = `${services[h % services.length]}-${slot.toString(36)}`;
  return `${h & 2 ? 'app' : 'net'}/${name}/${looseId('', unit.key, slot).slice(3, 13)}${slotSuffix(unit, slot)}`;
}

export function loadBalancerArn(unit: Unit, id: string): string {
  return `arn:aws:elasticloadbalancing:${unit.region}:${unit.account.id}:loadbalancer/${id}`;
}
