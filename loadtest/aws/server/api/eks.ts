import type {
  DescribeClusterRequest,
  DescribeClusterResponse,
  ListClustersRequest,
  ListClustersResponse,
  ListTagsForResourceRequest,
  ListTagsForResourceResponse,
} from '@aws-sdk/client-eks';
import type { Call, Handlers } from '../call.ts';
import { listUnit, needOne, tokenAs } from './unit-list.ts';

/** Names only. */
function listClusters(call: Call<ListClustersRequest>): ListClustersResponse {
  const { maxResults, nextToken } = call.input;
  const badToken = 'InvalidParameterException';
  const page = listUnit(call, { type: 'eks', asked: maxResults, most: 100, token: nextToken, badToken });
  return { clusters: page.entities.map(({ id }) => id), ...tokenAs('nextToken', page.next) };
}

function cluster(call: Call<unknown>, name = '') {
  return needOne(call, 'eks', name, ['ResourceNotFoundException', `No cluster found for name: ${name}.`, 404]);
}

function describeCluster(call: Call<DescribeClusterRequest>): DescribeClusterResponse {
  return { cluster: call.world.describe(...cluster(call, call.input.name)) };
}

function listTagsForResource(call: Call<ListTagsForResourceRequest>): ListTagsForResourceResponse {
  const [, { tags }] = cluster(call, call.input.resourceArn?.split('/').pop());
  return { tags: { ...tags } };
}

export const eks: Handlers = {
  ListClusters: listClusters,
  DescribeCluster: describeCluster,
  ListTagsForResource: listTagsForResource,
};
