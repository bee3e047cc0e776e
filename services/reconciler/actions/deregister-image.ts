import { defineAction, noParams, shortId } from '../action.ts';
import { isGone, mark } from './common.ts';

/** Deregisters an image; its snapshots stay. What was started from it goes on running. */
export const deregisterImage = defineAction({
  type: 'deregister_image',
  title: 'Deregister an image',
  cost: 'destructive',
  resources: ['ami'],
  proposable: true,
  params: noParams,
  check: () => undefined,
  would: () => 'deregister it; its snapshots stay',
  steps: [
    mark,
    {
      name: 'deregister',
      role: 'delete',
      iam: ['ec2:DeregisterImage'],
      call: async ({ resource, aws }) => {
        await aws.change(['ec2', 'DeregisterImage'], { ImageId: shortId(resource) });
      },
      happened: isGone,
    },
  ],
});
