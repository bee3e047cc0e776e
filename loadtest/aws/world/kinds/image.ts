import type { Image } from '@aws-sdk/client-ec2';
import { common, day, entityOf, named } from '../common.ts';
import type { Entity, Kind } from '../entity.ts';
import { longId, looseId } from '../ids.ts';
import { tagList } from '../tags.ts';
import { each, ec2TagCalls, items, tagSpecification } from '../trail/step.ts';

export interface ImageEntity extends Entity {
  readonly snapshot: string;
  readonly isPublic: boolean;
  readonly architecture: 'x86_64' | 'arm64';
  /** 0 when nothing was ever started from it. */
  readonly launchedAt: number;
}

export const image: Kind<ImageEntity> = {
  type: 'ami',
  generate(view, unit, slot) {
    const made = common(view, unit, slot);
    const { dice } = made;
    const name = `${made.service}-${new Date(made.createdAt).toISOString().slice(0, 10)}-${slot.toString(36)}`;
    const snapshots = view.sibling(unit, 'snapshot');
    const launched = dice.chance(0.7);
    return {
      ...entityOf({ ...made, tags: named(made.tags, name) }, longId('ami', unit, slot), name),
      snapshot:
        snapshots.count > 0 ? longId('snap', snapshots, slot % snapshots.count) : looseId('snap', unit.key, slot),
      isPublic: dice.chance(0.03),
      architecture: dice.chance(0.35) ? 'arm64' : 'x86_64',
      launchedAt: launched ? Math.min(view.startTime, made.createdAt + day) : 0,
    };
  },
  // The documented form has no account (Service Authorization Reference, EC2: image).
  arn: (unit, entity) => `arn:aws:ec2:${unit.region}::image/${entity.id}`,
  api: (_view, unit, entity): Image => ({
    PlatformDetails: 'Linux/UNIX',
    UsageOperation: 'RunInstances',
    BlockDeviceMappings: [
      {
        Ebs: {
          DeleteOnTermination: true,
          SnapshotId: entity.snapshot,
          VolumeSize: 20,
          VolumeType: 'gp3',
          Encrypted: false,
        },
        DeviceName: '/dev/xvda',
      },
    ],
    Description: `Built for ${entity.name}`,
    EnaSupport: true,
    Hypervisor: 'xen',
    Name: entity.name,
    RootDeviceName: '/dev/xvda',
    RootDeviceType: 'ebs',
    SriovNetSupport: 'simple',
    Tags: tagList(entity.tags),
    VirtualizationType: 'hvm',
    BootMode: 'uefi-preferred',
    ...(entity.launchedAt > 0 ? { LastLaunchedTime: new Date(entity.launchedAt).toISOString() } : {}),
    ImageId: entity.id,
    ImageLocation: `${unit.account.id}/${entity.name}`,
    State: 'available',
    OwnerId: unit.account.id,
    CreationDate: new Date(entity.createdAt).toISOString(),
    Public: entity.isPublic,
    Architecture: entity.architecture,
    ImageType: 'machine',
  }),
  problems(view, _unit, entity) {
    const unused = entity.launchedAt === 0 && view.now() - entity.createdAt > 90 * day;
    return [...(unused ? ['unused_image' as const] : []), ...(entity.isPublic ? ['public_image' as const] : [])];
  },
  trail: {
    source: 'ec2.amazonaws.com',
    type: 'AWS::EC2::Ami',
    calls: {
      create: each(({ id, name, tags }) => ({
        name: 'CreateImage',
        request: { instanceId: looseId('i', id), name, noReboot: true, ...tagSpecification('image', tags) },
        response: { imageId: id },
      })),
      delete: each(({ id }) => ({ name: 'DeregisterImage', request: { imageId: id }, response: { _return: true } })),
      publish: each(({ id }) => permission(id, 'add')),
      hide: each(({ id }) => permission(id, 'remove')),
      ...ec2TagCalls(),
    },
  },
  mutations: {
    publish: ({ isPublic }) => (isPublic ? undefined : { isPublic: true }),
    hide: ({ isPublic }) => (isPublic ? { isPublic: false } : undefined),
  },
  fresh: () => ({ launchedAt: 0, isPublic: false }),
};

function permission(imageId: string, change: 'add' | 'remove') {
  const launchPermission = { [change]: items([{ group: 'all' }]) };
  const request = { imageId, launchPermission, attributeType: 'launchPermission' };
  return { name: 'ModifyImageAttribute', request, response: { _return: true } };
}
