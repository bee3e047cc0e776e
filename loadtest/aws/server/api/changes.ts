/** Writes of the services beside EC2: power of databases, tags, buckets' settings, sizes of groups and services. */
import type { UpdateAutoScalingGroupType } from '@aws-sdk/client-auto-scaling';
import type { UpdateServiceRequest } from '@aws-sdk/client-ecs';
import type { TagRoleRequest, UntagRoleRequest } from '@aws-sdk/client-iam';
import type { StartDBInstanceMessage } from '@aws-sdk/client-rds';
import type { TagResourcesInput, UntagResourcesInput } from '@aws-sdk/client-resource-groups-tagging-api';
import type { PublicAccessBlockConfiguration } from '@aws-sdk/client-s3';
import type { Entity, Tags } from '../../world/entity.ts';
import type { Unit } from '../../world/estate.ts';
import type { BucketEntity } from '../../world/kinds/bucket.ts';
import type { DatabaseEntity } from '../../world/kinds/database.ts';
import { locate } from '../../world/locate.ts';
import { modify, withoutKeys } from '../../world/mutate.ts';
import { ApiError, type Call, type Handlers } from '../call.ts';
import { unitsOf } from '../paging.ts';
import { needOne } from './unit-list.ts';

interface Change {
  readonly unit: Unit;
  readonly entity: Entity;
  readonly patch: object;
  readonly what: string;
}

/** AWS answers well also to what is so already; the world then stays as it is. */
function change(call: Call<unknown>, { unit, entity, patch, what }: Change): void {
  const same = JSON.stringify({ ...entity, ...patch }) === JSON.stringify(entity);
  if (!same) call.steps.push(modify(call.world, { unit, entity, patch, what }));
}

const power = (to: DatabaseEntity['status'], what: string) => (call: Call<StartDBInstanceMessage>) => {
  const { DBInstanceIdentifier = '' } = call.input;
  const place = [`DBInstanceNotFound`, `DBInstance ${DBInstanceIdentifier} not found.`, 404] as const;
  const [unit, entity] = needOne<DatabaseEntity>(call, 'rds', DBInstanceIdentifier, place);
  if (entity.status === to) throw new ApiError('InvalidDBInstanceState', `Instance ${entity.id} is ${to}.`);
  change(call, { unit, entity, patch: { status: to }, what });
  return { DBInstance: call.world.describe(unit, call.world.at(unit, entity.slot) as Entity) };
};

export const rdsChanges: Handlers = {
  StopDBInstance: power('stopped', 'stop'),
  StartDBInstance: power('available', 'start'),
};

function role(call: Call<{ readonly RoleName?: string | undefined }>) {
  const name = call.input.RoleName ?? '';
  return needOne(call, 'iam_role', name, ['NoSuchEntity', `The role with name ${name} cannot be found.`, 404]);
}

function tagRole(call: Call<TagRoleRequest>): object {
  const [unit, entity] = role(call);
  const added = Object.fromEntries((call.input.Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value]));
  change(call, { unit, entity, patch: { tags: { ...entity.tags, ...added } }, what: 'tag' });
  return {};
}

function untagRole(call: Call<UntagRoleRequest>): object {
  const [unit, entity] = role(call);
  change(call, { unit, entity, patch: { tags: withoutKeys(entity.tags, call.input.TagKeys ?? []) }, what: 'untag' });
  return {};
}

export const iamChanges: Handlers = { TagRole: tagRole, UntagRole: untagRole };

/** Each resource for itself: what is not the caller's, or of another region, is named among the failures. */
function retag(call: Call<unknown>, arns: readonly string[], what: string, next: (tags: Tags) => Tags): object {
  const failed: Record<string, object> = {};
  for (const arn of arns) {
    const place = locate(call.world, arn);
    const entity = place && call.world.at(place.unit, place.slot);
    if (!entity || place.unit.account.id !== call.caller.account.id) {
      failed[arn] = { StatusCode: 400, ErrorCode: 'InvalidParameterException', ErrorMessage: `${arn} is not known` };
    } else change(call, { unit: place.unit, entity, patch: { tags: next(entity.tags) }, what });
  }
  return { FailedResourcesMap: failed };
}

export const taggingChanges: Handlers = {
  TagResources: (call: Call<TagResourcesInput>) =>
    retag(call, call.input.ResourceARNList ?? [], 'tag', (tags) => ({ ...tags, ...call.input.Tags })),
  UntagResources: (call: Call<UntagResourcesInput>) =>
    retag(call, call.input.ResourceARNList ?? [], 'untag', (tags) => withoutKeys(tags, call.input.TagKeys ?? [])),
};

interface BucketInput {
  readonly Bucket?: string | undefined;
  readonly PublicAccessBlockConfiguration?: PublicAccessBlockConfiguration | undefined;
}

function setBucket(call: Call<BucketInput>, patch: Partial<BucketEntity>, what: string): object {
  const name = call.input.Bucket ?? '';
  const unit = unitsOf(call, 's3').find((one) => call.world.find(one, name));
  const entity = unit && call.world.find(unit, name);
  if (!unit || !entity) throw new ApiError('NoSuchBucket', 'The specified bucket does not exist', 404);
  change(call, { unit, entity, patch, what });
  return {};
}

/** All of it, what new ACLs and policies ask for, or none: what lies between is not modelled. */
function blockWord({ BlockPublicAcls, IgnorePublicAcls, RestrictPublicBuckets }: PublicAccessBlockConfiguration) {
  if (IgnorePublicAcls && RestrictPublicBuckets) return 'all';
  return BlockPublicAcls ? 'some' : 'none';
}

export const s3Changes: Handlers = {
  PutPublicAccessBlock: (call: Call<BucketInput>) =>
    setBucket(call, { publicAccessBlock: blockWord(call.input.PublicAccessBlockConfiguration ?? {}) }, 'block'),
  DeletePublicAccessBlock: (call: Call<BucketInput>) => setBucket(call, { publicAccessBlock: 'none' }, 'unblock'),
  PutBucketEncryption: (call: Call<BucketInput>) => setBucket(call, { encryption: 'AES256' }, 'encrypt'),
  DeleteBucketEncryption: (call: Call<BucketInput>) => setBucket(call, { encryption: 'none' }, 'decrypt'),
};

function updateAutoScalingGroup(call: Call<UpdateAutoScalingGroupType>): object {
  const { AutoScalingGroupName = '', MinSize, DesiredCapacity } = call.input;
  const missing = ['ValidationError', 'AutoScalingGroup name not found'] as const;
  const [unit, entity] = needOne(call, 'asg', AutoScalingGroupName, missing);
  const patch = {
    ...(MinSize === undefined ? {} : { min: MinSize }),
    ...(DesiredCapacity === undefined ? {} : { desired: DesiredCapacity }),
  };
  change(call, { unit, entity, patch, what: 'resize' });
  return {};
}

export const autoscalingChanges: Handlers = { UpdateAutoScalingGroup: updateAutoScalingGroup };

function updateService(call: Call<UpdateServiceRequest>): object {
  const { service = '', desiredCount } = call.input;
  const name = service.split('/').pop() ?? '';
  const [unit, entity] = needOne(call, 'ecs_service', name, ['ServiceNotFoundException', 'Service not found.']);
  change(call, { unit, entity, patch: { desired: desiredCount }, what: 'resize' });
  return { service: call.world.describe(unit, call.world.at(unit, entity.slot) as Entity) };
}

export const ecsChanges: Handlers = { UpdateService: updateService };
