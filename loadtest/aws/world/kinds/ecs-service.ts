import type { Service } from '@aws-sdk/client-ecs';
import { common, entityOf } from '../common.ts';
import type { Entity, Kind } from '../entity.ts';
import { slotSuffix } from '../ids.ts';
import { each, tagCalls } from '../trail/step.ts';
import { clusterArn, clusterName, ecsTags } from './ecs-cluster.ts';
import { subnetId } from './network.ts';
import { groupRef } from './security-group.ts';

export interface EcsServiceEntity extends Entity {
  readonly cluster: string;
  readonly desired: number;
  readonly revision: number;
  readonly publicIp: boolean;
  readonly group: string;
}

/** Services of a unit go round its clusters. */
export const ecsService: Kind<EcsServiceEntity> = {
  type: 'ecs_service',
  generate(view, unit, slot) {
    const made = common(view, unit, slot);
    const { dice } = made;
    const clusters = view.sibling(unit, 'ecs');
    const name = `${made.service}-${slotSuffix(unit, slot)}`;
    const groups = view.sibling(unit, 'security_group').count;
    return {
      ...entityOf(made, name, name),
      cluster: clusterName(clusters, slot % Math.max(1, clusters.count)),
      desired: dice.pick([0, 1, 2, 2, 3, 6]),
      revision: 1 + dice.below(60),
      publicIp: dice.chance(0.1),
      group: groupRef(view, unit, dice.below(groups)).GroupId,
    };
  },
  arn: (unit, entity) => `arn:aws:ecs:${unit.region}:${unit.account.id}:service/${entity.cluster}/${entity.id}`,
  api: (_view, unit, entity): Service => ({
    serviceArn: ecsService.arn(unit, entity),
    serviceName: entity.id,
    clusterArn: clusterArn(unit, entity.cluster),
    status: 'ACTIVE',
    desiredCount: entity.desired,
    runningCount: entity.desired,
    pendingCount: 0,
    launchType: 'FARGATE',
    platformVersion: 'LATEST',
    taskDefinition: taskDefinition(unit.region, unit.account.id, entity),
    deployments: [],
    events: [],
    createdAt: new Date(entity.createdAt),
    loadBalancers: [],
    networkConfiguration: {
      awsvpcConfiguration: {
        subnets: [0, 1].map((zone) => subnetId(unit, zone)),
        securityGroups: [entity.group],
        assignPublicIp: entity.publicIp ? 'ENABLED' : 'DISABLED',
      },
    },
    schedulingStrategy: 'REPLICA',
    enableECSManagedTags: true,
    propagateTags: 'SERVICE',
    enableExecuteCommand: false,
    tags: ecsTags(entity.tags),
  }),
  problems: (_view, _unit, { desired }) => (desired === 0 ? ['idle_service'] : []),
  trail: {
    source: 'ecs.amazonaws.com',
    type: 'AWS::ECS::Service',
    calls: {
      create: each((entity, { arn }) => ({
        name: 'CreateService',
        request: {
          serviceName: entity.id,
          cluster: entity.cluster,
          desiredCount: entity.desired,
          launchType: 'FARGATE',
        },
        response: { service: { serviceArn: arn, serviceName: entity.id, status: 'ACTIVE' } },
      })),
      delete: each(({ id, cluster }) => ({
        name: 'DeleteService',
        request: { service: id, cluster, force: true },
      })),
      scale: each(({ id, cluster, desired }) => ({
        name: 'UpdateService',
        request: { service: id, cluster, desiredCount: desired },
      })),
      deploy: each((entity, { unit }) => ({
        name: 'UpdateService',
        request: {
          service: entity.id,
          cluster: entity.cluster,
          taskDefinition: taskDefinition(unit.region, unit.account.id, entity),
        },
      })),
      ...tagCalls({
        tag: 'TagResource',
        untag: 'UntagResource',
        by: 'resourceArn',
        ref: (entity: EcsServiceEntity, unit) => ecsService.arn(unit, entity),
      }),
    },
  },
  mutations: {
    scale: ({ desired }) => ({ desired: desired + 1 }),
    deploy: ({ revision }) => ({ revision: revision + 1 }),
  },
};

function taskDefinition(region: string, account: string, { id, revision }: EcsServiceEntity): string {
  return `arn:aws:ecs:${region}:${account}:task-definition/${id}:${revision}`;
}
