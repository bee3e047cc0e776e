/** S3: the list of buckets and, one call each, what is configured on a bucket. "Not configured" is a 404 of its own kind. */
import type {
  GetBucketAclOutput,
  GetBucketEncryptionOutput,
  GetBucketLifecycleConfigurationOutput,
  GetBucketLocationOutput,
  GetBucketLoggingOutput,
  GetBucketPolicyStatusOutput,
  GetBucketTaggingOutput,
  GetBucketVersioningOutput,
  GetPublicAccessBlockOutput,
  HeadBucketOutput,
  ListBucketsOutput,
  ListBucketsRequest,
  ServerSideEncryptionByDefault,
} from '@aws-sdk/client-s3';
import type { Unit } from '../../world/estate.ts';
import type { BucketEntity } from '../../world/kinds/bucket.ts';
import { keyId } from '../../world/kinds/volume.ts';
import { tagList } from '../../world/tags.ts';
import { ApiError, type Call, type Handlers } from '../call.ts';
import { pageLimit, pageOf, unitsOf } from '../paging.ts';
import { s3Changes } from './changes.ts';
import { s3Objects } from './s3-objects.ts';

type BucketCall = Call<{ readonly Bucket?: string | undefined }>;

/** All buckets of the account from any region. S3 tells the region only to a caller that passes some parameter. */
function listBuckets(call: Call<ListBucketsRequest>): ListBucketsOutput {
  const { MaxBuckets, ContinuationToken, Prefix, BucketRegion } = call.input;
  const regions = BucketRegion === undefined ? call.world.options.regions : [BucketRegion];
  const units = unitsOf(call, 's3', regions);
  const parameters =
    MaxBuckets !== undefined || ContinuationToken !== undefined || Prefix !== undefined || BucketRegion !== undefined;
  const accept = (entity: { readonly id: string }) => Prefix === undefined || entity.id.startsWith(Prefix);
  const limit = pageLimit(MaxBuckets, 10_000);
  const page = pageOf<BucketEntity>(call, units, {
    limit,
    token: ContinuationToken,
    accept,
    badToken: 'InvalidArgument',
  });
  return {
    Buckets: page.entities.map((entity) => ({
      Name: entity.id,
      CreationDate: new Date(entity.createdAt),
      ...(parameters ? { BucketRegion: regionOf(call, entity.id) ?? '', BucketArn: `arn:aws:s3:::${entity.id}` } : {}),
    })),
    Owner: { ID: canonicalId(call) },
    ...(page.next === undefined ? {} : { ContinuationToken: page.next }),
    ...(Prefix === undefined ? {} : { Prefix }),
  };
}

function locate(call: Call<unknown>, name: string): readonly [Unit, BucketEntity] | undefined {
  for (const unit of unitsOf(call, 's3', call.world.options.regions)) {
    const entity = call.world.find(unit, name);
    if (entity) return [unit, entity as BucketEntity];
  }
  return undefined;
}

function regionOf(call: Call<unknown>, name: string): string | undefined {
  return locate(call, name)?.[0].region;
}

/** The bucket, if it is here: S3 sends callers of another region away. */
function bucketOf(call: BucketCall): readonly [Unit, BucketEntity] {
  const name = call.input.Bucket ?? '';
  const found = locate(call, name);
  if (!found) throw new ApiError('NoSuchBucket', 'The specified bucket does not exist', 404);
  const [{ region }] = found;
  if (region === call.region) return found;
  const message = 'The bucket you are attempting to access must be addressed using the specified endpoint.';
  throw new ApiError('PermanentRedirect', message, 301, { 'x-amz-bucket-region': region });
}

function headBucket(call: BucketCall): HeadBucketOutput {
  const [unit] = bucketOf(call);
  return { BucketRegion: unit.region };
}

/** Answered in any region; the first region of AWS has no name here. */
function getBucketLocation(call: BucketCall): GetBucketLocationOutput {
  const found = locate(call, call.input.Bucket ?? '');
  if (!found) throw new ApiError('NoSuchBucket', 'The specified bucket does not exist', 404);
  const { region } = found[0];
  return region === 'us-east-1'
    ? {}
    : { LocationConstraint: region as NonNullable<GetBucketLocationOutput['LocationConstraint']> };
}

function getBucketTagging(call: BucketCall): GetBucketTaggingOutput {
  const [, { tags }] = bucketOf(call);
  const TagSet = tagList(tags);
  if (TagSet.length === 0) throw new ApiError('NoSuchTagSet', 'The TagSet does not exist', 404);
  return { TagSet };
}

