/** DynamoDB tables. The list has names only; a table, its tags and its backups are a call each. */
import Type from 'typebox';
import { elavaError } from '../../../../lib/errors.ts';
import { everything, type Gap } from '../../resource-type.ts';
import { type Answer, type AwsContext, awsType, type DetailResult, listed, readDetail } from '../context.ts';
import { awsNameOf } from '../errors.ts';
import { present, refList, sortedBy, tagMap } from './common.ts';

type Description = NonNullable<Answer<'dynamodb', 'DescribeTable'>['Table']>;
type Backups = NonNullable<Answer<'dynamodb', 'DescribeContinuousBackups'>['ContinuousBackupsDescription']>;
interface Table {
  readonly name: string;
  readonly description?: Description | undefined;
  readonly backups?: Backups | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
  readonly unknown: ReadonlySet<string>;
}

export const dynamodb = awsType<Table>({
  type: 'dynamodb',
  title: 'DynamoDB table',
  arns: 'dynamodb:table',
  service: 'dynamodb',
  global: false,
  actions: [
    'dynamodb:ListTables',
    'dynamodb:DescribeTable',
    'dynamodb:ListTagsOfResource',
    'dynamodb:DescribeContinuousBackups',
  ],
  // Counted anew every six hours, and use rather than state.
  volatile: {
    item_count: Number.POSITIVE_INFINITY,
    table_size_bytes: Number.POSITIVE_INFINITY,
    ItemCount: Number.POSITIVE_INFINITY,
    TableSizeBytes: Number.POSITIVE_INFINITY,
  },
  fields: Type.Object({
    billing_mode: Type.Optional(Type.String()),
    read_capacity: Type.Optional(Type.Integer({ description: '0 when paid per request.' })),
    write_capacity: Type.Optional(Type.Integer({ description: '0 when paid per request.' })),
    encrypted: Type.Optional(Type.Boolean({ description: 'DynamoDB encrypts every table.' })),
    kms_key_id: Type.Optional(Type.String({ description: "ARN of the account's key; absent with DynamoDB's own." })),
    point_in_time_recovery: Type.Optional(Type.Boolean()),
    deletion_protection: Type.Optional(Type.Boolean()),
    table_class: Type.Optional(Type.String()),
    stream: Type.Optional(Type.Boolean()),
    indexes: Type.Optional(Type.Array(Type.String({ description: 'Names of the secondary indexes.' }))),
    item_count: Type.Optional(Type.Union([Type.Integer(), Type.String()])),
    table_size_bytes: Type.Optional(Type.Union([Type.Integer(), Type.String()])),
  }),

  async list(aws, token) {
    const page = await aws.call('dynamodb', 'ListTables', {
      Limit: 100,
      ...(token ? { ExclusiveStartTableName: token } : {}),
    });
    const names = listed(page.TableNames, 'dynamodb:ListTables');
    return { items: names.map((name) => ({ name, unknown: nothing })), next: page.LastEvaluatedTableName };
  },

  async detail(aws, { name }) {
    const [table, backups, tags] = await Promise.all([
      readDetail({ fields: [everything], call: () => describe(aws, name) }),
      readDetail({
        fields: ['point_in_time_recovery', 'PointInTimeRecovery'],
        call: async () =>
          (await aws.call('dynamodb', 'DescribeContinuousBackups', { TableName: name })).ContinuousBackupsDescription,
      }),
      readDetail({ fields: ['tags'], call: () => allTags(aws, aws.arn('dynamodb', `table/${name}`)) }),
    ]);
    if ([table, backups].some(isGone)) return undefined;
    const gaps = [table, backups, tags].flatMap((detail): readonly Gap[] => detail.gaps);
    const unknown = new Set(gaps.flatMap(({ fields }) => fields));
    return { item: { name, description: table.value, backups: backups.value, tags: tags.value, unknown }, gaps };
  },

  map({ name, description = {}, backups, tags = {}, unknown }, aws) {
    const key = description.SSEDescription?.KMSMasterKeyArn;
    const recovery = backups?.PointInTimeRecoveryDescription;
    const fields = present({
      ...fieldsOf(description),
      kms_key_id: key,
      point_in_time_recovery: recovery?.PointInTimeRecoveryStatus === 'ENABLED',
    });
    for (const field of unknown) delete fields[field];
    return {
      id: description.TableArn ?? aws.arn('dynamodb', `table/${name}`),
      name,
      status: description.TableStatus ?? '',
      tags,
      created_at: description.CreationDateTime ?? '',
      refs: refList(key, description.LatestStreamArn),
      fields,
      metadata: present({ ...description, ...steadyLists(description), PointInTimeRecovery: settingOf(recovery) }),
    };
  },
});

