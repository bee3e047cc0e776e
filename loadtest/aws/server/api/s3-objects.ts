/** The only objects of the estate: the files of its trail, in a bucket of the management account. */
import type { GetObjectRequest, ListObjectsV2Output, ListObjectsV2Request } from '@aws-sdk/client-s3';
import { type TrailFile, trailFileBody, trailFiles } from '../../world/trail/delivery.ts';
import { ApiError, type Call, type Handlers } from '../call.ts';
import { pageLimit } from '../paging.ts';

/** Every account's caller may read it: bucket policies are not evaluated. Throws for any other bucket. */
function filesOf(call: Call<{ readonly Bucket?: string | undefined }>, prefix = ''): TrailFile[] {
  const { world } = call;
  if (call.input.Bucket !== world.trail.options.bucket) {
    throw new ApiError('NoSuchBucket', 'The specified bucket does not exist', 404);
  }
  // Global services' events are delivered there, whether or not the estate has resources there.
  const regions = [...new Set(['us-east-1', ...world.options.regions])];
  return trailFiles(world.trail, { accounts: world.accounts, regions }, { now: world.now(), prefix });
}

/** A thousand a page, in the order of the keys. A token is the last key. */
function listObjectsV2(call: Call<ListObjectsV2Request>): ListObjectsV2Output {
  const { Prefix = '', StartAfter = '', ContinuationToken, MaxKeys, Delimiter } = call.input;
  const after = ContinuationToken ? Buffer.from(ContinuationToken, 'base64url').toString() : StartAfter;
  const limit = pageLimit(MaxKeys, 1000);
  const files = call.lists === 'nothing' ? [] : filesOf(call, Prefix);
  const folders = foldersOf(files, Prefix, Delimiter);
  const found = Delimiter ? files.filter(({ key }) => !key.slice(Prefix.length).includes(Delimiter)) : files;
  const rest = found.filter(({ key }) => key > after);
  const page = rest.slice(0, limit);
  const last = page.at(-1)?.key;
  const more = rest.length > limit && last !== undefined;
  return {
    Name: call.input.Bucket,
    Prefix,
    MaxKeys: limit,
    KeyCount: page.length + folders.length,
    IsTruncated: more,
    Contents: page.map((file) => object(file)),
    ...(folders.length > 0 ? { CommonPrefixes: folders.map((folder) => ({ Prefix: folder })) } : {}),
    ...(more ? { NextContinuationToken: Buffer.from(last).toString('base64url') } : {}),
  };
}

function object({ key, deliveredAt, events }: TrailFile) {
  return {
    Key: key,
    LastModified: new Date(deliveredAt),
    ETag: `"${Buffer.from(key).toString('hex').slice(-32)}"`,
    // What the file would be is not made for a list; events come to some four hundred bytes when they are packed.
    Size: events.length * 400,
    StorageClass: 'STANDARD' as const,
  };
}

function foldersOf(files: readonly TrailFile[], prefix: string, delimiter: string | undefined): string[] {
  if (!delimiter) return [];
  const ends = files.map(({ key }) => key.indexOf(delimiter, prefix.length));
  return [
    ...new Set(files.flatMap(({ key }, i) => ((ends[i] as number) < 0 ? [] : [key.slice(0, (ends[i] as number) + 1)]))),
  ];
}

function getObject(call: Call<GetObjectRequest>): object {
  const { Key = '' } = call.input;
  const file = filesOf(call, Key).find(({ key }) => key === Key);
  if (!file) throw new ApiError('NoSuchKey', 'The specified key does not exist.', 404);
  const Body = trailFileBody(file);
  return {
    Body,
    ContentLength: Body.length,
    ContentType: 'application/json',
    ContentEncoding: 'gzip',
    LastModified: new Date(file.deliveredAt),
  };
}

export const s3Objects: Handlers = { ListObjectsV2: listObjectsV2, GetObject: getObject };
