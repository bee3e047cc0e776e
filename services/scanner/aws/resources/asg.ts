/** Auto Scaling groups with the instances that they hold; how these are at the moment stands with the instances. */
import Type from 'typebox';
import { type Answer, type AwsContext, awsType, listed } from '../context.ts';
import { metadataOf, present, refList, sortedBy, tagMap } from './common.ts';

type Group = NonNullable<Answer<'autoscaling', 'DescribeAutoScalingGroups'>['AutoScalingGroups']>[number];

export const asg = awsType<Group>({
  type: 'asg',
  title: 'Auto Scaling group',
  arns: 'autoscaling:autoScalingGroup',
  service: 'autoscaling',
  global: false,
  actions: ['autoscaling:DescribeAutoScalingGroups'],
  // A forecast, made anew every few hours, and what a warm pool holds just now.
  volatile: { PredictedCapacity: Number.POSITIVE_INFINITY, WarmPoolSize: Number.POSITIVE_INFINITY },
  fields: Type.Object({
    min_size: Type.Optional(Type.Integer()),
    max_size: Type.Optional(Type.Integer()),
    desired_capacity: Type.Optional(Type.Integer()),
    instance_ids: Type.Array(Type.String({ description: 'ARN.' })),
    launch_template: Type.Optional(Type.String({ description: 'Id or name.' })),
    launch_template_version: Type.Optional(Type.String()),
    launch_configuration: Type.Optional(Type.String({ description: 'Name; AWS makes no new ones.' })),
    mixed_instances: Type.Boolean(),
    health_check_type: Type.Optional(Type.String()),
    health_check_grace_seconds: Type.Optional(Type.Integer()),
    max_instance_lifetime_seconds: Type.Optional(Type.Integer()),
    protected_from_scale_in: Type.Boolean({ description: 'New instances are.' }),
    suspended_processes: Type.Array(Type.String()),
    availability_zones: Type.Array(Type.String()),
    subnet_ids: Type.Array(Type.String({ description: 'ARN.' })),
    target_group_ids: Type.Array(Type.String({ description: 'ARN.' })),
    propagated_tags: Type.Array(Type.String({ description: 'Keys of the tags that new instances get.' })),
  }),

  async list(aws, token) {
    const page = await aws.call('autoscaling', 'DescribeAutoScalingGroups', {
      MaxRecords: 100,
      ...(token ? { NextToken: token } : {}),
    });
    return {
      items: listed(page.AutoScalingGroups, 'autoscaling:DescribeAutoScalingGroups'),
      next: page.NextToken,
    };
  },

  map(group, aws) {
    const name = group.AutoScalingGroupName ?? '';
    const members = sortedBy(group.Instances, (member) => member.InstanceId);
    const instances = members.map(({ InstanceId }) => aws.arn('ec2', `instance/${InstanceId}`));
    const subnets = subnetsOf(group, aws);
    const targets = refList(...(group.TargetGroupARNs ?? []));
    return {
      id: group.AutoScalingGroupARN ?? aws.arn('autoscaling', `autoScalingGroup:*:autoScalingGroupName/${name}`),
      name,
      status: group.Status ?? '',
      tags: tagMap(group.Tags),
      created_at: group.CreatedTime ?? '',
      refs: refList(...instances, ...subnets, ...targets, group.ServiceLinkedRoleARN),
      fields: present({
        ...fieldsOf(group),
        instance_ids: instances,
        subnet_ids: subnets,
        target_group_ids: targets,
      }),
      metadata: metadataOf(group, ['Tags'], {
        // Without whether they are healthy and in service just now.
        Instances: members.map(({ LifecycleState: _state, HealthStatus: _health, ...member }) => member),
        AvailabilityZones: refList(...(group.AvailabilityZones ?? [])),
        TargetGroupARNs: targets,
        SuspendedProcesses: sortedBy(group.SuspendedProcesses, (process) => process.ProcessName),
      }),
    };
  },
});

function subnetsOf({ VPCZoneIdentifier = '' }: Group, aws: AwsContext): string[] {
  return refList(...VPCZoneIdentifier.split(',').map((id) => id !== '' && aws.arn('ec2', `subnet/${id}`)));
}

function fieldsOf(group: Group) {
  return {
    min_size: group.MinSize,
    max_size: group.MaxSize,
    desired_capacity: group.DesiredCapacity,
    ...templateOf(group),
    health_check_type: group.HealthCheckType,
    health_check_grace_seconds: group.HealthCheckGracePeriod,
    max_instance_lifetime_seconds: group.MaxInstanceLifetime,
    protected_from_scale_in: group.NewInstancesProtectedFromScaleIn ?? false,
    ...listsOf(group),
  };
}

function templateOf({ LaunchTemplate, MixedInstancesPolicy, LaunchConfigurationName }: Group) {
  const template = LaunchTemplate ?? MixedInstancesPolicy?.LaunchTemplate?.LaunchTemplateSpecification;
  return {
    launch_template: template?.LaunchTemplateId ?? template?.LaunchTemplateName,
    launch_template_version: template?.Version,
    launch_configuration: LaunchConfigurationName,
    mixed_instances: MixedInstancesPolicy !== undefined,
  };
}

function listsOf({ SuspendedProcesses = [], AvailabilityZones = [], Tags = [] }: Group) {
  return {
    suspended_processes: refList(...SuspendedProcesses.map(({ ProcessName }) => ProcessName)),
    availability_zones: refList(...AvailabilityZones),
    propagated_tags: refList(...Tags.map(({ Key, PropagateAtLaunch }) => PropagateAtLaunch === true && Key)),
  };
}
