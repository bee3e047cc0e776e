import type { Snapshot } from '@aws-sdk/client-ec2';
import { common, day, entityOf, named } from '../common.ts';
import type { Entity, Kind } from '../entity.ts';
import { longId, looseId } from '../ids.ts';
import { tagList } from '../tags.ts';
import { each, ec2TagCalls, tagSpecification } from '../trail/step.ts';
import { keyId } from './volume.ts';

export interface SnapshotEntity extends Entity {
  readonly volumeId: string;
  readonly size: number;
  readonly encrypted: boolean;
  readonly description: string;
}

const goneVolume = 0.1;

export const snapshot: Kind<SnapshotEntity> = {
  type: 'snapshot',
  generate(view, unit, slot) {
    const made = common(view, unit, slot);
    const { dice } = made;
    const volumes = view.sibling(unit, 'ebs');
    const gone = volumes.count === 0 || dice.chance(goneVolume);
    const volumeId = gone ? looseId('vol', unit.key, slot) : longId('vol', volumes, dice.below(volumes.count));
    const name = `${made.service}-backup`;
    return {
      ...entityOf({ ...made, tags: named(made.tags, name) }, longId('snap', unit, slot), name),
      volumeId,
      size: dice.pick([8, 20, 50, 100, 500] as const),
      encrypted: dice.chance(0.8),
      description: dice.chance(0.5) ? `Daily backup of ${volumeId}` : 'Created by CreateImage',
    };
  },
  // The documented form has no account (Service Authorization Reference, EC2: snapshot).
  arn: (unit, entity) => `arn:aws:ec2:${unit.region}::snapshot/${entity.id}`,
  api: (_view, unit, entity): Snapshot => ({
    Tags: tagList(entity.tags),
    StorageTier: 'standard',
    SnapshotId: entity.id,
    VolumeId: entity.volumeId,
    State: 'completed',
    StartTime: new Date(entity.createdAt),
    Progress: '100%',
    OwnerId: unit.account.id,
    Description: entity.description,
    VolumeSize: entity.size,
    Encrypted: entity.encrypted,
    ...(entity.encrypted
      ? { KmsKeyId: `arn:aws:kms:${unit.region}:${unit.account.id}:key/${keyId(unit.account.id)}` }
      : {}),
  }),
  problems(view, unit, entity) {
    const orphaned = view.find(view.sibling(unit, 'ebs'), entity.volumeId) === undefined;
    const old = view.now() - entity.createdAt > 90 * day;
    return [...(orphaned ? ['orphaned_snapshot' as const] : []), ...(old ? ['old_snapshot' as const] : [])];
  },
  trail: {
    source: 'ec2.amazonaws.com',
    type: 'AWS::EC2::Snapshot',
    calls: {
      create: each(({ id, volumeId, description, tags, size }) => ({
        name: 'CreateSnapshot',
        request: { volumeId, description, ...tagSpecification('snapshot', tags) },
        response: { snapshotId: id, volumeId, status: 'pending', volumeSize: String(size), description },
      })),
      delete: each(({ id }) => ({ name: 'DeleteSnapshot', request: { snapshotId: id }, response: { _return: true } })),
      ...ec2TagCalls(),
    },
  },
  mutations: {},
};
