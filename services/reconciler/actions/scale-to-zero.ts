import { defineAction, noParams } from '../action.ts';
import { capacityOf, hasCapacity, scaled, scaleTo } from './capacity.ts';

const none = { min: 0, desired: 0 };

/** Runs none of a scaling group's instances or a service's tasks. The group stays, with its largest size. */
export const scaleToZero = defineAction({
  type: 'scale_to_zero',
  title: 'Scale a group or a service to zero',
  cost: 'recoverable',
  resources: scaled,
  proposable: true,
  params: noParams,
  check: (resource) => (hasCapacity(resource, none) ? 'it runs nothing already' : undefined),
  would: (resource) => `run none of its ${capacityOf(resource).desired}`,
  inverse: (resource) => ({ action: 'scale', params: { ...capacityOf(resource) } }),
  steps: [
    {
      name: 'scale',
      role: 'scale',
      iam: ['autoscaling:UpdateAutoScalingGroup', 'ecs:UpdateService'],
      call: (context) => scaleTo(context, none),
      happened: async ({ read }) => hasCapacity(await read(), none),
    },
  ],
});
