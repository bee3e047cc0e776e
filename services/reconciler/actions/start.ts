import { defineAction, inState, noParams } from '../action.ts';
import { isOn, off, powered, switchOn } from './power.ts';

/** Starts an instance or a database that is stopped. */
export const start = defineAction({
  type: 'start',
  title: 'Start an instance or a database',
  cost: 'reversible',
  resources: powered,
  proposable: true,
  params: noParams,
  check: (resource) => inState(resource, ...off),
  would: () => 'start it',
  inverse: () => ({ action: 'stop', params: {} }),
  steps: [
    {
      name: 'start',
      role: 'power',
      iam: ['ec2:StartInstances', 'rds:StartDBInstance'],
      call: switchOn,
      happened: async ({ read }) => isOn(await read()),
    },
  ],
});
