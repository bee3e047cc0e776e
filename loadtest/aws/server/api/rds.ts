import type {
  DBInstance,
  DBInstanceMessage,
  DescribeDBInstancesMessage,
  ListTagsForResourceMessage,
  TagListMessage,
} from '@aws-sdk/client-rds';
import type { Unit } from '../../world/estate.ts';
import { tagList } from '../../world/tags.ts';
import { ApiError, type Call, type Handlers } from '../call.ts';
import { pageLimit, pageOf, unitsOf } from '../paging.ts';

function describeDBInstances(call: Call<DescribeDBInstancesMessage>): DBInstanceMessage {
  const { DBInstanceIdentifier, MaxRecords, Marker } = call.input;
  const units = unitsOf(call, 'rds');
  if (DBInstanceIdentifier !== undefined) {
    const [unit, entity] = database(call, DBInstanceIdentifier);
    return { DBInstances: [call.world.describe(unit, entity)] };
  }
  if (MaxRecords !== undefined && (MaxRecords < 20 || MaxRecords > 100)) {
    throw new ApiError(
      'InvalidParameterValue',
      `Invalid value ${MaxRecords} for MaxRecords. Must be between 20 and 100`,
    );
  }
  const page = pageOf(call, units, {
    limit: pageLimit(MaxRecords, 100),
    token: Marker,
    badToken: 'InvalidParameterValue',
  });
  const DBInstances = page.entities.map((entity) => call.world.describe(units[0] as Unit, entity) as DBInstance);
  return { DBInstances, ...(page.next === undefined ? {} : { Marker: page.next }) };
}

function listTagsForResource(call: Call<ListTagsForResourceMessage>): TagListMessage {
  const [, entity] = database(call, String(call.input.ResourceName).split(':').pop() ?? '');
  return { TagList: tagList(entity.tags) };
}

function database(call: Call<unknown>, id: string) {
  const [unit] = unitsOf(call, 'rds');
  const entity = unit && call.world.find(unit, id);
  if (!unit || !entity) throw new ApiError('DBInstanceNotFound', `DBInstance ${id} not found.`, 404);
  return [unit, entity] as const;
}

export const rds: Handlers = { DescribeDBInstances: describeDBInstances, ListTagsForResource: listTagsForResource };
