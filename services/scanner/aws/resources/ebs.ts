/** EBS volumes. `status` tells one that nothing uses: "available" instead of "in-use". */
import Type from 'typebox';
import { type Answer, awsType, listed } from '../context.ts';
import { metadataOf, onlyIds, pageSize, present, refList, sortedBy, tagMap } from './common.ts';

type Volume = NonNullable<Answer<'ec2', 'DescribeVolumes'>['Volumes']>[number];

export const ebs = awsType<Volume>({
  type: 'ebs',
  alone: 'vol-',
  title: 'EBS volume',
  arns: 'ec2:volume',
  service: 'ec2',
  global: false,
  actions: ['ec2:DescribeVolumes'],
  fields: Type.Object({
    encrypted: Type.Boolean(),
    kms_key_id: Type.Optional(Type.String()),
    size_gib: Type.Optional(Type.Integer()),
    volume_type: Type.Optional(Type.String()),
    iops: Type.Optional(Type.Integer()),
    throughput: Type.Optional(Type.Integer()),
    availability_zone: Type.Optional(Type.String()),
    snapshot_id: Type.Optional(Type.String({ description: 'Snapshot that it was made from.' })),
    attached: Type.Boolean(),
    attachments: Type.Array(
      Type.Object({
        instance_id: Type.String(),
        device: Type.String(),
        attached_at: Type.String(),
        delete_on_termination: Type.Boolean(),
      }),
    ),
  }),

  async list(aws, token, only) {
    const page = await aws.call('ec2', 'DescribeVolumes', {
      MaxResults: pageSize.small,
      ...onlyIds('volume-id', only),
      ...(token ? { NextToken: token } : {}),
    });
    return { items: listed(page.Volumes, 'ec2:DescribeVolumes'), next: page.NextToken };
  },

  map(volume, aws) {
    const tags = tagMap(volume.Tags);
    const id = volume.VolumeId ?? '';
    const held = sortedBy(volume.Attachments, (attachment) => attachment.InstanceId);
    const attachments = held.map((attachment) => ({
      instance_id: attachment.InstanceId ?? '',
      device: attachment.Device ?? '',
      attached_at: attachment.AttachTime ?? '',
      delete_on_termination: attachment.DeleteOnTermination ?? false,
    }));
    const instances = attachments.map(
      ({ instance_id }) => instance_id !== '' && aws.arn('ec2', `instance/${instance_id}`),
    );
    const { SnapshotId, KmsKeyId } = volume;
    return {
      id: aws.arn('ec2', `volume/${id}`),
      name: tags.Name ?? id,
      status: volume.State ?? '',
      tags,
      created_at: volume.CreateTime ?? '',
      refs: refList(...instances, KmsKeyId, !!SnapshotId && aws.arn('ec2', `snapshot/${SnapshotId}`, { account: '' })),
      fields: present({
        encrypted: volume.Encrypted ?? false,
        kms_key_id: KmsKeyId,
        size_gib: volume.Size,
        volume_type: volume.VolumeType,
        iops: volume.Iops,
        throughput: volume.Throughput,
        availability_zone: volume.AvailabilityZone,
        snapshot_id: SnapshotId === '' ? undefined : SnapshotId,
        attached: attachments.length > 0,
        attachments,
      }),
      metadata: metadataOf(volume, ['Tags'], { Attachments: held }),
    };
  },
});
