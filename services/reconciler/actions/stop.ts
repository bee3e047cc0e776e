import { defineAction, inState, noParams } from '../action.ts';
import { isOff, on, powered, switchOff } from './power.ts';

/** Stops an instance or a database. Its disks stay, and go on being paid for. */
export const stop = defineAction({
  type: 'stop',
  title: 'Stop an instance or a database',
  cost: 'recoverable',
  resources: powered,
  proposable: true,
  params: noParams,
  check: (resource) => inState(resource, ...on),
  would: () => 'stop it',
  inverse: () => ({ action: 'start', params: {} }),
  steps: [
    {
      name: 'stop',
      role: 'power',
      iam: ['ec2:StopInstances', 'rds:StopDBInstance'],
      call: switchOff,
      happened: async ({ read }) => isOff(await read()),
    },
  ],
});
