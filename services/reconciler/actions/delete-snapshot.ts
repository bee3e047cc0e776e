import { defineAction, inState, noParams, shortId } from '../action.ts';
import { isGone, mark } from './common.ts';

/** Deletes a snapshot. AWS itself refuses one that an image uses. */
export const deleteSnapshot = defineAction({
  type: 'delete_snapshot',
  title: 'Delete a snapshot',
  cost: 'destructive',
  resources: ['snapshot'],
  proposable: true,
  params: noParams,
  check: (resource) => inState(resource, 'completed', 'error'),
  would: () => 'delete it',
  steps: [
    mark,
    {
      name: 'delete',
      role: 'delete',
      iam: ['ec2:DeleteSnapshot'],
      call: async ({ resource, aws }) => {
        await aws.change(['ec2', 'DeleteSnapshot'], { SnapshotId: shortId(resource) });
      },
      happened: isGone,
    },
  ],
});