type Recovery = Backups['PointInTimeRecoveryDescription'];

/** Without the range of instants that can be restored: it moves every second. */
function settingOf(recovery: Recovery) {
  if (!recovery) return undefined;
  const { PointInTimeRecoveryStatus, RecoveryPeriodInDays } = recovery;
  return present({ PointInTimeRecoveryStatus, RecoveryPeriodInDays });
}

function steadyLists(table: Description) {
  return {
    AttributeDefinitions: table.AttributeDefinitions && sortedBy(table.AttributeDefinitions, (a) => a.AttributeName),
    ProvisionedThroughput: withoutCounts(table.ProvisionedThroughput),
    GlobalSecondaryIndexes: indexesOf(table.GlobalSecondaryIndexes),
    LocalSecondaryIndexes: indexesOf(table.LocalSecondaryIndexes),
  };
}
const nothing: ReadonlySet<string> = new Set();

interface Counted {
  readonly NumberOfDecreasesToday?: number | undefined;
  readonly IndexSizeBytes?: number | undefined;
  readonly ItemCount?: number | undefined;
  readonly IndexName?: string | undefined;
  readonly ProvisionedThroughput?: object | undefined;
}

/** Counters that move by themselves stand in no list: a list is a change as a whole. */
function withoutCounts<T extends Counted>(value: T | undefined): object | undefined {
  if (!value) return undefined;
  const { NumberOfDecreasesToday: _decreases, IndexSizeBytes: _bytes, ItemCount: _items, ...rest } = value;
  return rest;
}

function indexesOf(indexes: readonly Counted[] | undefined): object[] | undefined {
  if (!indexes) return undefined;
  return sortedBy(indexes, ({ IndexName }) => IndexName).map((index) =>
    present({ ...withoutCounts(index), ProvisionedThroughput: withoutCounts(index.ProvisionedThroughput) }),
  );
}

function isGone({ gaps }: DetailResult<unknown>): boolean {
  return gaps.some(
    ({ error }) => awsNameOf(error) === 'ResourceNotFoundException' || awsNameOf(error) === 'TableNotFoundException',
  );
}

async function describe(aws: AwsContext, TableName: string): Promise<Description> {
  const { Table } = await aws.call('dynamodb', 'DescribeTable', { TableName });
  if (!Table) throw elavaError('AWS_RESPONSE_INVALID', 'dynamodb:DescribeTable: the answer has no table in it');
  return Table;
}

/** Ten a page; a table has fifty at most. */
async function allTags(aws: AwsContext, ResourceArn: string): Promise<Record<string, string>> {
  const tags: Record<string, string> = {};
  let token: string | undefined;
  do {
    const page = await aws.call('dynamodb', 'ListTagsOfResource', {
      ResourceArn,
      ...(token ? { NextToken: token } : {}),
    });
    Object.assign(tags, tagMap(page.Tags));
    token = page.NextToken;
  } while (token);
  return tags;
}

function fieldsOf(table: Description) {
  const { ProvisionedThroughput: provisioned, StreamSpecification: stream } = table;
  return {
    billing_mode: table.BillingModeSummary?.BillingMode ?? 'PROVISIONED',
    read_capacity: provisioned?.ReadCapacityUnits,
    write_capacity: provisioned?.WriteCapacityUnits,
    encrypted: true,
    deletion_protection: table.DeletionProtectionEnabled ?? false,
    table_class: table.TableClassSummary?.TableClass,
    stream: stream?.StreamEnabled ?? false,
    indexes: indexNames(table),
    item_count: table.ItemCount,
    table_size_bytes: table.TableSizeBytes,
  };
}

function indexNames({ GlobalSecondaryIndexes = [], LocalSecondaryIndexes = [] }: Description): string[] {
  return refList(...[...GlobalSecondaryIndexes, ...LocalSecondaryIndexes].map(({ IndexName }) => IndexName));
}
