import type { Bucket } from '@aws-sdk/client-s3';
import { common, entityOf } from '../common.ts';
import type { Entity, Kind } from '../entity.ts';
import { slotSuffix } from '../ids.ts';
import type { Dice } from '../random.ts';

export interface BucketEntity extends Entity {
  /** "none" only on buckets from before S3 encrypted all. */
  readonly encryption: 'AES256' | 'aws:kms' | 'none';
  readonly publicAccessBlock: 'all' | 'some' | 'none';
  readonly policy: 'none' | 'private' | 'public';
  readonly acl: 'private' | 'public-read';
  readonly versioning: '' | 'Enabled' | 'Suspended';
  /** Days after which objects expire, 0 for no lifecycle. */
  readonly expireDays: number;
  /** Bucket that takes the access logs, "" for none. */
  readonly logsTo: string;
}

const purposes = ['logs', 'assets', 'backups', 'exports', 'data-lake', 'artifacts', 'uploads', 'tf-state'] as const;

export const bucket: Kind<BucketEntity> = {
  type: 's3',
  generate(view, unit, slot) {
    const made = common(view, unit, slot);
    const { dice } = made;
    const name = `acme-${made.environment}-${made.service}-${dice.pick(purposes)}-${dice.hex(4)}${slotSuffix(unit, slot)}`;
    return {
      ...entityOf(made, name, name),
      encryption: dice.chance(0.05) ? 'none' : dice.pick(['AES256', 'AES256', 'aws:kms'] as const),
      ...access(dice),
      versioning: dice.pick(['Enabled', 'Enabled', 'Suspended', '', ''] as const),
      expireDays: dice.chance(0.3) ? dice.pick([30, 90, 365]) : 0,
      logsTo: dice.chance(0.2) ? `acme-access-logs-${unit.account.id}` : '',
    };
  },
  arn: (_unit, entity) => `arn:aws:s3:::${entity.id}`,
  api: (_view, unit, entity): Bucket => ({
    Name: entity.id,
    CreationDate: new Date(entity.createdAt),
    BucketRegion: unit.region,
    BucketArn: bucket.arn(unit, entity),
  }),
  problems: (_view, _unit, entity) => (isPublic(entity) ? ['public_bucket'] : []),
  mutations: {
    publish: (entity) => (isPublic(entity) ? undefined : { publicAccessBlock: 'none', policy: 'public' }),
    hide: (entity) => (isPublic(entity) ? { publicAccessBlock: 'all' } : undefined),
    version: ({ versioning }) => ({ versioning: versioning === 'Enabled' ? 'Suspended' : 'Enabled' }),
  },
};

/** A policy or an ACL opens it, and no public access block shuts it. */
function isPublic(entity: BucketEntity): boolean {
  return entity.publicAccessBlock !== 'all' && (entity.policy === 'public' || entity.acl === 'public-read');
}

function access(dice: Dice): Pick<BucketEntity, 'publicAccessBlock' | 'policy' | 'acl'> {
  return {
    publicAccessBlock: dice.pick(['all', 'all', 'all', 'some', 'none'] as const),
    policy: dice.pick(['none', 'none', 'none', 'private', 'private', 'public'] as const),
    acl: dice.chance(0.06) ? 'public-read' : 'private',
  };
}
