/** Machine images that the account owns. */
import Type from 'typebox';
import { type Answer, awsType, listed } from '../context.ts';
import { instant, metadataOf, pageSize, present, refList, sortedBy, tagMap } from './common.ts';

type Image = NonNullable<Answer<'ec2', 'DescribeImages'>['Images']>[number];

const WEEK_MS = 7 * 86_400_000;

export const ami = awsType<Image>({
  type: 'ami',
  title: 'Machine image (AMI)',
  arns: 'ec2:image',
  service: 'ec2',
  global: false,
  actions: ['ec2:DescribeImages'],
  // Moves with every day on which an instance is started from it.
  volatile: { last_used_at: WEEK_MS, LastLaunchedTime: WEEK_MS },
  fields: Type.Object({
    public: Type.Boolean({ description: 'Anybody can start instances from it, and read its disks.' }),
    encrypted: Type.Boolean({ description: 'All of its disks are.' }),
    architecture: Type.Optional(Type.String()),
    platform: Type.Optional(Type.String({ description: 'PlatformDetails, such as "Linux/UNIX".' })),
    root_device_type: Type.Optional(Type.String()),
    boot_mode: Type.Optional(Type.String()),
    imdsv2_required: Type.Boolean({ description: 'Whether instances that are started from it require it.' }),
    description: Type.Optional(Type.String()),
    deprecated_at: Type.Optional(Type.String({ description: 'From when on it is hidden from others.' })),
    last_used_at: Type.Optional(
      Type.String({ description: 'When an instance was last started from it, to a week; absent when none was.' }),
    ),
    snapshot_ids: Type.Array(Type.String({ description: 'ARN of the snapshots of its disks.' })),
  }),

  async list(aws, token) {
    const page = await aws.call('ec2', 'DescribeImages', {
      Owners: ['self'],
      MaxResults: pageSize.small,
      ...(token ? { NextToken: token } : {}),
    });
    return { items: listed(page.Images, 'ec2:DescribeImages'), next: page.NextToken };
  },

  map(image, aws) {
    const id = image.ImageId ?? '';
    const disks = sortedBy(image.BlockDeviceMappings, (disk) => disk.DeviceName);
    const snapshots = refList(
      ...disks.map(({ Ebs }) => !!Ebs?.SnapshotId && aws.arn('ec2', `snapshot/${Ebs.SnapshotId}`, { account: '' })),
    );
    const stores = disks.filter(({ Ebs }) => Ebs !== undefined);
    return {
      // The documented ARN of an image has no account in it.
      id: aws.arn('ec2', `image/${id}`, { account: '' }),
      name: image.Name ?? id,
      status: image.State ?? '',
      tags: tagMap(image.Tags),
      created_at: instant(image.CreationDate),
      refs: snapshots,
      fields: present({
        ...fieldsOf(image),
        encrypted: stores.length > 0 && stores.every(({ Ebs }) => Ebs?.Encrypted === true),
        snapshot_ids: snapshots,
      }),
      metadata: metadataOf(image, ['Tags'], { BlockDeviceMappings: disks }),
    };
  },
});

function fieldsOf(image: Image) {
  return {
    public: image.Public ?? false,
    architecture: image.Architecture,
    platform: image.PlatformDetails,
    root_device_type: image.RootDeviceType,
    boot_mode: image.BootMode,
    imdsv2_required: image.ImdsSupport === 'v2.0',
    description: image.Description,
    deprecated_at: instant(image.DeprecationTime) || undefined,
    last_used_at: instant(image.LastLaunchedTime) || undefined,
  };
}
