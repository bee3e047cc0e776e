import type { TargetGroup } from '@aws-sdk/client-elastic-load-balancing-v2';
import { common, entityOf } from '../common.ts';
import type { Entity, Kind } from '../entity.ts';
import { looseId, slotSuffix } from '../ids.ts';
import { each } from '../trail/step.ts';
import { elbTagCalls, loadBalancerArn, loadBalancerId } from './load-balancer.ts';
import { vpcId } from './network.ts';

export interface TargetGroupEntity extends Entity {
  /** "" for one that no load balancer uses. */
  readonly loadBalancer: string;
  readonly port: number;
  readonly healthPath: string;
}

/** The first ones belong to the load balancer of the same slot; of the rest some to none. */
export const targetGroup: Kind<TargetGroupEntity> = {
  type: 'target_group',
  generate(view, unit, slot) {
    const made = common(view, unit, slot);
    const { dice } = made;
    const name = `${made.service}-${slot.toString(36)}`;
    const balancers = view.sibling(unit, 'elb');
    const used = balancers.count > 0 && slot < unit.count && (slot < balancers.count || dice.chance(0.8));
    return {
      ...entityOf(made, `${name}/${looseId('', unit.key, slot).slice(3, 13)}${slotSuffix(unit, slot)}`, name),
      loadBalancer: used ? loadBalancerId(balancers, slot % balancers.count) : '',
      port: dice.pick([80, 443, 8080]),
      healthPath: '/healthz',
    };
  },
  arn: (unit, entity) => `arn:aws:elasticloadbalancing:${unit.region}:${unit.account.id}:targetgroup/${entity.id}`,
  api: (_view, unit, entity): TargetGroup => {
    const network = entity.loadBalancer.startsWith('net/');
    return {
      TargetGroupArn: targetGroup.arn(unit, entity),
      TargetGroupName: entity.name,
      Protocol: network ? 'TCP' : 'HTTP',
      Port: entity.port,
      VpcId: vpcId(unit),
      HealthCheckProtocol: 'HTTP',
      HealthCheckPort: 'traffic-port',
      HealthCheckEnabled: true,
      HealthCheckIntervalSeconds: 30,
      HealthCheckTimeoutSeconds: 5,
      HealthyThresholdCount: 5,
      UnhealthyThresholdCount: 2,
      HealthCheckPath: entity.healthPath,
      Matcher: { HttpCode: '200' },
      LoadBalancerArns: entity.loadBalancer === '' ? [] : [loadBalancerArn(unit, entity.loadBalancer)],
      TargetType: 'ip',
      IpAddressType: 'ipv4',
    };
  },
  problems: (_view, _unit, entity) => (entity.loadBalancer === '' ? ['unused_target_group'] : []),
  trail: {
    source: 'elasticloadbalancing.amazonaws.com',
    type: 'AWS::ElasticLoadBalancingV2::TargetGroup',
    calls: {
      create: each((entity, { arn }) => ({
        name: 'CreateTargetGroup',
        request: { name: entity.name, port: entity.port, protocol: 'HTTP' },
        response: { targetGroups: [{ targetGroupArn: arn, targetGroupName: entity.name }] },
      })),
      delete: each((_entity, { arn }) => ({ name: 'DeleteTargetGroup', request: { targetGroupArn: arn } })),
      probe: each(({ healthPath }, { arn }) => ({
        name: 'ModifyTargetGroup',
        request: { targetGroupArn: arn, healthCheckPath: healthPath },
      })),
      ...elbTagCalls((entity: TargetGroupEntity, unit) => targetGroup.arn(unit, entity)),
    },
  },
  mutations: {
    probe: ({ healthPath }) => ({ healthPath: healthPath === '/healthz' ? '/ready' : '/healthz' }),
  },
  fresh: () => ({ loadBalancer: '' }),
  keeps: ({ loadBalancer }) => (loadBalancer === '' ? undefined : 'a load balancer uses it'),
};
