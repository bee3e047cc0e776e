import type { Cluster } from '@aws-sdk/client-ecs';
import { common, entityOf } from '../common.ts';
import type { Entity, Kind } from '../entity.ts';
import type { Unit } from '../estate.ts';
import { slotSuffix } from '../ids.ts';
import { mix } from '../random.ts';
import { each, tagCalls } from '../trail/step.ts';
import { teams } from '../vocabulary.ts';

export interface EcsClusterEntity extends Entity {
  readonly insights: 'enabled' | 'disabled';
}

export const ecsCluster: Kind<EcsClusterEntity> = {
  type: 'ecs',
  generate(view, unit, slot) {
    const made = common(view, unit, slot);
    const name = clusterName(unit, slot);
    return { ...entityOf(made, name, name), insights: made.dice.chance(0.5) ? 'enabled' : 'disabled' };
  },
  arn: (unit, entity) => clusterArn(unit, entity.id),
  api: (view, unit, entity): Cluster => ({
    clusterArn: clusterArn(unit, entity.id),
    clusterName: entity.id,
    status: 'ACTIVE',
    registeredContainerInstancesCount: 0,
    runningTasksCount: 0,
    pendingTasksCount: 0,
    activeServicesCount: servicesOf(view.sibling(unit, 'ecs_service').count, unit.count, entity.slot),
    statistics: [],
    settings: [{ name: 'containerInsights', value: entity.insights }],
    capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
    defaultCapacityProviderStrategy: [],
    tags: ecsTags(entity.tags),
  }),
  problems: () => [],
  trail: {
    source: 'ecs.amazonaws.com',
    type: 'AWS::ECS::Cluster',
    calls: {
      create: each(({ id, tags }, { arn }) => ({
        name: 'CreateCluster',
        request: { clusterName: id, tags: ecsTags(tags) },
        response: { cluster: { clusterName: id, clusterArn: arn, status: 'ACTIVE' } },
      })),
      delete: each((_entity, { arn }) => ({ name: 'DeleteCluster', request: { cluster: arn } })),
      watch: each(({ id, insights }) => ({
        name: 'UpdateClusterSettings',
        request: { cluster: id, settings: [{ name: 'containerInsights', value: insights }] },
      })),
      ...tagCalls({
        tag: 'TagResource',
        untag: 'UntagResource',
        by: 'resourceArn',
        ref: (entity: EcsClusterEntity, unit) => clusterArn(unit, entity.id),
      }),
    },
  },
  mutations: {
    watch: ({ insights }) => ({ insights: insights === 'enabled' ? 'disabled' : 'enabled' }),
  },
  keeps: () => 'it has services',
};

export function clusterName(unit: Unit, slot: number): string {
  return `${teams[mix(unit.hash, slot + 1) % teams.length]}-${slotSuffix(unit, slot)}`;
}

export function clusterArn(unit: Unit, name: string): string {
  return `arn:aws:ecs:${unit.region}:${unit.account.id}:cluster/${name}`;
}

/** ECS writes tags with small letters. */
export function ecsTags(tags: Entity['tags']): { key: string; value: string }[] {
  return Object.entries(tags).map(([key, value]) => ({ key, value }));
}

/** Services go round the clusters. Those that were made or deleted since are not counted: a scan would see two changes. */
function servicesOf(services: number, clusters: number, slot: number): number {
  return slot < clusters ? Math.floor((services + clusters - 1 - slot) / clusters) : 0;
}
