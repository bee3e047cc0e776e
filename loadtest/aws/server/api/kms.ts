/** KMS: the list has ids only, and each question about a key is a call of its own. */
import type {
  DescribeKeyRequest,
  DescribeKeyResponse,
  GetKeyRotationStatusRequest,
  GetKeyRotationStatusResponse,
  KeyMetadata,
  ListAliasesRequest,
  ListAliasesResponse,
  ListKeysRequest,
  ListKeysResponse,
  ListResourceTagsRequest,
  ListResourceTagsResponse,
} from '@aws-sdk/client-kms';
import type { KeyEntity } from '../../world/kinds/key.ts';
import { ApiError, type Call, type Handlers } from '../call.ts';
import { sliceOf } from '../paging.ts';
import { listUnit, needOne } from './unit-list.ts';

const badToken = 'InvalidMarkerException';

function page(call: Call<{ Limit?: number | undefined; Marker?: string | undefined }>, most: number, usual: number) {
  const { Limit, Marker } = call.input;
  return listUnit<KeyEntity, KeyMetadata>(call, { type: 'kms', asked: Limit, most, usual, token: Marker, badToken });
}

function more(next: string | undefined) {
  return { Truncated: next !== undefined, ...(next === undefined ? {} : { NextMarker: next }) };
}

function listKeys(call: Call<ListKeysRequest>): ListKeysResponse {
  const { items, next } = page(call, 1000, 100);
  return { Keys: items.map(({ KeyId, Arn }) => ({ KeyId, KeyArn: Arn })), ...more(next) };
}

function listAliases(call: Call<ListAliasesRequest>): ListAliasesResponse {
  const { entities, next } = page(call, 100, 50);
  const prefix = `arn:aws:kms:${call.region}:${call.caller.account.id}:`;
  return {
    Aliases: entities.map(({ alias, id, createdAt }) => ({
      AliasName: alias,
      AliasArn: prefix + alias,
      TargetKeyId: id,
      CreationDate: new Date(createdAt),
    })),
    ...more(next),
  };
}

function key(call: Call<unknown>, ref = '') {
  const id = ref.split('/').pop() ?? '';
  return needOne<KeyEntity>(call, 'kms', id, ['NotFoundException', `Key '${ref}' does not exist`]);
}

function describeKey(call: Call<DescribeKeyRequest>): DescribeKeyResponse {
  return { KeyMetadata: call.world.describe(...key(call, call.input.KeyId)) as KeyMetadata };
}

/** A key that waits for its end has no answer. */
function getKeyRotationStatus(call: Call<GetKeyRotationStatusRequest>): GetKeyRotationStatusResponse {
  const [, { rotates, id, state }] = key(call, call.input.KeyId);
  if (state === 'PendingDeletion') {
    throw new ApiError('KMSInvalidStateException', `${id} is pending deletion.`);
  }
  return { KeyRotationEnabled: rotates, KeyId: id, ...(rotates ? { RotationPeriodInDays: 365 } : {}) };
}

function listResourceTags(call: Call<ListResourceTagsRequest>): ListResourceTagsResponse {
  const [, { tags }] = key(call, call.input.KeyId);
  const { Limit = 50, Marker } = call.input;
  const list = Object.entries(tags).map(([TagKey, TagValue]) => ({ TagKey, TagValue }));
  const found = sliceOf(list, { limit: Math.min(50, Limit), token: Marker, badToken });
  return { Tags: [...found.items], ...more(found.next) };
}

export const kms: Handlers = {
  ListKeys: listKeys,
  ListAliases: listAliases,
  DescribeKey: describeKey,
  GetKeyRotationStatus: getKeyRotationStatus,
  ListResourceTags: listResourceTags,
};
