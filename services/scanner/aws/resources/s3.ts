/** S3 buckets of a region. The list tells little more than the name: each setting is a call of its own. */
import Type from 'typebox';
import type { Gap } from '../../resource-type.ts';
import { type Answer, type AwsContext, awsType, listed, readDetail } from '../context.ts';
import { awsNameOf } from '../errors.ts';
import { present, refList, sortedBy, tagMap } from './common.ts';

type Listed = NonNullable<Answer<'s3', 'ListBuckets'>['Buckets']>[number];
interface Bucket extends Listed {
  readonly tagging?: Answer<'s3', 'GetBucketTagging'> | undefined;
  readonly encryption?: Answer<'s3', 'GetBucketEncryption'> | undefined;
  readonly block?: Answer<'s3', 'GetPublicAccessBlock'> | undefined;
  readonly policy?: Answer<'s3', 'GetBucketPolicyStatus'> | undefined;
  readonly acl?: Answer<'s3', 'GetBucketAcl'> | undefined;
  readonly versioning?: Answer<'s3', 'GetBucketVersioning'> | undefined;
  /** Fields that could not be read: they are left out rather than said to be false. */
  readonly unknown: ReadonlySet<string>;
}

export const s3 = awsType<Bucket>({
  type: 's3',
  title: 'S3 bucket',
  arns: 's3',
  service: 's3',
  global: false,
  actions: [
    's3:ListAllMyBuckets',
    's3:GetBucketLocation',
    's3:GetBucketTagging',
    's3:GetEncryptionConfiguration',
    's3:GetBucketPublicAccessBlock',
    's3:GetBucketPolicyStatus',
    's3:GetBucketAcl',
    's3:GetBucketVersioning',
  ],
  fields: Type.Object({
    public_read: Type.Optional(
      Type.Boolean({ description: 'Its policy or its ACL opens it to all, and no public access block shuts that.' }),
    ),
    encrypted: Type.Optional(Type.Boolean()),
    encryption: Type.Optional(Type.String({ description: 'AES256, aws:kms, aws:kms:dsse, or "".' })),
    kms_key_id: Type.Optional(Type.String()),
    versioning: Type.Optional(Type.Boolean()),
    mfa_delete: Type.Optional(Type.Boolean()),
    public_access_block: Type.Optional(
      Type.Object({
        block_public_acls: Type.Boolean(),
        ignore_public_acls: Type.Boolean(),
        block_public_policy: Type.Boolean(),
        restrict_public_buckets: Type.Boolean(),
      }),
    ),
  }),

  async list(aws, token) {
    const page = await aws.call('s3', 'ListBuckets', {
      MaxBuckets: 1000,
      BucketRegion: aws.region,
      ...(token ? { ContinuationToken: token } : {}),
    });
    const buckets = listed(page.Buckets, 's3:ListBuckets').filter((b) => (b.BucketRegion ?? aws.region) === aws.region);
    return { items: buckets.map((bucket) => ({ ...bucket, unknown: nothing })), next: page.ContinuationToken };
  },

  async detail(aws, bucket) {
    const Bucket = bucket.Name ?? '';
    if (bucket.BucketRegion === undefined && (await regionOf(aws, Bucket)) !== aws.region) return undefined;
    const [tagging, encryption, block, policy, acl, versioning] = await settingsOf(aws, Bucket);
    const gaps = [tagging, encryption, block, policy, acl, versioning].flatMap(
      (setting): readonly Gap[] => setting.gaps,
    );
    if (gaps.some(({ error }) => awsNameOf(error) === 'NoSuchBucket')) return undefined;
    const unknown = new Set(gaps.flatMap(({ fields }) => fields));
    const item: Bucket = {
      ...bucket,
      tagging: tagging.value,
      encryption: encryption.value,
      block: block.value,
      policy: policy.value,
      acl: acl.value,
      versioning: versioning.value,
      unknown,
    };
    return { item, gaps };
  },

  map(bucket, aws) {
    const name = bucket.Name ?? '';
    const fields = present({
      public_read: isPublic(bucket),
      ...settings(bucket),
      public_access_block: blocksOf(bucket),
    });
    for (const field of bucket.unknown) delete fields[field];
    const key = encryptionOf(bucket)?.KMSMasterKeyID;
    return {
      id: `arn:${aws.partition}:s3:::${name}`,
      name,
      status: '',
      tags: tagMap(bucket.tagging?.TagSet),
      created_at: bucket.CreationDate ?? '',
      refs: refList(key?.startsWith('arn:') && key),
      fields,
      metadata: answersOf(bucket),
    };
  },
});

