import type { Bucket } from '@aws-sdk/client-s3';
import { common, entityOf } from '../common.ts';
import type { Entity, Kind } from '../entity.ts';
import { slotSuffix } from '../ids.ts';
import type { Dice } from '../random.ts';
import { tagList } from '../tags.ts';
import { each, type Step } from '../trail/step.ts';

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
  trail: {
    source: 's3.amazonaws.com',
    type: 'AWS::S3::Bucket',
    arns: true,
    calls: {
      create: each((_entity, step) => [
        told('CreateBucket', step, { CreateBucketConfiguration: { LocationConstraint: step.unit.region, xmlns } }),
        told('PutBucketTagging', step, tagging(step)),
      ]),
      delete: each((_entity, step) => told('DeleteBucket', step)),
      publish: each((_entity, step) => [
        told('DeleteBucketPublicAccessBlock', step, { publicAccessBlock: '' }),
        told('PutBucketPolicy', step, { policy: '', bucketPolicy: publicPolicy(step) }),
      ]),
      hide: each((_entity, step) =>
        told('PutBucketPublicAccessBlock', step, { publicAccessBlock: '', PublicAccessBlockConfiguration: shut }),
      ),
      version: each(({ versioning }, step) =>
        told('PutBucketVersioning', step, { versioning: '', VersioningConfiguration: { Status: versioning, xmlns } }),
      ),
      // S3 takes the whole set of tags or none.
      tag: each((_entity, step) => told('PutBucketTagging', step, tagging(step))),
      untag: each(({ tags }, step) =>
        Object.keys(tags).length > 0
          ? told('PutBucketTagging', step, tagging(step))
          : told('DeleteBucketTagging', step, { tagging: '' }),
      ),
    },
  },
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

const xmlns = 'http://s3.amazonaws.com/doc/2006-03-01/';
const shut = {
  xmlns,
  BlockPublicAcls: true,
  IgnorePublicAcls: true,
  BlockPublicPolicy: true,
  RestrictPublicBuckets: true,
};

/** S3's own casing: the bucket in camel case, the body as in its XML. */
function told(name: string, { unit, before, after }: Step, body: object = {}) {
  const bucketName = (after ?? before)?.id ?? '';
  const Host = `${bucketName}.s3.${unit.region}.amazonaws.com`;
  return { name, request: { bucketName, Host, ...body }, response: null };
}

function tagging({ after, before }: Step): object {
  return { tagging: '', Tagging: { xmlns, TagSet: { Tag: tagList((after ?? before)?.tags ?? {}) } } };
}

function publicPolicy({ arn }: Step): object {
  const everyone = { Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: `${arn}/*` };
  return { Version: '2012-10-17', Statement: [everyone] };
}
