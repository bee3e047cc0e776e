/** EC2's writes that change the world. Refused ones change nothing. */
import type {
  CreateTagsRequest,
  DeleteTagsRequest,
  StartInstancesRequest,
  StartInstancesResult,
  StopInstancesRequest,
  StopInstancesResult,
} from '@aws-sdk/client-ec2';
import type { Entity, Tags } from '../../world/entity.ts';
import type { ResourceType, Unit } from '../../world/estate.ts';
import type { InstanceEntity } from '../../world/kinds/instance.ts';
import { modify } from '../../world/mutate.ts';
import { ApiError, type Call, type Handlers } from '../call.ts';
import { unitsOf } from '../paging.ts';

type Place = readonly [Unit, Entity];

const notFound: Readonly<Record<string, string>> = {
  ec2: 'InvalidInstanceID.NotFound',
  ebs: 'InvalidVolume.NotFound',
  snapshot: 'InvalidSnapshot.NotFound',
  security_group: 'InvalidGroup.NotFound',
  ami: 'InvalidAMIID.NotFound',
  eip: 'InvalidAllocationID.NotFound',
};
const byPrefix: Readonly<Record<string, ResourceType>> = {
  i: 'ec2',
  vol: 'ebs',
  snap: 'snapshot',
  sg: 'security_group',
  ami: 'ami',
  eipalloc: 'eip',
};

function resource(call: Call<unknown>, id: string): Place {
  const type = byPrefix[id.split('-')[0] as string];
  if (!type) throw new ApiError('InvalidID', `The ID '${id}' is not valid`);
  const [unit] = unitsOf(call, type);
  const entity = unit && call.world.find(unit, id);
  if (!unit || !entity) throw new ApiError(notFound[type] as string, `The ID '${id}' does not exist`);
  return [unit, entity];
}

/** EC2 answers a dry run with an error either way: this one says that the call would have worked. */
function refuseDryRun(DryRun: boolean | undefined): void {
  if (DryRun) throw new ApiError('DryRunOperation', 'Request would have succeeded, but DryRun flag is set.', 412);
}

const running = { Code: 16, Name: 'running' } as const;
const stopped = { Code: 80, Name: 'stopped' } as const;

/** The world stops them at once; the answer says "stopping", as EC2's does. */
function stopInstances(call: Call<StopInstancesRequest>): StopInstancesResult {
  const stopping = { Code: 64, Name: 'stopping' } as const;
  return {
    StoppingInstances: switchInstances(call, { to: 'stopped', patch: { stoppedAt: call.world.now() }, on: stopping }),
  };
}

function startInstances(call: Call<StartInstancesRequest>): StartInstancesResult {
  const pending = { Code: 0, Name: 'pending' } as const;
  const patch = { stoppedAt: 0, launchedAt: call.world.now() };
  return { StartingInstances: switchInstances(call, { to: 'running', patch, on: pending }) };
}

interface Switch<S> {
  readonly to: InstanceEntity['state'];
  readonly patch: Partial<InstanceEntity>;
  /** The state that the answer shows on the way. */
  readonly on: S;
}

/** Instances that are there already stay as they are. All ids are looked up before anything changes. */
function switchInstances<S>(call: Call<StopInstancesRequest | StartInstancesRequest>, { to, patch, on }: Switch<S>) {
  const places = (call.input.InstanceIds ?? []).map((id) => resource(call, id));
  refuseDryRun(call.input.DryRun);
  return places.map(([unit, entity]) => {
    const { id, state } = entity as InstanceEntity;
    const before = state === 'running' ? running : stopped;
    if (state === to) return { InstanceId: id, CurrentState: before, PreviousState: before };
    const what = to === 'running' ? 'start' : 'stop';
    call.steps.push(modify(call.world, { unit, entity, patch: { state: to, ...patch }, what }));
    return { InstanceId: id, CurrentState: on, PreviousState: before };
  });
}

/** AWS's limit on tags that a resource may carry. */
const mostTags = 50;

function createTags(call: Call<CreateTagsRequest>): object {
  const added = Object.fromEntries((call.input.Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value]));
  if (Object.keys(added).some((key) => key.startsWith('aws:'))) {
    throw new ApiError('InvalidParameterValue', 'Tag keys starting with aws: are reserved for internal use');
  }
  return retag(call, 'tag', (tags) => {
    const all = { ...tags, ...added };
    if (Object.keys(all).length > mostTags) throw new ApiError('TagLimitExceeded', 'More than 50 tags specified');
    return all;
  });
}

/** A tag that is named with a value goes only if it has that value; without a list, all of the user's tags go. */
function deleteTags(call: Call<DeleteTagsRequest>): object {
  const { Tags: named } = call.input;
  return retag(call, 'untag', (tags) =>
    Object.fromEntries(
      Object.entries(tags).filter(([key, value]) => {
        if (key.startsWith('aws:')) return true;
        return (
          named !== undefined &&
          !named.some((tag) => tag.Key === key && (tag.Value === undefined || tag.Value === value))
        );
      }),
    ),
  );
}

function retag(
  call: Call<CreateTagsRequest | DeleteTagsRequest>,
  what: 'tag' | 'untag',
  change: (tags: Tags) => Tags,
): object {
  const places = (call.input.Resources ?? []).map((id) => resource(call, id));
  const tags = places.map(([, entity]) => change(entity.tags));
  refuseDryRun(call.input.DryRun);
  places.forEach(([unit, entity], i) => {
    const after = tags[i] as Tags;
    const same = JSON.stringify(after) === JSON.stringify(entity.tags);
    if (!same) call.steps.push(modify(call.world, { unit, entity, patch: { tags: after }, what }));
  });
  return {};
}

export const ec2Writes: Handlers = {
  StopInstances: stopInstances,
  StartInstances: startInstances,
  CreateTags: createTags,
  DeleteTags: deleteTags,
};
