/** Target groups: what load balancers forward to. Whether the targets are healthy just now is not asked. */
import Type from 'typebox';
import type { Lookup } from '../batched.ts';
import { type Answer, awsType, isGone, listed, readDetail } from '../context.ts';
import { type Tags, tagsByArn } from '../load-balancer-tags.ts';
import { metadataOf, present, refList } from './common.ts';

type Listed = NonNullable<Answer<'elasticloadbalancing', 'DescribeTargetGroups'>['TargetGroups']>[number];
interface Group {
  readonly arn: string;
  readonly group: Listed;
  readonly tagsOf: Lookup<Tags>;
  readonly tags?: Tags | undefined;
}

const missing = ['TargetGroupNotFound', 'TargetGroupNotFoundException'];

export const targetGroup = awsType<Group>({
  type: 'target_group',
  title: 'Target group',
  arns: 'elasticloadbalancing:targetgroup',
  service: 'elasticloadbalancing',
  global: false,
  actions: ['elasticloadbalancing:DescribeTargetGroups', 'elasticloadbalancing:DescribeTags'],
  fields: Type.Object({
    protocol: Type.Optional(Type.String()),
    port: Type.Optional(Type.Integer()),
    target_type: Type.Optional(Type.String({ description: 'instance, ip, lambda or alb.' })),
    vpc_id: Type.Optional(Type.String()),
    used: Type.Boolean({ description: 'Whether a load balancer forwards to it.' }),
    load_balancer_ids: Type.Array(Type.String({ description: 'ARN.' })),
    health_check: Type.Boolean(),
    health_check_protocol: Type.Optional(Type.String()),
    health_check_path: Type.Optional(Type.String()),
  }),

  async list(aws, token) {
    const page = await aws.call('elasticloadbalancing', 'DescribeTargetGroups', {
      PageSize: 400,
      ...(token ? { Marker: token } : {}),
    });
    const groups = listed(page.TargetGroups, 'elasticloadbalancing:DescribeTargetGroups');
    const arns = groups.map(({ TargetGroupArn = '' }) => TargetGroupArn);
    const tagsOf = tagsByArn(aws, arns, missing);
    return { items: groups.map((group, i) => ({ arn: arns[i] ?? '', group, tagsOf })), next: page.NextMarker };
  },

  async detail(_aws, found) {
    const { value, gaps } = await readDetail({ fields: ['tags'], call: () => found.tagsOf(found.arn) });
    return isGone(gaps, ...missing) ? undefined : { item: { ...found, tags: value }, gaps };
  },

  map({ arn, group, tags = {} }, aws) {
    const balancers = refList(...(group.LoadBalancerArns ?? []));
    return {
      id: arn,
      name: group.TargetGroupName ?? '',
      status: '',
      tags,
      created_at: '',
      refs: refList(...balancers, !!group.VpcId && aws.arn('ec2', `vpc/${group.VpcId}`)),
      fields: present({
        protocol: group.Protocol,
        port: group.Port,
        target_type: group.TargetType,
        vpc_id: group.VpcId,
        used: balancers.length > 0,
        load_balancer_ids: balancers,
        health_check: group.HealthCheckEnabled ?? false,
        health_check_protocol: group.HealthCheckProtocol,
        health_check_path: group.HealthCheckPath,
      }),
      metadata: metadataOf(group, [], { LoadBalancerArns: balancers }),
    };
  },
});
