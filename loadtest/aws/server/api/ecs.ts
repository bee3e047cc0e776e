/** ECS: lists give ARNs, descriptions are asked for by a hundred clusters or ten services. */
import type {
  Cluster,
  DescribeClustersRequest,
  DescribeClustersResponse,
  DescribeServicesRequest,
  DescribeServicesResponse,
  ListClustersRequest,
  ListClustersResponse,
  ListServicesRequest,
  ListServicesResponse,
  ListTagsForResourceRequest,
  ListTagsForResourceResponse,
  Service,
} from '@aws-sdk/client-ecs';
import type { Entity } from '../../world/entity.ts';
import { ecsCluster, ecsTags } from '../../world/kinds/ecs-cluster.ts';
import type { EcsServiceEntity } from '../../world/kinds/ecs-service.ts';
import { ApiError, type Call, type Handlers } from '../call.ts';
import { unitsOf } from '../paging.ts';
import { ecsChanges } from './changes.ts';
import { listUnit, lookUp, needOne, tokenAs } from './unit-list.ts';

const badToken = 'InvalidParameterException';
const last = (arn: string | undefined) => arn?.split('/').pop() ?? '';

function listClusters(call: Call<ListClustersRequest>): ListClustersResponse {
  const { maxResults, nextToken } = call.input;
  const page = listUnit(call, { type: 'ecs', asked: maxResults, most: 100, token: nextToken, badToken });
  const [unit] = unitsOf(call, 'ecs');
  return {
    clusterArns: unit ? page.entities.map((entity) => ecsCluster.arn(unit, entity as never)) : [],
    ...tokenAs('nextToken', page.next),
  };
}

/** Tags only when they are asked for. What is not there is named among the failures. */
function describeClusters(call: Call<DescribeClustersRequest>): DescribeClustersResponse {
  const { clusters: names = ['default'], include = [] } = call.input;
  if (names.length > 100) throw new ApiError(badToken, 'Clusters cannot be more than 100.');
  const found = names.map((name) => [name, lookUp(call, 'ecs', last(name))] as const);
  return {
    clusters: found.flatMap(([, place]) => {
      if (!place) return [];
      const { tags, settings, ...cluster } = call.world.describe(...place) as Cluster;
      return [
        {
          ...cluster,
          ...(include.includes('TAGS') ? { tags } : {}),
          ...(include.includes('SETTINGS') ? { settings } : {}),
        },
      ];
    }),
    failures: found.flatMap(([name, place]) => (place ? [] : [missing(call, `cluster/${last(name)}`)])),
  };
}

function missing({ caller, region }: Call<unknown>, name: string) {
  return { arn: `arn:aws:ecs:${region}:${caller.account.id}:${name}`, reason: 'MISSING' };
}

function clusterOf(call: Call<unknown>, name = 'default'): Entity {
  return needOne(call, 'ecs', last(name), ['ClusterNotFoundException', 'Cluster not found.'])[1];
}

/** Ten a page unless more are asked for. */
function listServices(call: Call<ListServicesRequest>): ListServicesResponse {
  const { maxResults, nextToken, cluster } = call.input;
  const { id } = clusterOf(call, cluster);
  const page = listUnit<EcsServiceEntity, Service>(call, {
    type: 'ecs_service',
    asked: maxResults,
    most: 100,
    usual: 10,
    token: nextToken,
    badToken,
    accept: (entity) => (entity as EcsServiceEntity).cluster === id,
  });
  return { serviceArns: page.items.map(({ serviceArn = '' }) => serviceArn), ...tokenAs('nextToken', page.next) };
}

function describeServices(call: Call<DescribeServicesRequest>): DescribeServicesResponse {
  const { services: names = [], cluster, include = [] } = call.input;
  if (names.length > 10) throw new ApiError(badToken, 'Services cannot be more than 10.');
  const { id } = clusterOf(call, cluster);
  const found = names.map((name) => {
    const place = lookUp<EcsServiceEntity>(call, 'ecs_service', last(name));
    return [name, place?.[1].cluster === id ? place : undefined] as const;
  });
  return {
    services: found.flatMap(([, place]) => {
      if (!place) return [];
      const { tags, ...service } = call.world.describe(...place) as Service;
      return [{ ...service, ...(include.includes('TAGS') ? { tags } : {}) }];
    }),
    failures: found.flatMap(([name, place]) => (place ? [] : [missing(call, `service/${id}/${last(name)}`)])),
  };
}

function listTagsForResource(call: Call<ListTagsForResourceRequest>): ListTagsForResourceResponse {
  const arn = call.input.resourceArn ?? '';
  const type = arn.includes(':service/') ? 'ecs_service' : 'ecs';
  const [, { tags }] = needOne(call, type, last(arn), [badToken, 'The specified resource cannot be found.']);
  return { tags: ecsTags(tags) };
}

export const ecs: Handlers = {
  ListClusters: listClusters,
  DescribeClusters: describeClusters,
  ListServices: listServices,
  DescribeServices: describeServices,
  ListTagsForResource: listTagsForResource,
  ...ecsChanges,
};
