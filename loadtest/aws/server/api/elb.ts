/** Load balancers of version 2 and their target groups. Tags of twenty come with one call. */
import type {
  DescribeListenersInput,
  DescribeListenersOutput,
  DescribeLoadBalancersInput,
  DescribeLoadBalancersOutput,
  DescribeTagsInput,
  DescribeTagsOutput,
  DescribeTargetGroupsInput,
  DescribeTargetGroupsOutput,
  DescribeTargetHealthInput,
  DescribeTargetHealthOutput,
  LoadBalancer,
  TargetGroup,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { tagList } from '../../world/tags.ts';
import { ApiError, type Call, type Handlers } from '../call.ts';
import { listUnit, needOne, tokenAs } from './unit-list.ts';

const badToken = 'ValidationError';

function balancer(call: Call<unknown>, arn: string) {
  const id = arn.split(':loadbalancer/')[1] ?? '';
  return needOne(call, 'elb', id, ['LoadBalancerNotFound', `Load balancer '${arn}' not found`]);
}

function group(call: Call<unknown>, arn: string) {
  const id = arn.split(':targetgroup/')[1] ?? '';
  return needOne(call, 'target_group', id, ['TargetGroupNotFound', `Target group '${arn}' not found`]);
}

function describeLoadBalancers(call: Call<DescribeLoadBalancersInput>): DescribeLoadBalancersOutput {
  const { LoadBalancerArns: arns, PageSize, Marker } = call.input;
  if (arns && arns.length > 0) {
    return { LoadBalancers: arns.map((arn) => call.world.describe(...balancer(call, arn)) as LoadBalancer) };
  }
  const page = listUnit<never, LoadBalancer>(call, {
    type: 'elb',
    asked: PageSize,
    most: 400,
    token: Marker,
    badToken,
  });
  return { LoadBalancers: page.items, ...tokenAs('NextMarker', page.next) };
}

function describeTargetGroups(call: Call<DescribeTargetGroupsInput>): DescribeTargetGroupsOutput {
  const { LoadBalancerArn, TargetGroupArns: arns, PageSize, Marker } = call.input;
  if (arns && arns.length > 0) {
    return { TargetGroups: arns.map((arn) => call.world.describe(...group(call, arn)) as TargetGroup) };
  }
  const id = LoadBalancerArn?.split(':loadbalancer/')[1];
  const page = listUnit<never, TargetGroup>(call, {
    type: 'target_group',
    asked: PageSize,
    most: 400,
    token: Marker,
    badToken,
    ...(id === undefined
      ? {}
      : { accept: (entity: object) => (entity as { loadBalancer: string }).loadBalancer === id }),
  });
  return { TargetGroups: page.items, ...tokenAs('NextMarker', page.next) };
}

function describeTags(call: Call<DescribeTagsInput>): DescribeTagsOutput {
  const { ResourceArns = [] } = call.input;
  if (ResourceArns.length > 20) throw new ApiError('ValidationError', 'At most 20 resources.');
  return {
    TagDescriptions: ResourceArns.map((arn) => {
      const [, { tags }] = arn.includes(':targetgroup/') ? group(call, arn) : balancer(call, arn);
      return { ResourceArn: arn, Tags: tagList(tags) };
    }),
  };
}

/** One listener each, which forwards to the groups of the load balancer. */
function describeListeners(call: Call<DescribeListenersInput>): DescribeListenersOutput {
  const arn = call.input.LoadBalancerArn ?? '';
  const [, entity] = balancer(call, arn);
  const { TargetGroups = [] } = describeTargetGroups({ ...call, lists: 'all', input: { LoadBalancerArn: arn } });
  const listener = arn.replace(':loadbalancer/', ':listener/');
  const network = entity.id.startsWith('net/');
  return {
    Listeners: [
      {
        ListenerArn: `${listener}/${entity.id.slice(-16)}`,
        LoadBalancerArn: arn,
        Port: network ? 443 : 80,
        Protocol: network ? 'TCP' : 'HTTP',
        DefaultActions: TargetGroups.slice(0, 1).map(({ TargetGroupArn }) => ({
          Type: 'forward' as const,
          TargetGroupArn,
        })),
      },
    ],
  };
}

/** A group that a load balancer uses has one healthy target, any other none. */
function describeTargetHealth(call: Call<DescribeTargetHealthInput>): DescribeTargetHealthOutput {
  const [unit, entity] = group(call, call.input.TargetGroupArn ?? '');
  const { LoadBalancerArns = [], Port = 80 } = call.world.describe(unit, entity) as TargetGroup;
  const target = { Id: `10.1.${entity.slot % 250}.10`, Port, AvailabilityZone: `${unit.region}a` };
  return {
    TargetHealthDescriptions:
      LoadBalancerArns.length > 0 ? [{ Target: target, TargetHealth: { State: 'healthy' as const } }] : [],
  };
}

export const elb: Handlers = {
  DescribeLoadBalancers: describeLoadBalancers,
  DescribeTargetGroups: describeTargetGroups,
  DescribeTags: describeTags,
  DescribeListeners: describeListeners,
  DescribeTargetHealth: describeTargetHealth,
};
