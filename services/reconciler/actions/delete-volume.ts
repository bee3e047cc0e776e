import { defineAction, inState, noParams, type Step, type StepContext, shortId } from '../action.ts';
import { isGone, mark, orMissing } from './common.ts';

/** The tag by which the snapshot of a volume is found again, whoever made the call and whatever became of them. */
const MADE_BY = 'elava_action';

async function snapshotState({ aws, id }: StepContext): Promise<string | undefined> {
  const Filters = [{ Name: `tag:${MADE_BY}`, Values: [id] }];
  const { Snapshots = [] } = await aws.read(['ec2', 'DescribeSnapshots'], { OwnerIds: ['self'], Filters });
  return Snapshots[0]?.State;
}

const snapshot: Step = {
  name: 'snapshot',
  role: 'delete',
  iam: ['ec2:CreateSnapshot', 'ec2:CreateTags', 'ec2:DescribeSnapshots'],
  call: async (context) => {
    const { resource, aws, id } = context;
    const Tags = [
      { Key: MADE_BY, Value: id },
      { Key: 'elava_snapshot_of', Value: resource.id },
    ];
    await aws.change(['ec2', 'CreateSnapshot'], {
      VolumeId: shortId(resource),
      Description: `Taken by Elava before it deleted ${shortId(resource)}`,
      TagSpecifications: [{ ResourceType: 'snapshot', Tags }],
    });
  },
  happened: async (context) => {
    const state = await snapshotState(context);
    return state !== undefined && state !== 'error';
  },
};

/** Waits for the snapshot: an unfinished one is none. */
async function snapshotIsDone(context: StepContext): Promise<boolean> {
  return (await snapshotState({ ...context, id: context.id.replace(/\.\d+$/, '.1') })) === 'completed';
}

const remove: Step = {
  name: 'delete',
  role: 'delete',
  iam: ['ec2:DeleteVolume'],
  wait: async (context) => ((await snapshotIsDone(context)) ? undefined : 'its snapshot is not completed yet'),
  call: async ({ aws, resource }) => {
    await aws.change(['ec2', 'DeleteVolume'], { VolumeId: shortId(resource) });
  },
  async happened(context) {
    const ids = { VolumeIds: [shortId(context.resource)] };
    const answer = await orMissing(context.aws.read(['ec2', 'DescribeVolumes'], ids));
    return answer === undefined || answer.Volumes?.[0]?.State === 'deleting' || (await isGone(context));
  },
};

/** Deletes a volume that nothing uses, after a snapshot from which it can be made again. */
export const deleteVolume = defineAction({
  type: 'delete_volume',
  title: 'Snapshot, then delete a volume',
  cost: 'destructive',
  resources: ['ebs'],
  proposable: true,
  params: noParams,
  check: (resource) => inState(resource, 'available'),
  would: () => 'take a snapshot of it, then delete it',
  steps: [mark, snapshot, remove],
});
