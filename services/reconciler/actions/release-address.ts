import { defineAction, noParams, shortId } from '../action.ts';
import { flat, isGone, mark } from './common.ts';

/** Gives an address back to AWS. It may be another's a minute later, hence destructive. */
export const releaseAddress = defineAction({
  type: 'release_address',
  title: 'Release an elastic IP address',
  cost: 'destructive',
  resources: ['eip'],
  proposable: true,
  params: noParams,
  check: (resource) => (flat<boolean>(resource, 'associated') ? 'it is associated' : undefined),
  would: () => 'give the address back; it cannot be had again',
  steps: [
    mark,
    {
      name: 'release',
      role: 'delete',
      iam: ['ec2:ReleaseAddress'],
      call: async ({ resource, aws }) => {
        await aws.change(['ec2', 'ReleaseAddress'], { AllocationId: shortId(resource) });
      },
      happened: isGone,
    },
  ],
});
