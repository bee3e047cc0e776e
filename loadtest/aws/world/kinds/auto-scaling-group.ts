import type { AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import { common, entityOf } from '../common.ts';
import type { Entity, Kind, View } from '../entity.ts';
import type { Unit } from '../estate.ts';
import { longId, looseId, slotSuffix } from '../ids.ts';
import { mix } from '../random.ts';
import { tagList } from '../tags.ts';
import { each } from '../trail/step.ts';
import { services } from '../vocabulary.ts';
import { subnetId, zoneName } from './network.ts';

export interface AutoScalingGroupEntity extends Entity {
  readonly min: number;
  readonly max: number;
  readonly desired: number;
}

/** Every seventh instance belongs to a group. */
const seventh = 7;
/** Most instances that one group's description shows. */
const shown = 20;

export const autoScalingGroup: Kind<AutoScalingGroupEntity> = {
  type: 'asg',
  generate(view, unit, slot) {
    const made = common(view, unit, slot);
    const name = groupName(unit, slot);
    const desired = instancesOf(view, unit, slot).length;
    return { ...entityOf(made, name, name), min: Math.min(1, desired), max: desired + 4, desired };
  },
  arn: (unit, entity) => {
    const uuid = looseId('', unit.key, entity.slot)
      .slice(2)
      .replace(/^(.{8})(.{4})(.{4})(.*)$/, '$1-$2-$3-8000-$4');
    return `arn:aws:autoscaling:${unit.region}:${unit.account.id}:autoScalingGroup:${uuid}:autoScalingGroupName/${entity.id}`;
  },
  api: (view, unit, entity) => describe(view, unit, entity),
  problems: (_view, _unit, { max, min, desired }) => (max === min && desired === 0 ? ['idle_service'] : []),
  trail: {
    source: 'autoscaling.amazonaws.com',
    type: 'AWS::AutoScaling::AutoScalingGroup',
    calls: {
      create: each(({ id, min, max, desired }) => ({
        name: 'CreateAutoScalingGroup',
        request: { autoScalingGroupName: id, minSize: min, maxSize: max, desiredCapacity: desired },
      })),
      delete: each(({ id }) => ({
        name: 'DeleteAutoScalingGroup',
        request: { autoScalingGroupName: id, forceDelete: true },
      })),
      widen: each(({ id, max }) => ({
        name: 'UpdateAutoScalingGroup',
        request: { autoScalingGroupName: id, maxSize: max },
      })),
      tag: each(({ id }, { set = {} }) => ({
        name: 'CreateOrUpdateTags',
        request: { tags: Object.entries(set).map(([key, value]) => ({ ...tagOf(id), key, value })) },
      })),
      untag: each(({ id }, { unset = [] }) => ({
        name: 'DeleteTags',
        request: { tags: unset.map((key) => ({ ...tagOf(id), key })) },
      })),
    },
  },
  mutations: {
    widen: ({ max }) => ({ max: max + 2 }),
  },
  keeps: ({ desired }) => (desired > 0 ? 'it has instances' : undefined),
};

/** The group of an instance, undefined for most. */
export function groupOfInstance(view: View, instances: Unit, slot: number): string | undefined {
  const groups = view.sibling(instances, 'asg');
  if (groups.count === 0 || slot >= instances.count || slot % seventh !== 0) return undefined;
  return groupName(groups, (slot / seventh) % groups.count);
}

function instancesOf(view: View, unit: Unit, slot: number): number[] {
  const instances = view.sibling(unit, 'ec2');
  const slots: number[] = [];
  if (slot >= unit.count) return slots;
  const step = seventh * unit.count;
  for (let at = slot * seventh; at < instances.count && slots.length < shown; at += step) slots.push(at);
  return slots;
}

function groupName(unit: Unit, slot: number): string {
  return `${services[mix(unit.hash, slot + 1) % services.length]}-asg-${slotSuffix(unit, slot)}`;
}

/** What all groups of the estate have in common. */
const alike = {
  DefaultCooldown: 300,
  LoadBalancerNames: [],
  TargetGroupARNs: [],
  HealthCheckType: 'EC2',
  HealthCheckGracePeriod: 300,
  SuspendedProcesses: [],
  EnabledMetrics: [],
  TerminationPolicies: ['Default'],
  NewInstancesProtectedFromScaleIn: false,
};

function describe(view: View, unit: Unit, entity: AutoScalingGroupEntity): AutoScalingGroup {
  const LaunchTemplate = {
    LaunchTemplateId: looseId('lt', unit.key, entity.slot),
    LaunchTemplateName: `${entity.id}-template`,
    Version: '$Latest',
  };
  const linked = 'role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling';
  return {
    ...alike,
    AutoScalingGroupName: entity.id,
    AutoScalingGroupARN: autoScalingGroup.arn(unit, entity),
    LaunchTemplate,
    MinSize: entity.min,
    MaxSize: entity.max,
    DesiredCapacity: entity.desired,
    AvailabilityZones: [0, 1, 2].map((zone) => zoneName(unit, zone)),
    Instances: members(view, unit, entity.slot).map((member) => ({ ...member, LaunchTemplate })),
    CreatedTime: new Date(entity.createdAt),
    VPCZoneIdentifier: [0, 1, 2].map((zone) => subnetId(unit, zone)).join(','),
    Tags: tagList(entity.tags).map((tag) => ({
      ...tag,
      ResourceId: entity.id,
      ResourceType: 'auto-scaling-group',
      PropagateAtLaunch: true,
    })),
    ServiceLinkedRoleARN: `arn:aws:iam::${unit.account.id}:${linked}`,
  };
}

function members(view: View, unit: Unit, slot: number) {
  const instances = view.sibling(unit, 'ec2');
  return instancesOf(view, unit, slot).map((at) => ({
    InstanceId: longId('i', instances, at),
    AvailabilityZone: zoneName(unit, at),
    LifecycleState: 'InService' as const,
    HealthStatus: 'Healthy',
    ProtectedFromScaleIn: false,
  }));
}

function tagOf(resourceId: string) {
  return { resourceType: 'auto-scaling-group', resourceId, propagateAtLaunch: true };
}
