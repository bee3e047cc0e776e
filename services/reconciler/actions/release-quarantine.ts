import { defineAction } from '../action.ts';
import type { ActionParams } from '../reconciler.schema.ts';
import { isIn, moveTo } from './groups.ts';

const groupsIn = (params: ActionParams): string[] => params['groups'] as string[];

/** Gives an instance the security groups back that it had. */
export const releaseQuarantine = defineAction({
  type: 'release_quarantine',
  title: 'Give an isolated instance its security groups back',
  cost: 'recoverable',
  resources: ['ec2'],
  proposable: false,
  params({ groups }) {
    const known =
      Array.isArray(groups) && groups.length > 0 && groups.every((group) => /^sg-[0-9a-f]+$/.test(String(group)));
    return known ? { groups } : 'groups is no list of security groups';
  },
  check: (resource, params) => (isIn(resource, groupsIn(params)) ? 'it is in these groups already' : undefined),
  would: (_resource, params) => `put it back into ${groupsIn(params).join(', ')}`,
  inverse: () => ({ action: 'quarantine', params: {} }),
  steps: [
    {
      name: 'move',
      role: 'network',
      iam: ['ec2:ModifyInstanceAttribute'],
      call: (context) => moveTo(context, groupsIn(context.params)),
      happened: async ({ read, params }) => isIn(await read(), groupsIn(params)),
    },
  ],
});
