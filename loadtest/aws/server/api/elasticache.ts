import type {
  CacheCluster,
  CacheClusterMessage,
  DescribeCacheClustersMessage,
  ListTagsForResourceMessage,
  TagListMessage,
} from '@aws-sdk/client-elasticache';
import { tagList } from '../../world/tags.ts';
import { ApiError, type Call, type Handlers } from '../call.ts';
import { listUnit, needOne, tokenAs } from './unit-list.ts';

function cluster(call: Call<unknown>, id: string) {
  return needOne(call, 'elasticache', id, ['CacheClusterNotFound', `CacheCluster not found: ${id}`, 404]);
}

/** Nodes are shown only when they are asked for; each cluster has one. */
function describeCacheClusters(call: Call<DescribeCacheClustersMessage>): CacheClusterMessage {
  const { CacheClusterId, MaxRecords, Marker, ShowCacheNodeInfo } = call.input;
  const told = (item: CacheCluster) => (ShowCacheNodeInfo ? { ...item, CacheNodes: [node(item)] } : item);
  if (CacheClusterId !== undefined) {
    return { CacheClusters: [told(call.world.describe(...cluster(call, CacheClusterId)))] };
  }
  if (MaxRecords !== undefined && (MaxRecords < 20 || MaxRecords > 100)) {
    throw new ApiError(
      'InvalidParameterValue',
      `Invalid value ${MaxRecords} for MaxRecords. Must be between 20 and 100`,
    );
  }
  const badToken = 'InvalidParameterValue';
  const request = { type: 'elasticache', asked: MaxRecords, most: 100, token: Marker, badToken } as const;
  const page = listUnit<never, CacheCluster>(call, request);
  return { CacheClusters: page.items.map(told), ...tokenAs('Marker', page.next) };
}

function node({ CacheClusterId, Engine, PreferredAvailabilityZone, CacheClusterCreateTime }: CacheCluster) {
  return {
    CacheNodeId: '0001',
    CacheNodeStatus: 'available',
    CacheNodeCreateTime: CacheClusterCreateTime,
    Endpoint: { Address: `${CacheClusterId}.cache.amazonaws.com`, Port: Engine === 'memcached' ? 11211 : 6379 },
    ParameterGroupStatus: 'in-sync',
    CustomerAvailabilityZone: PreferredAvailabilityZone,
  };
}

function listTagsForResource(call: Call<ListTagsForResourceMessage>): TagListMessage {
  const [, { tags }] = cluster(call, call.input.ResourceName?.split(':').pop() ?? '');
  return { TagList: tagList(tags) };
}

export const elasticache: Handlers = {
  DescribeCacheClusters: describeCacheClusters,
  ListTagsForResource: listTagsForResource,
};
