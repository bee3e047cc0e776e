/** Every action on the wire protocol: done, seen, and put back, as the simulator's world and ledger show it. */
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { ResourceType } from '../../loadtest/aws/world/estate.ts';
import type { Expected } from '../../loadtest/aws/world/world.ts';
import { type Rig, rig } from './harness.ts';

let one: Rig;
const resources = {
  ec2: 20,
  ebs: 30,
  snapshot: 40,
  security_group: 10,
  s3: 10,
  rds: 6,
  eip: 6,
  ami: 8,
  asg: 4,
  ecs: 2,
  ecs_service: 4,
  iam_role: 8,
};

beforeAll(async () => {
  one = await rig({ resources });
});
afterAll(async () => {
  await one[Symbol.asyncDispose]();
});
beforeEach(() => one.simulator.ledger.clear());

const state = (word: string) => (found: Expected) => {
  const { State } = found.api as { State?: string | { Name?: string } };
  return (typeof State === 'object' ? State.Name : State) === word;
};

interface Case {
  readonly type: ResourceType;
  readonly fits?: (found: Expected) => boolean;
  readonly params?: object;
  readonly calls: readonly string[];
  readonly back: readonly string[];
}
const rule = { protocol: 'tcp', from_port: 443, to_port: 443, source: '0.0.0.0/0' };
const hasRule = ({ api }: Expected): boolean =>
  ((api as { IpPermissions?: { FromPort?: number; IpRanges?: { CidrIp?: string }[] }[] }).IpPermissions ?? []).some(
    ({ FromPort, IpRanges = [] }) => FromPort === 443 && IpRanges.some(({ CidrIp }) => CidrIp === '0.0.0.0/0'),
  );

const cases: Readonly<Record<string, Case>> = {
  'tag ec2': { type: 'ec2', params: { tags: { a: 'b' } }, calls: ['ec2:CreateTags'], back: ['ec2:DeleteTags'] },
  'tag s3': {
    type: 's3',
    params: { tags: { a: 'b' } },
    calls: ['tagging:TagResources'],
    back: ['tagging:UntagResources'],
  },
  'tag iam_role': { type: 'iam_role', params: { tags: { a: 'b' } }, calls: ['iam:TagRole'], back: ['iam:UntagRole'] },
  'stop ec2': { type: 'ec2', fits: state('running'), calls: ['ec2:StopInstances'], back: ['ec2:StartInstances'] },
  'stop rds': {
    type: 'rds',
    fits: ({ api }) => (api as { DBInstanceStatus: string }).DBInstanceStatus === 'available',
    calls: ['rds:StopDBInstance'],
    back: ['rds:StartDBInstance'],
  },
  'detach ebs': {
    type: 'ebs',
    fits: ({ api }) => (api as { Attachments?: { Device?: string }[] }).Attachments?.[0]?.Device === '/dev/sdf',
    calls: ['ec2:DetachVolume'],
    back: ['ec2:AttachVolume'],
  },
  'revoke_rule security_group': {
    type: 'security_group',
    params: rule,
    fits: hasRule,
    calls: ['ec2:RevokeSecurityGroupIngress'],
    back: ['ec2:AuthorizeSecurityGroupIngress'],
  },
  'block_public_access s3': { type: 's3', calls: ['s3:PutPublicAccessBlock'], back: ['s3:'] },
  'quarantine ec2': {
    type: 'ec2',
    fits: state('running'),
    calls: ['ec2:CreateSecurityGroup', 'ec2:RevokeSecurityGroupEgress', 'ec2:ModifyInstanceAttribute'],
    back: ['ec2:ModifyInstanceAttribute'],
  },
  'scale_to_zero asg': {
    type: 'asg',
    calls: ['autoscaling:UpdateAutoScalingGroup'],
    back: ['autoscaling:UpdateAutoScalingGroup'],
  },
  'scale_to_zero ecs_service': { type: 'ecs_service', calls: ['ecs:UpdateService'], back: ['ecs:UpdateService'] },
};

async function planned(type: ResourceType, action: string, { fits, params }: Pick<Case, 'fits' | 'params'>) {
  for (const found of one.some(
    type,
    (each) => (fits?.(each) ?? true) && !Object.keys(each.tags).some((key) => key.startsWith('want:')),
  )) {
    one.want(found.arn, action, params);
    await one.look(type);
    const plan = await one.reconciler.plan({ by: 'ada', filter: { ids: [found.arn] } });
    if (plan.items.length > 0) return plan;
  }
  throw new Error(`there is no ${type} to ${action}`);
}

async function applied(plan: Awaited<ReturnType<typeof planned>>) {
  for (const by of ['bob', 'cleo']) await one.reconciler.approve({ items: plan.items.map(({ id }) => id), by });
  return one.reconciler.apply({ plan: plan.id, by: 'ada' });
}

test.each(Object.entries(cases))('%s', async (name, { calls, back, ...rest }) => {
  const [action = '', type = ''] = name.split(' ');
  const plan = await planned(type as ResourceType, action, rest);
  const done = await applied(plan);
  expect(done.items.map(({ outcome, why }) => [outcome, why])).toEqual([['done', 'done and seen']]);
  expect(one.calls()).toEqual(calls);
  one.simulator.ledger.clear();
  const undone = await one.reconciler.undo({ action: `${plan.items[0]?.id}.0`, by: 'ada' });
  expect(undone.applied.items.map(({ outcome, why }) => [outcome, why])).toEqual([['done', 'done and seen']]);
  expect(one.calls().map((call, i) => call.startsWith(back[i] ?? '-'))).toEqual(back.map(() => true));
  await one.reconciler.stop({ by: 'ada', policy: 'elava.remediation', reason: '', resume: true });
  one.pass(1000);
});

test.each([
  ['delete_snapshot', 'snapshot', 'ec2:DeleteSnapshot'],
  ['deregister_image', 'ami', 'ec2:DeregisterImage'],
  ['release_address', 'eip', 'ec2:ReleaseAddress'],
] as const)('%s: marked, then gone', async (action, type, call) => {
  const used = (found: Expected): boolean =>
    type !== 'snapshot' || !one.some('ami').some(({ api }) => JSON.stringify(api).includes(found.id));
  const plan = await planned(type, action, { fits: used });
  expect((await applied(plan)).items[0]?.outcome).toBe('marked');
  const [waiting] = (await one.reconciler.plans({ id: plan.id })).plans[0]?.items ?? [];
  // To a minute after the end of its grace: approvals do not hold for ever.
  one.pass(Date.parse(waiting?.due ?? '') - Date.parse(waiting?.updated_at ?? '') + 60_000);
  await one.reconciler.stop({ by: 'ada', policy: 'elava.remediation', reason: '', resume: true });
  await one.reconciler.tick({ plan: false });
  expect(one.calls()).toEqual(['ec2:CreateTags', call]);
  expect(one.some(type, ({ arn }) => arn === plan.items[0]?.resource_id)).toEqual([]);
});