function getBucketEncryption(call: BucketCall): GetBucketEncryptionOutput {
  const [unit, { encryption }] = bucketOf(call);
  if (encryption === 'none') {
    const message = 'The server side encryption configuration was not found';
    throw new ApiError('ServerSideEncryptionConfigurationNotFoundError', message, 404);
  }
  const key = `arn:aws:kms:${unit.region}:${unit.account.id}:key/${keyId(unit.account.id)}`;
  const byDefault: ServerSideEncryptionByDefault = {
    SSEAlgorithm: encryption,
    ...(encryption === 'aws:kms' ? { KMSMasterKeyID: key } : {}),
  };
  const Rules = [{ ApplyServerSideEncryptionByDefault: byDefault, BucketKeyEnabled: encryption === 'aws:kms' }];
  return { ServerSideEncryptionConfiguration: { Rules } };
}

function getPublicAccessBlock(call: BucketCall): GetPublicAccessBlockOutput {
  const [, { publicAccessBlock }] = bucketOf(call);
  if (publicAccessBlock === 'none') {
    throw new ApiError(
      'NoSuchPublicAccessBlockConfiguration',
      'The public access block configuration was not found',
      404,
    );
  }
  const all = publicAccessBlock === 'all';
  // "some" shuts no door that is open: existing ACLs and policies still count.
  return {
    PublicAccessBlockConfiguration: {
      BlockPublicAcls: true,
      IgnorePublicAcls: all,
      BlockPublicPolicy: true,
      RestrictPublicBuckets: all,
    },
  };
}

function getBucketPolicyStatus(call: BucketCall): GetBucketPolicyStatusOutput {
  const [, { policy }] = bucketOf(call);
  if (policy === 'none') throw new ApiError('NoSuchBucketPolicy', 'The bucket policy does not exist', 404);
  return { PolicyStatus: { IsPublic: policy === 'public' } };
}

function getBucketAcl(call: BucketCall): GetBucketAclOutput {
  const [, { acl }] = bucketOf(call);
  const ID = canonicalId(call);
  const everyone = { Type: 'Group', URI: 'http://acs.amazonaws.com/groups/global/AllUsers' } as const;
  const Grants: NonNullable<GetBucketAclOutput['Grants']> = [
    { Grantee: { ID, Type: 'CanonicalUser' }, Permission: 'FULL_CONTROL' },
  ];
  if (acl === 'public-read') Grants.push({ Grantee: everyone, Permission: 'READ' });
  return { Owner: { ID }, Grants };
}

function getBucketVersioning(call: BucketCall): GetBucketVersioningOutput {
  const [, { versioning }] = bucketOf(call);
  return versioning === '' ? {} : { Status: versioning };
}

function getBucketLifecycleConfiguration(call: BucketCall): GetBucketLifecycleConfigurationOutput {
  const [, { expireDays }] = bucketOf(call);
  if (expireDays === 0)
    throw new ApiError('NoSuchLifecycleConfiguration', 'The lifecycle configuration does not exist', 404);
  return { Rules: [{ ID: 'expire', Status: 'Enabled', Filter: { Prefix: '' }, Expiration: { Days: expireDays } }] };
}

function getBucketLogging(call: BucketCall): GetBucketLoggingOutput {
  const [, { id, logsTo }] = bucketOf(call);
  return logsTo === '' ? {} : { LoggingEnabled: { TargetBucket: logsTo, TargetPrefix: `${id}/` } };
}

/** Sixty-four digits, one a account. */
function canonicalId({ caller }: Call<unknown>): string {
  return caller.account.id.padStart(64, 'a1b2c3d4');
}

export const s3: Handlers = {
  ListBuckets: listBuckets,
  HeadBucket: headBucket,
  GetBucketLocation: getBucketLocation,
  GetBucketTagging: getBucketTagging,
  GetBucketEncryption: getBucketEncryption,
  GetPublicAccessBlock: getPublicAccessBlock,
  GetBucketPolicyStatus: getBucketPolicyStatus,
  GetBucketAcl: getBucketAcl,
  GetBucketVersioning: getBucketVersioning,
  GetBucketLifecycleConfiguration: getBucketLifecycleConfiguration,
  GetBucketLogging: getBucketLogging,
  ...s3Objects,
  ...s3Changes,
};
