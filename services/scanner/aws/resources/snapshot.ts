/** EBS snapshots that the account owns; the hundred thousand that others share are not its resources. */
import Type from 'typebox';
import { type Answer, awsType, listed } from '../context.ts';
import { metadataOf, onlyIds, pageSize, present, refList, tagMap } from './common.ts';

type Snapshot = NonNullable<Answer<'ec2', 'DescribeSnapshots'>['Snapshots']>[number];

export const snapshot = awsType<Snapshot>({
  type: 'snapshot',
  alone: 'snap-',
  title: 'EBS snapshot',
  arns: 'ec2:snapshot',
  service: 'ec2',
  global: false,
  actions: ['ec2:DescribeSnapshots'],
  // Counts up while a snapshot is made; its status says when it is done.
  volatile: { Progress: Number.POSITIVE_INFINITY },
  fields: Type.Object({
    volume_id: Type.Optional(Type.String()),
    size_gib: Type.Optional(Type.Integer()),
    encrypted: Type.Boolean(),
    kms_key_id: Type.Optional(Type.String()),
    start_time: Type.Optional(Type.String()),
    storage_tier: Type.Optional(Type.String()),
    description: Type.Optional(Type.String()),
  }),

  async list(aws, token, only) {
    const page = await aws.call('ec2', 'DescribeSnapshots', {
      OwnerIds: ['self'],
      MaxResults: pageSize.small,
      ...onlyIds('snapshot-id', only),
      ...(token ? { NextToken: token } : {}),
    });
    return { items: listed(page.Snapshots, 'ec2:DescribeSnapshots'), next: page.NextToken };
  },

  map(snapshot, aws) {
    const tags = tagMap(snapshot.Tags);
    const id = snapshot.SnapshotId ?? '';
    const { VolumeId, KmsKeyId } = snapshot;
    return {
      // The documented ARN of a snapshot has no account in it.
      id: aws.arn('ec2', `snapshot/${id}`, { account: '' }),
      name: tags.Name ?? id,
      status: snapshot.State ?? '',
      tags,
      created_at: snapshot.StartTime ?? '',
      refs: refList(VolumeId !== undefined && aws.arn('ec2', `volume/${VolumeId}`), KmsKeyId),
      fields: present({
        volume_id: VolumeId,
        size_gib: snapshot.VolumeSize,
        encrypted: snapshot.Encrypted ?? false,
        kms_key_id: KmsKeyId,
        start_time: snapshot.StartTime,
        storage_tier: snapshot.StorageTier,
        description: snapshot.Description,
      }),
      metadata: metadataOf(snapshot, ['Tags'], {}),
    };
  },
});
