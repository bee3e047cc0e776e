import type {
  DBCluster,
  DBClusterMessage,
  DBInstance,
  DBInstanceMessage,
  DescribeDBClustersMessage,
  DescribeDBInstancesMessage,
  ListTagsForResourceMessage,
  TagListMessage,
} from '@aws-sdk/client-rds';
import type { Unit } from '../../world/estate.ts';
import { tagList } from '../../world/tags.ts';
import { ApiError, type Call, type Handlers } from '../call.ts';
import { pageLimit, pageOf, unitsOf } from '../paging.ts';
import { rdsChanges } from './changes.ts';
import { listUnit, needOne, tokenAs } from './unit-list.ts';

function describeDBInstances(call: Call<DescribeDBInstancesMessage>): DBInstanceMessage {
  const { DBInstanceIdentifier, MaxRecords, Marker } = call.input;
  const units = unitsOf(call, 'rds');
  if (DBInstanceIdentifier !== undefined) {
    const [unit, entity] = database(call, DBInstanceIdentifier);
    return { DBInstances: [call.world.describe(unit, entity)] };
  }
  checkRecords(MaxRecords);
  const page = pageOf(call, units, {
    limit: pageLimit(MaxRecords, 100),
    token: Marker,
    badToken: 'InvalidParameterValue',
  });
  const DBInstances = page.entities.map((entity) => call.world.describe(units[0] as Unit, entity) as DBInstance);
  return { DBInstances, ...(page.next === undefined ? {} : { Marker: page.next }) };
}

function describeDBClusters(call: Call<DescribeDBClustersMessage>): DBClusterMessage {
  const { DBClusterIdentifier, MaxRecords, Marker } = call.input;
  if (DBClusterIdentifier !== undefined) {
    return { DBClusters: [call.world.describe(...cluster(call, DBClusterIdentifier))] };
  }
  checkRecords(MaxRecords);
  const badToken = 'InvalidParameterValue';
  const page = listUnit<never, DBCluster>(call, {
    type: 'aurora',
    asked: MaxRecords,
    most: 100,
    token: Marker,
    badToken,
  });
  return { DBClusters: page.items, ...tokenAs('Marker', page.next) };
}

function cluster(call: Call<unknown>, id: string) {
  return needOne(call, 'aurora', id, ['DBClusterNotFoundFault', `DBCluster ${id} not found.`, 404]);
}

/** Throws what RDS says to a page that is too small or too large. */
function checkRecords(MaxRecords: number | undefined): void {
  if (MaxRecords === undefined || (MaxRecords >= 20 && MaxRecords <= 100)) return;
  throw new ApiError('InvalidParameterValue', `Invalid value ${MaxRecords} for MaxRecords. Must be between 20 and 100`);
}

function listTagsForResource(call: Call<ListTagsForResourceMessage>): TagListMessage {
  const parts = String(call.input.ResourceName).split(':');
  const id = parts.pop() ?? '';
  const [, entity] = parts.pop() === 'cluster' ? cluster(call, id) : database(call, id);
  return { TagList: tagList(entity.tags) };
}

function database(call: Call<unknown>, id: string) {
  const [unit] = unitsOf(call, 'rds');
  const entity = unit && call.world.find(unit, id);
  if (!unit || !entity) throw new ApiError('DBInstanceNotFound', `DBInstance ${id} not found.`, 404);
  return [unit, entity] as const;
}

export const rds: Handlers = {
  DescribeDBInstances: describeDBInstances,
  DescribeDBClusters: describeDBClusters,
  ListTagsForResource: listTagsForResource,
  ...rdsChanges,
};
