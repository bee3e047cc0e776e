import type { Volume } from '@aws-sdk/client-ec2';
import { birth, common, day, entityOf, named } from '../common.ts';
import type { Entity, Kind } from '../entity.ts';
import { longId, looseId } from '../ids.ts';
import { tagList } from '../tags.ts';
import { each, ec2TagCalls, tagSpecification } from '../trail/step.ts';
import { placementOf } from './attachment.ts';
import { zoneName } from './network.ts';

export interface VolumeEntity extends Entity {
  readonly size: number;
  readonly volumeType: 'gp2' | 'gp3' | 'io2' | 'st1';
  readonly iops: number;
  readonly encrypted: boolean;
  readonly zone: number;
  readonly snapshotId: string;
  /** undefined while nothing uses it. */
  readonly attachment:
    | { readonly instance: string; readonly device: string; readonly at: number; readonly root: boolean }
    | undefined;
}

const sizes = [8, 20, 30, 50, 100, 200, 500, 1000] as const;

export const volume: Kind<VolumeEntity> = {
  type: 'ebs',
  generate(view, unit, slot) {
    const made = common(view, unit, slot);
    const { dice } = made;
    const instances = view.sibling(unit, 'ec2');
    const place = slot < unit.count ? placementOf(slot, instances.count) : undefined;
    const id = longId('vol', unit, slot);
    const size = dice.pick(sizes);
    const name = `${made.service}-${place?.root === false ? 'data' : 'root'}`;
    // Attached when its instance was launched: both sides show the same instant.
    const at = place ? birth(view, instances, place.instance) : 0;
    return {
      ...entityOf({ ...made, tags: named(made.tags, name), createdAt: place ? at : made.createdAt }, id, name),
      size,
      volumeType: dice.pick(['gp3', 'gp3', 'gp3', 'gp2', 'io2', 'st1'] as const),
      iops: 3000,
      encrypted: dice.chance(0.8),
      zone: dice.below(3),
      snapshotId: dice.chance(0.5) ? looseId('snap', unit.region, dice.below(40)) : '',
      attachment: place && {
        instance: longId('i', instances, place.instance),
        device: place.root ? '/dev/xvda' : '/dev/sdf',
        at,
        root: place.root,
      },
    };
  },
  arn: (unit, entity) => `arn:aws:ec2:${unit.region}:${unit.account.id}:volume/${entity.id}`,
  api: (_view, unit, entity): Volume => ({
    Iops: entity.iops,
    Tags: tagList(entity.tags),
    VolumeType: entity.volumeType,
    MultiAttachEnabled: false,
    ...(entity.volumeType === 'gp3' ? { Throughput: 125 } : {}),
    VolumeId: entity.id,
    Size: entity.size,
    SnapshotId: entity.snapshotId,
    AvailabilityZone: zoneName(unit, entity.zone),
    State: entity.attachment ? 'in-use' : 'available',
    CreateTime: new Date(entity.createdAt),
    Attachments: entity.attachment ? [attachment(entity)] : [],
    Encrypted: entity.encrypted,
    ...(entity.encrypted
      ? { KmsKeyId: `arn:aws:kms:${unit.region}:${unit.account.id}:key/${keyId(unit.account.id)}` }
      : {}),
  }),
  problems: (view, _unit, entity) =>
    entity.attachment === undefined && view.now() - entity.createdAt > 7 * day ? ['unattached_volume'] : [],
  trail: {
    source: 'ec2.amazonaws.com',
    type: 'AWS::EC2::Volume',
    calls: {
      create: each(({ id, size, volumeType, encrypted, zone, tags }, { unit }) => ({
        name: 'CreateVolume',
        request: {
          size: String(size),
          zone: zoneName(unit, zone),
          volumeType,
          encrypted,
          ...tagSpecification('volume', tags),
        },
        response: { volumeId: id, size: String(size), zone: zoneName(unit, zone), status: 'creating', volumeType },
      })),
      delete: each(({ id }) => ({ name: 'DeleteVolume', request: { volumeId: id }, response: { _return: true } })),
      // Newer calls of EC2 are logged under their own names and in their own casing.
      grow: each(({ id, size }) => ({
        name: 'ModifyVolume',
        request: { ModifyVolumeRequest: { VolumeId: id, Size: size } },
        response: { ModifyVolumeResponse: { volumeModification: { volumeId: id, targetSize: size } } },
      })),
      ...ec2TagCalls(),
    },
  },
  mutations: {
    grow: ({ size }) => ({ size: size * 2 }),
  },
  keeps: ({ attachment: held }) => (held ? `it is attached to ${held.instance}` : undefined),
};

/** The account's own key for disks, databases and buckets. */
export function keyId(account: string): string {
  const digits = looseId('', account, 'key-a').slice(2) + looseId('', account, 'key-b').slice(2);
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');
}

function attachment({ id, attachment: held }: VolumeEntity) {
  return {
    DeleteOnTermination: held?.root ?? false,
    VolumeId: id,
    InstanceId: held?.instance ?? '',
    Device: held?.device ?? '',
    State: 'attached' as const,
    AttachTime: new Date(held?.at ?? 0),
  };
}
