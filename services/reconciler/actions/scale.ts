import { defineAction } from '../action.ts';
import { type Capacity, capacityOf, hasCapacity, scaled, scaleTo } from './capacity.ts';

/** Puts back the size that `scale_to_zero` took. */
export const scale = defineAction({
  type: 'scale',
  title: 'Give a group or a service its size back',
  cost: 'reversible',
  resources: scaled,
  proposable: false,
  params({ min, desired }) {
    return Number.isInteger(min) && Number.isInteger(desired) ? { min, desired } : 'min and desired are missing';
  },
  check: (resource, params) =>
    hasCapacity(resource, params as unknown as Capacity) ? 'it has that size already' : undefined,
  would: (_resource, { desired }) => `run ${String(desired)} of it again`,
  inverse: (resource) => ({ action: 'scale', params: { ...capacityOf(resource) } }),
  steps: [
    {
      name: 'scale',
      role: 'scale',
      iam: ['autoscaling:UpdateAutoScalingGroup', 'ecs:UpdateService'],
      call: (context) => scaleTo(context, context.params as unknown as Capacity),
      happened: async ({ read, params }) => hasCapacity(await read(), params as unknown as Capacity),
    },
  ],
});
