/** The whole scan of Lambda, RDS, S3, DynamoDB and IAM beside the stock SDK that makes the same calls and does nothing else. */
import * as dynamodb from '@aws-sdk/client-dynamodb';
import * as iam from '@aws-sdk/client-iam';
import * as lambda from '@aws-sdk/client-lambda';
import * as rds from '@aws-sdk/client-rds';
import * as s3 from '@aws-sdk/client-s3';
import type { Unit } from '../lib/resource.ts';
import { alternating, atOnce, fourAtOnce, ourScan, simulateAws } from './scan-setup.ts';
import type { Scenario } from './scenario.ts';

const region = 'us-east-1';
const details = 8;

export const scenario: Scenario = {
  name: 'scan.other',
  peer: 'AWS SDK v3, the same calls, nothing done with the answers',
  target: 0.8,
  unit: 'resources/CPU-s',
  better: 'higher',
  async run({ rounds, scale }) {
    // One account, so that both sides use the caller's own credentials.
    const aws = await simulateAws({ accounts: 1, regions: [region], resources: Math.round(6000 * scale) });
    const ours = ourScan(aws);
    const account = aws.accounts[0] ?? '';
    const units: Unit[] = ['lambda', 'rds', 's3', 'dynamodb'].map((type) => ({ account, region, type }));
    units.push({ account, region: 'global', type: 'iam_role' });
    const listings = stockListings();
    try {
      return await alternating(rounds, {
        ours: () => ours.scan(units),
        peer: () => fourAtOnce(listings, (list) => list()),
      });
    } finally {
      ours.close();
      await aws.stop();
    }
  },
};

function stockListings(): (() => Promise<number>)[] {
  const functions = new lambda.LambdaClient({ region });
  const databases = new rds.RDSClient({ region });
  const buckets = new s3.S3Client({ region, forcePathStyle: true });
  const tables = new dynamodb.DynamoDBClient({ region });
  const roles = new iam.IAMClient({ region });
  return [
    () => listFunctions(functions),
    () => listDatabases(databases),
    () => listBuckets(buckets),
    () => listTables(tables),
    () => listRoles(roles),
  ];
}

async function listFunctions(client: lambda.LambdaClient): Promise<number> {
  return pages(async (Marker) => {
    const page = await client.send(new lambda.ListFunctionsCommand({ MaxItems: 50, ...(Marker ? { Marker } : {}) }));
    const { Functions = [], NextMarker } = page;
    await atOnce(details, Functions, async ({ FunctionArn }) => {
      await client.send(new lambda.ListTagsCommand({ Resource: FunctionArn }));
      return 1;
    });
    return [Functions.length, NextMarker];
  });
}

async function listDatabases(client: rds.RDSClient): Promise<number> {
  return pages(async (Marker) => {
    const page = await client.send(
      new rds.DescribeDBInstancesCommand({ MaxRecords: 100, ...(Marker ? { Marker } : {}) }),
    );
    return [page.DBInstances?.length ?? 0, page.Marker];
  });
}

async function listBuckets(client: s3.S3Client): Promise<number> {
  return pages(async (ContinuationToken) => {
    const more = ContinuationToken ? { ContinuationToken } : {};
    const page = await client.send(new s3.ListBucketsCommand({ MaxBuckets: 1000, BucketRegion: region, ...more }));
    const { Buckets = [] } = page;
    await atOnce(details, Buckets, async ({ Name: Bucket }) => {
      await Promise.allSettled([
        client.send(new s3.GetBucketTaggingCommand({ Bucket })),
        client.send(new s3.GetBucketEncryptionCommand({ Bucket })),
        client.send(new s3.GetPublicAccessBlockCommand({ Bucket })),
        client.send(new s3.GetBucketPolicyStatusCommand({ Bucket })),
        client.send(new s3.GetBucketAclCommand({ Bucket })),
        client.send(new s3.GetBucketVersioningCommand({ Bucket })),
      ]);
      return 1;
    });
    return [Buckets.length, page.ContinuationToken];
  });
}

async function listTables(client: dynamodb.DynamoDBClient): Promise<number> {
  return pages(async (after) => {
    const more = after ? { ExclusiveStartTableName: after } : {};
    const page = await client.send(new dynamodb.ListTablesCommand({ Limit: 100, ...more }));
    const { TableNames = [] } = page;
    await atOnce(details, TableNames, async (TableName) => {
      const { Table } = await client.send(new dynamodb.DescribeTableCommand({ TableName }));
      await Promise.all([
        client.send(new dynamodb.DescribeContinuousBackupsCommand({ TableName })),
        allTags(client, Table?.TableArn),
      ]);
      return 1;
    });
    return [TableNames.length, page.LastEvaluatedTableName];
  });
}

async function allTags(client: dynamodb.DynamoDBClient, ResourceArn: string | undefined): Promise<number> {
  return pages(async (NextToken) => {
    const more = NextToken ? { NextToken } : {};
    const page = await client.send(new dynamodb.ListTagsOfResourceCommand({ ResourceArn, ...more }));
    return [page.Tags?.length ?? 0, page.NextToken];
  });
}

async function listRoles(client: iam.IAMClient): Promise<number> {
  await pages(async (Marker) => {
    const page = await client.send(new iam.ListRolesCommand({ MaxItems: 1000, ...(Marker ? { Marker } : {}) }));
    return [0, page.Marker];
  });
  return pages(async (Marker) => {
    const input = { Filter: ['Role' as const], MaxItems: 500, ...(Marker ? { Marker } : {}) };
    const page = await client.send(new iam.GetAccountAuthorizationDetailsCommand(input));
    return [page.RoleDetailList?.length ?? 0, page.Marker];
  });
}

async function pages(page: (token: string | undefined) => Promise<readonly [count: number, next: string | undefined]>) {
  let sum = 0;
  let token: string | undefined;
  do {
    const [count, next] = await page(token);
    sum += count;
    token = next;
  } while (token);
  return sum;
}
