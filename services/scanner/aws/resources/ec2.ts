/** EC2 instances. A terminated one is gone, though the API shows it for another hour. */
import Type from 'typebox';
import { type Answer, type AwsContext, awsType, listed } from '../context.ts';
import { groupJoin, metadataOf, onlyIds, pageSize, present, refList, sortedBy, tagMap } from './common.ts';

type Reservation = NonNullable<Answer<'ec2', 'DescribeInstances'>['Reservations']>[number];
type Instance = NonNullable<Reservation['Instances']>[number];

export const ec2 = awsType<Instance>({
  type: 'ec2',
  alone: 'i-',
  title: 'EC2 instance',
  arns: 'ec2:instance',
  service: 'ec2',
  global: false,
  actions: ['ec2:DescribeInstances'],
  joins: [groupJoin],
  fields: Type.Object({
    instance_type: Type.Optional(Type.String()),
    image_id: Type.Optional(Type.String()),
    architecture: Type.Optional(Type.String()),
    platform: Type.Optional(Type.String({ description: 'PlatformDetails, such as "Linux/UNIX".' })),
    launch_time: Type.Optional(Type.String({ description: 'Of the last start.' })),
    stopped_since: Type.Optional(
      Type.String({ description: 'When it was stopped, absent while it runs or when EC2 does not say.' }),
    ),
    stopped_since_source: Type.Optional(
      Type.String({ description: 'Where stopped_since was read: StateTransitionReason.' }),
    ),
    vpc_id: Type.Optional(Type.String()),
    subnet_id: Type.Optional(Type.String()),
    availability_zone: Type.Optional(Type.String()),
    private_ip: Type.Optional(Type.String()),
    public_ip: Type.Optional(Type.String()),
    key_name: Type.Optional(Type.String()),
    instance_profile: Type.Optional(Type.String({ description: 'ARN.' })),
    imdsv2_required: Type.Boolean(),
    detailed_monitoring: Type.Boolean(),
    security_group_ids: Type.Array(Type.String({ description: 'ARN.' })),
    volume_ids: Type.Array(Type.String({ description: 'ARN.' })),
  }),

  async list(aws, token, only) {
    const page = await aws.call('ec2', 'DescribeInstances', {
      MaxResults: pageSize.large,
      ...onlyIds('instance-id', only),
      ...(token ? { NextToken: token } : {}),
    });
    const items: Instance[] = [];
    for (const { Instances } of listed(page.Reservations, 'ec2:DescribeInstances')) {
      for (const instance of Instances ?? []) if (instance.State?.Name !== 'terminated') items.push(instance);
    }
    return { items, next: page.NextToken };
  },

  map(instance, aws) {
    const tags = tagMap(instance.Tags);
    const id = instance.InstanceId ?? '';
    const groups = sortedBy(instance.SecurityGroups, (group) => group.GroupId);
    const disks = sortedBy(instance.BlockDeviceMappings, (disk) => disk.DeviceName);
    const fields = fieldsOf(instance, aws, {
      groups: groups.map(({ GroupId }) => aws.arn('ec2', `security-group/${GroupId}`)),
      volumes: disks.flatMap(({ Ebs }) => (Ebs?.VolumeId ? [aws.arn('ec2', `volume/${Ebs.VolumeId}`)] : [])).sort(),
    });
    return {
      id: aws.arn('ec2', `instance/${id}`),
      name: tags.Name ?? id,
      status: instance.State?.Name ?? '',
      tags,
      created_at: createdAt(instance),
      refs: refList(...fields.security_group_ids, ...fields.volume_ids, ...placeOf(instance, aws)),
      fields: present(fields),
      metadata: metadataOf(instance, ['Tags'], {
        SecurityGroups: groups,
        BlockDeviceMappings: disks,
        ...sortedInterfaces(instance),
      }),
    };
  },
});

function fieldsOf(instance: Instance, aws: AwsContext, { groups, volumes }: { groups: string[]; volumes: string[] }) {
  return {
    instance_type: instance.InstanceType,
    image_id: instance.ImageId,
    architecture: instance.Architecture,
    platform: instance.PlatformDetails,
    launch_time: instance.LaunchTime,
    ...stoppedSince(instance),
    vpc_id: instance.VpcId,
    subnet_id: instance.SubnetId,
    availability_zone: instance.Placement?.AvailabilityZone,
    private_ip: instance.PrivateIpAddress,
    public_ip: instance.PublicIpAddress,
    key_name: instance.KeyName,
    instance_profile: instance.IamInstanceProfile?.Arn,
    imdsv2_required: instance.MetadataOptions?.HttpTokens === 'required',
    detailed_monitoring: instance.Monitoring?.State === 'enabled',
    security_group_ids: groups,
    volume_ids: volumes,
  };
}

/** Where it runs, what it was started from, and as whom. */
function placeOf({ VpcId, SubnetId, ImageId, IamInstanceProfile }: Instance, aws: AwsContext) {
  return [
    !!VpcId && aws.arn('ec2', `vpc/${VpcId}`),
    !!SubnetId && aws.arn('ec2', `subnet/${SubnetId}`),
    !!ImageId && aws.arn('ec2', `image/${ImageId}`, { account: '' }),
    IamInstanceProfile?.Arn,
  ];
}

function sortedInterfaces({ NetworkInterfaces }: Instance): object {
  return NetworkInterfaces ? { NetworkInterfaces: sortedBy(NetworkInterfaces, (n) => n.NetworkInterfaceId) } : {};
}

/** LaunchTime moves at each start; the root disk and the first interface were attached when the instance was made. */
function createdAt({ LaunchTime, RootDeviceName, BlockDeviceMappings = [], NetworkInterfaces = [] }: Instance): string {
  const root = BlockDeviceMappings.find(({ DeviceName }) => DeviceName === RootDeviceName)?.Ebs?.AttachTime;
  const first = NetworkInterfaces.find(({ Attachment }) => Attachment?.DeviceIndex === 0)?.Attachment?.AttachTime;
  return sortedBy([LaunchTime, root, first].filter(Boolean), (at) => at)[0] ?? '';
}

const stopTime = /\((\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) GMT\)/;

/** EC2 tells when an instance was stopped only in words: "User initiated (2026-01-31 12:00:00 GMT)". */
function stoppedSince({ State, StateTransitionReason }: Instance) {
  const found = State?.Name === 'stopped' ? stopTime.exec(StateTransitionReason ?? '') : null;
  if (!found) return {};
  return { stopped_since: `${found[1]}T${found[2]}.000Z`, stopped_since_source: 'StateTransitionReason' };
}