function encryptionOf({ encryption }: Bucket) {
  return encryption?.ServerSideEncryptionConfiguration?.Rules?.[0]?.ApplyServerSideEncryptionByDefault;
}

function settings(bucket: Bucket) {
  const rule = encryptionOf(bucket);
  return {
    encrypted: rule !== undefined,
    encryption: rule?.SSEAlgorithm ?? '',
    kms_key_id: rule?.KMSMasterKeyID,
    versioning: bucket.versioning?.Status === 'Enabled',
    mfa_delete: bucket.versioning?.MFADelete === 'Enabled',
  };
}

/** What the calls said, in AWS's words. */
function answersOf({ Name, CreationDate, BucketRegion, acl, policy, encryption, versioning }: Bucket) {
  return present({
    Name,
    CreationDate,
    BucketRegion,
    Owner: acl?.Owner,
    Grants: acl && sortedBy(acl.Grants, (g) => JSON.stringify([g.Grantee?.URI, g.Grantee?.ID, g.Permission])),
    PolicyStatus: policy?.PolicyStatus,
    ServerSideEncryptionConfiguration: encryption?.ServerSideEncryptionConfiguration,
    Versioning: versioning && present({ Status: versioning.Status, MFADelete: versioning.MFADelete }),
  });
}
const nothing: ReadonlySet<string> = new Set();

/** All at once; a bucket that is not configured says so with an error of its own. */
function settingsOf(aws: AwsContext, Bucket: string) {
  return Promise.all([
    readDetail({
      fields: ['tags'],
      absent: ['NoSuchTagSet', 'NoSuchTagSetError'],
      call: () => aws.call('s3', 'GetBucketTagging', { Bucket }),
    }),
    readDetail({
      fields: ['encrypted', 'encryption', 'kms_key_id', 'ServerSideEncryptionConfiguration'],
      absent: ['ServerSideEncryptionConfigurationNotFoundError'],
      call: () => aws.call('s3', 'GetBucketEncryption', { Bucket }),
    }),
    readDetail({
      fields: ['public_read', 'public_access_block'],
      absent: ['NoSuchPublicAccessBlockConfiguration'],
      call: () => aws.call('s3', 'GetPublicAccessBlock', { Bucket }),
    }),
    readDetail({
      fields: ['public_read', 'PolicyStatus'],
      absent: ['NoSuchBucketPolicy'],
      call: () => aws.call('s3', 'GetBucketPolicyStatus', { Bucket }),
    }),
    readDetail({
      fields: ['public_read', 'Owner', 'Grants'],
      // Object ownership "bucket owner enforced" switches ACLs off.
      absent: ['AccessControlListNotSupported'],
      call: () => aws.call('s3', 'GetBucketAcl', { Bucket }),
    }),
    readDetail({
      fields: ['versioning', 'mfa_delete', 'Versioning'],
      call: () => aws.call('s3', 'GetBucketVersioning', { Bucket }),
    }),
  ]);
}

/** Only where the list does not tell. The first region of AWS has no name here, and Ireland an old one. */
async function regionOf(aws: AwsContext, Bucket: string): Promise<string> {
  const { LocationConstraint } = await aws.call('s3', 'GetBucketLocation', { Bucket });
  if (!LocationConstraint) return 'us-east-1';
  return LocationConstraint === 'EU' ? 'eu-west-1' : LocationConstraint;
}

const everyone = /\/groups\/global\/(AllUsers|AuthenticatedUsers)$/;

function isPublic({ block, policy, acl }: Bucket): boolean {
  const { IgnorePublicAcls, RestrictPublicBuckets } = block?.PublicAccessBlockConfiguration ?? {};
  const byPolicy = policy?.PolicyStatus?.IsPublic === true && RestrictPublicBuckets !== true;
  const reads = (acl?.Grants ?? []).some(
    ({ Grantee, Permission }) =>
      everyone.test(Grantee?.URI ?? '') && (Permission === 'READ' || Permission === 'FULL_CONTROL'),
  );
  return byPolicy || (reads && IgnorePublicAcls !== true);
}

function blocksOf({ block }: Bucket) {
  const set = block?.PublicAccessBlockConfiguration ?? {};
  return {
    block_public_acls: set.BlockPublicAcls ?? false,
    ignore_public_acls: set.IgnorePublicAcls ?? false,
    block_public_policy: set.BlockPublicPolicy ?? false,
    restrict_public_buckets: set.RestrictPublicBuckets ?? false,
  };
}
