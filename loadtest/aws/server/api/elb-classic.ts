import type {
  DescribeAccessPointsInput,
  DescribeAccessPointsOutput,
  DescribeTagsInput,
  DescribeTagsOutput,
  LoadBalancerDescription,
} from '@aws-sdk/client-elastic-load-balancing';
import { tagList } from '../../world/tags.ts';
import { ApiError, type Call, type Handlers } from '../call.ts';
import { listUnit, needOne, tokenAs } from './unit-list.ts';

function balancer(call: Call<unknown>, name: string) {
  return needOne(call, 'elb_classic', name, [
    'LoadBalancerNotFound',
    `There is no ACTIVE Load Balancer named '${name}'`,
  ]);
}

function describeLoadBalancers(call: Call<DescribeAccessPointsInput>): DescribeAccessPointsOutput {
  const { LoadBalancerNames: names, PageSize, Marker } = call.input;
  if (names && names.length > 0) {
    const LoadBalancerDescriptions = names.map(
      (name) => call.world.describe(...balancer(call, name)) as LoadBalancerDescription,
    );
    return { LoadBalancerDescriptions };
  }
  const request = {
    type: 'elb_classic',
    asked: PageSize,
    most: 400,
    token: Marker,
    badToken: 'ValidationError',
  } as const;
  const page = listUnit<never, LoadBalancerDescription>(call, request);
  return { LoadBalancerDescriptions: page.items, ...tokenAs('NextMarker', page.next) };
}

function describeTags(call: Call<DescribeTagsInput>): DescribeTagsOutput {
  const { LoadBalancerNames = [] } = call.input;
  if (LoadBalancerNames.length > 20) throw new ApiError('ValidationError', 'At most 20 load balancers.');
  return {
    TagDescriptions: LoadBalancerNames.map((LoadBalancerName) => ({
      LoadBalancerName,
      Tags: tagList(balancer(call, LoadBalancerName)[1].tags),
    })),
  };
}

export const elbClassic: Handlers = { DescribeLoadBalancers: describeLoadBalancers, DescribeTags: describeTags };
