import type {
  DescribeContinuousBackupsInput,
  DescribeContinuousBackupsOutput,
  DescribeTableInput,
  DescribeTableOutput,
  ListTablesInput,
  ListTablesOutput,
  ListTagsOfResourceInput,
  ListTagsOfResourceOutput,
} from '@aws-sdk/client-dynamodb';
import { day } from '../../world/common.ts';
import type { TableEntity } from '../../world/kinds/table.ts';
import { tagList } from '../../world/tags.ts';
import { ApiError, type Call, type Handlers } from '../call.ts';
import { pageLimit, pageOf, sliceOf, unitsOf } from '../paging.ts';

/** The token is the last table's name. */
function listTables(call: Call<ListTablesInput>): ListTablesOutput {
  const { ExclusiveStartTableName: after, Limit } = call.input;
  const units = unitsOf(call, 'dynamodb');
  const limit = pageLimit(Limit, 100);
  const from = after === undefined ? -1 : slotAfter(call, after);
  // The token is a name, so an empty page has none to give.
  const page = pageOf({ ...call, lists: call.lists === 'empty page first' ? 'all' : call.lists }, units, {
    limit,
    accept: (entity) => entity.slot > from,
  });
  const TableNames = page.entities.map(({ id }) => id);
  const last = page.next === undefined ? undefined : (TableNames.at(-1) ?? after);
  return { TableNames, ...(last === undefined ? {} : { LastEvaluatedTableName: last }) };
}

/** A table that is gone by now still says where to go on. */
function slotAfter(call: Call<unknown>, name: string): number {
  const [unit] = unitsOf(call, 'dynamodb');
  return unit ? call.world.slotOf(unit, name) : -1;
}

function describeTable(call: Call<DescribeTableInput>): DescribeTableOutput {
  const [unit, entity] = table(call, call.input.TableName);
  return { Table: call.world.describe(unit, entity) };
}

/** Ten a page, as DynamoDB's list of tags is paged. */
function listTagsOfResource(call: Call<ListTagsOfResourceInput>): ListTagsOfResourceOutput {
  const [, entity] = table(call, call.input.ResourceArn);
  const page = sliceOf(tagList(entity.tags), { limit: 10, token: call.input.NextToken });
  return { Tags: [...page.items], ...(page.next === undefined ? {} : { NextToken: page.next }) };
}

function describeContinuousBackups(call: Call<DescribeContinuousBackupsInput>): DescribeContinuousBackupsOutput {
  const [, entity] = table(call, call.input.TableName);
  const on = (entity as TableEntity).pointInTimeRecovery;
  const now = call.world.now();
  const range = {
    EarliestRestorableDateTime: new Date(Math.max(entity.createdAt, now - 35 * day)),
    LatestRestorableDateTime: new Date(now - 300_000),
  };
  return {
    ContinuousBackupsDescription: {
      ContinuousBackupsStatus: 'ENABLED',
      PointInTimeRecoveryDescription: on
        ? { PointInTimeRecoveryStatus: 'ENABLED', RecoveryPeriodInDays: 35, ...range }
        : { PointInTimeRecoveryStatus: 'DISABLED' },
    },
  };
}

/** By name or ARN. */
function table(call: Call<unknown>, ref = '') {
  const [unit] = unitsOf(call, 'dynamodb');
  const entity = unit && call.world.find(unit, ref.split('/').pop() ?? '');
  if (!unit || !entity)
    throw new ApiError('ResourceNotFoundException', `Requested resource not found: Table: ${ref} not found`);
  return [unit, entity] as const;
}

export const dynamodb: Handlers = {
  ListTables: listTables,
  DescribeTable: describeTable,
  ListTagsOfResource: listTagsOfResource,
  DescribeContinuousBackups: describeContinuousBackups,
};
