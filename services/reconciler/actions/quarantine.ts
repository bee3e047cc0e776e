import { elavaError } from '../../../lib/errors.ts';
import { defineAction, inState, noParams, type Step } from '../action.ts';
import { flat } from './common.ts';
import { groupsOf, ISOLATING, isIn, isolatingGroup, moveTo } from './groups.ts';

/** One a VPC, shared by all that are isolated in it. */
const makeGroup: Step = {
  name: 'group',
  role: 'network',
  iam: ['ec2:DescribeSecurityGroups', 'ec2:CreateSecurityGroup'],
  call: async ({ resource, aws }) => {
    await aws.change(['ec2', 'CreateSecurityGroup'], {
      GroupName: ISOLATING,
      Description: 'Elava: lets nothing in and nothing out',
      VpcId: flat<string>(resource, 'vpc_id') ?? '',
    });
  },
  happened: async (context) => (await isolatingGroup(context)) !== undefined,
};

/** A new group lets everything out. */
const closeGroup: Step = {
  name: 'close',
  role: 'network',
  iam: ['ec2:DescribeSecurityGroups', 'ec2:RevokeSecurityGroupEgress'],
  call: async (context) => {
    const group = await isolatingGroup(context);
    if (!group) throw elavaError('NOT_FOUND', `the security group ${ISOLATING} is gone`);
    const IpPermissions = [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }];
    await context.aws.change(['ec2', 'RevokeSecurityGroupEgress'], { GroupId: group.id, IpPermissions });
  },
  happened: async (context) => (await isolatingGroup(context))?.closed === true,
};

const isolate: Step = {
  name: 'isolate',
  role: 'network',
  iam: ['ec2:DescribeSecurityGroups', 'ec2:ModifyInstanceAttribute'],
  wait: async (context) =>
    (await isolatingGroup(context))?.closed ? undefined : `the group ${ISOLATING} is not closed`,
  call: async (context) => {
    const group = await isolatingGroup(context);
    if (!group?.closed) throw elavaError('NOT_FOUND', `the security group ${ISOLATING} is open or gone`);
    await moveTo(context, [group.id]);
  },
  async happened(context) {
    const group = await isolatingGroup(context);
    return group !== undefined && isIn(await context.read(), [group.id]);
  },
};

/** Cuts an instance off the network, and lets it run: what is on it can be looked at, and nothing is lost. */
export const quarantine = defineAction({
  type: 'quarantine',
  title: 'Isolate an instance with a security group that lets nothing through',
  cost: 'recoverable',
  resources: ['ec2'],
  proposable: true,
  params: noParams,
  check: (resource) => (flat<string>(resource, 'vpc_id') ? inState(resource, 'running', 'stopped') : 'it is in no VPC'),
  would: () => `put it into the security group ${ISOLATING} alone, which lets nothing in or out`,
  inverse: (resource) => ({ action: 'release_quarantine', params: { groups: groupsOf(resource) } }),
  steps: [makeGroup, closeGroup, isolate],
});
