import type { KeyMetadata } from '@aws-sdk/client-kms';
import { common, entityOf } from '../common.ts';
import type { Entity, Kind } from '../entity.ts';
import type { Unit } from '../estate.ts';
import { looseId, slotSuffix } from '../ids.ts';
import { each, tagCalls } from '../trail/step.ts';
import { keyId } from './volume.ts';

export interface KeyEntity extends Entity {
  readonly manager: 'AWS' | 'CUSTOMER';
  readonly state: 'Enabled' | 'Disabled' | 'PendingDeletion';
  readonly rotates: boolean;
  readonly alias: string;
  readonly description: string;
  /** 0 unless it is to go. */
  readonly deletionAt: number;
}

/** The keys that AWS makes for an account when a service first needs one. */
const managed = ['ebs', 'rds', 's3'] as const;

/** Slots 0 to 2 are AWS's, slot 3 is the one that the account's disks, databases and buckets use. */
export const key: Kind<KeyEntity> = {
  type: 'kms',
  generate(view, unit, slot) {
    const made = common(view, unit, slot);
    const { dice } = made;
    const service = managed[slot];
    const entity = entityOf(made, keyIdAt(unit, slot), '');
    if (service) {
      const alias = `alias/aws/${service}`;
      const description = `Default key that protects my ${service.toUpperCase()} data when no other key is defined`;
      const own = { ...entity, name: alias, createdAt: unit.account.joinedAt, tags: {}, awsOwned: true };
      return { ...own, manager: 'AWS', state: 'Enabled', rotates: true, alias, description, deletionAt: 0 };
    }
    const alias = slot === 3 ? 'alias/estate' : `alias/${made.service}-${slot.toString(36)}`;
    const idle = slot > 3 && dice.chance(0.08);
    return {
      ...entity,
      name: alias,
      manager: 'CUSTOMER',
      state: idle ? 'Disabled' : 'Enabled',
      rotates: slot === 3 || dice.chance(0.6),
      alias,
      description: `Protects ${made.service}`,
      deletionAt: 0,
    };
  },
  arn: (unit, entity) => `arn:aws:kms:${unit.region}:${unit.account.id}:key/${entity.id}`,
  api: (_view, unit, entity): KeyMetadata => ({
    AWSAccountId: unit.account.id,
    KeyId: entity.id,
    Arn: key.arn(unit, entity),
    CreationDate: new Date(entity.createdAt),
    Enabled: entity.state === 'Enabled',
    Description: entity.description,
    KeyUsage: 'ENCRYPT_DECRYPT',
    KeyState: entity.state,
    ...(entity.deletionAt > 0 ? { DeletionDate: new Date(entity.deletionAt) } : {}),
    Origin: 'AWS_KMS',
    KeyManager: entity.manager,
    CustomerMasterKeySpec: 'SYMMETRIC_DEFAULT',
    KeySpec: 'SYMMETRIC_DEFAULT',
    EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'],
    MultiRegion: false,
  }),
  problems: (_view, _unit, { rotates, state }) => (state === 'Enabled' && !rotates ? ['unrotated_key'] : []),
  trail: {
    source: 'kms.amazonaws.com',
    type: 'AWS::KMS::Key',
    arns: true,
    calls: {
      create: each(({ id, description }, { arn }) => ({
        name: 'CreateKey',
        request: { description, keyUsage: 'ENCRYPT_DECRYPT', keySpec: 'SYMMETRIC_DEFAULT' },
        response: { keyMetadata: { keyId: id, arn, keyState: 'Enabled' } },
      })),
      delete: each(({ id }) => scheduled(id)),
      schedule: each(({ id }) => scheduled(id)),
      rotate: each(({ id, rotates }) => ({
        name: rotates ? 'EnableKeyRotation' : 'DisableKeyRotation',
        request: { keyId: id },
      })),
      disable: each(({ id }) => ({ name: 'DisableKey', request: { keyId: id } })),
      enable: each(({ id }) => ({ name: 'EnableKey', request: { keyId: id } })),
      ...tagCalls({ tag: 'TagResource', untag: 'UntagResource', by: 'keyId', ref: ({ id }) => id, form: 'TagKey' }),
    },
  },
  mutations: {
    rotate: ({ rotates }) => ({ rotates: !rotates }),
    disable: ({ state }) => (state === 'Enabled' ? { state: 'Disabled' } : undefined),
    enable: ({ state }) => (state === 'Disabled' ? { state: 'Enabled' } : undefined),
    schedule: ({ state }, { now }) =>
      state === 'PendingDeletion' ? undefined : { state: 'PendingDeletion', deletionAt: now + 30 * 86_400_000 },
  },
  fresh: () => ({ state: 'Enabled' }),
  // A key only ever waits for its end, a week at least.
  keeps: () => 'keys can only be scheduled for deletion',
};

function keyIdAt(unit: Unit, slot: number): string {
  if (slot === 3) return keyId(unit.account.id);
  const digits = looseId('', unit.key, slot, 'a').slice(2) + looseId('', unit.key, slot, 'b').slice(2);
  return digits.replace(/^(.{8})(.{3})(.{3})(.{3})(.{6}).*$/, `$1-$2a-4$3-8$4-$5${slotSuffix(unit, slot)}`);
}

function scheduled(id: string) {
  return { name: 'ScheduleKeyDeletion', request: { keyId: id, pendingWindowInDays: 30 }, response: { keyId: id } };
}
