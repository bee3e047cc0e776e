/** What the unmodified SDK lists is what the world holds: every page, every type, every id and tag. */

import * as dynamodb from '@aws-sdk/client-dynamodb';
import * as ec2 from '@aws-sdk/client-ec2';
import * as iam from '@aws-sdk/client-iam';
import * as lambda from '@aws-sdk/client-lambda';
import * as rds from '@aws-sdk/client-rds';
import * as s3 from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ResourceType } from '../world/estate.ts';
import { createWorld, type Expected } from '../world/world.ts';
import { type Simulator, startSimulator } from './simulator.ts';

const region = 'eu-west-1';
const world = createWorld({
  seed: 7,
  accounts: 2,
  regions: ['us-east-1', region],
  resources: {
    ec2: 130,
    ebs: 190,
    snapshot: 150,
    security_group: 90,
    rds: 110,
    s3: 60,
    lambda: 250,
    iam_role: 130,
    dynamodb: 480,
  },
});
let simulator: Simulator;
let account: string;
let config: { region: string; endpoint: string; credentials: { accessKeyId: string; secretAccessKey: string } };

beforeAll(async () => {
  simulator = await startSimulator({ world });
  account = world.accounts[1]?.id ?? '';
  config = { region, endpoint: simulator.endpoint, credentials: simulator.credentials(account) };
});
afterAll(() => simulator.close());

type Found = ReadonlyMap<string, { readonly tags: Readonly<Record<string, string>>; readonly api: object }>;

function expected(type: ResourceType): Expected[] {
  return [...world.expected({ type, account, region: type === 'iam_role' ? 'global' : region })];
}

/** Undefined members do not travel: compare as JSON does. */
function plain(value: object): unknown {
  return JSON.parse(JSON.stringify(value));
}

function expectAll(type: ResourceType, found: Found): void {
  const wanted = expected(type);
  expect([...found.keys()]).toEqual(wanted.map(({ id }) => id));
  for (const { id, tags, api } of wanted) {
    expect(found.get(id)?.tags).toEqual(tags);
    expect(plain(found.get(id)?.api ?? {})).toEqual(plain(api));
  }
}

const tagsOf = (list: readonly { Key?: string | undefined; Value?: string | undefined }[] | undefined) =>
  Object.fromEntries((list ?? []).map(({ Key = '', Value = '' }) => [Key, Value]));

async function listEc2(type: ResourceType): Promise<Found> {
  const client = new ec2.EC2Client(config);
  const pages = { pageSize: 20, client };
  const found = new Map<string, { tags: Record<string, string>; api: object }>();
  const put = (id: string | undefined, api: { Tags?: ec2.Tag[] | undefined }) =>
    found.set(id ?? '', { tags: tagsOf(api.Tags), api });
  if (type === 'ec2') {
    for await (const page of ec2.paginateDescribeInstances(pages, {})) {
      const instances = page.Reservations?.flatMap(({ Instances = [] }) => Instances) ?? [];
      expect(instances.length).toBeLessThanOrEqual(20);
      for (const instance of instances) put(instance.InstanceId, instance);
    }
  }
  if (type === 'ebs')
    for await (const page of ec2.paginateDescribeVolumes(pages, {}))
      for (const v of page.Volumes ?? []) put(v.VolumeId, v);
  if (type === 'snapshot') {
    for await (const page of ec2.paginateDescribeSnapshots(pages, { OwnerIds: ['self'] }))
      for (const s of page.Snapshots ?? []) put(s.SnapshotId, s);
  }
  if (type === 'security_group') {
    for await (const page of ec2.paginateDescribeSecurityGroups(pages, {}))
      for (const g of page.SecurityGroups ?? []) put(g.GroupId, g);
  }
  client.destroy();
  return found;
}

describe('listing through the SDK', () => {
  test.each(['ec2', 'ebs', 'snapshot', 'security_group'] as const)('%s', async (type) => {
    expectAll(type, await listEc2(type));
  });

  test('rds', async () => {
    const client = new rds.RDSClient(config);
    const found = new Map();
    for await (const page of rds.paginateDescribeDBInstances({ client, pageSize: 20 }, {})) {
      for (const db of page.DBInstances ?? [])
        found.set(db.DBInstanceIdentifier, { tags: tagsOf(db.TagList), api: db });
    }
    expectAll('rds', found);
    client.destroy();
  });

  test('s3, of one region and of all', async () => {
    const client = new s3.S3Client(config);
    const found = new Map();
    for await (const page of s3.paginateListBuckets({ client, pageSize: 7 }, { BucketRegion: region })) {
      for (const bucket of page.Buckets ?? []) {
        const tagging = client.send(new s3.GetBucketTaggingCommand({ Bucket: bucket.Name }));
        const tags = await tagging.then(
          ({ TagSet }) => tagsOf(TagSet),
          (error: Error) => (error.name === 'NoSuchTagSet' ? {} : error),
        );
        found.set(bucket.Name, { tags, api: bucket });
      }
    }
    expectAll('s3', found);
    const { Buckets } = await client.send(new s3.ListBucketsCommand({}));
    expect(Buckets?.length).toBe([...world.expected({ type: 's3', account })].length);
    client.destroy();
  });

  test('lambda', async () => {
    const client = new lambda.LambdaClient(config);
    const found = new Map();
    for await (const page of lambda.paginateListFunctions({ client }, {})) {
      expect(page.Functions?.length).toBeLessThanOrEqual(50);
      for (const f of page.Functions ?? []) {
        const { Tags } = await client.send(new lambda.ListTagsCommand({ Resource: f.FunctionArn }));
        found.set(f.FunctionName, { tags: Tags, api: f });
      }
    }
    expectAll('lambda', found);
    client.destroy();
  });

  test('iam_role, whose list leaves out what only GetRole tells', async () => {
    const client = new iam.IAMClient({ ...config, region: 'us-east-1' });
    const found = new Map();
    for await (const page of iam.paginateListRoles({ client, pageSize: 25 }, {})) {
      for (const role of page.Roles ?? []) {
        expect(role.Tags ?? []).toEqual([]);
        expect(role.RoleLastUsed).toBeUndefined();
        const { Tags } = await client.send(new iam.ListRoleTagsCommand({ RoleName: role.RoleName }));
        const { Role } = await client.send(new iam.GetRoleCommand({ RoleName: role.RoleName }));
        found.set(role.RoleName, { tags: tagsOf(Tags), api: Role });
      }
    }
    expectAll('iam_role', found);
    const details = await client.send(
      new iam.GetAccountAuthorizationDetailsCommand({ Filter: ['Role'], MaxItems: 1000 }),
    );
    expect(details.RoleDetailList?.map(({ RoleName }) => RoleName)).toEqual([...found.keys()]);
    client.destroy();
  });

  test('dynamodb', async () => {
    const client = new dynamodb.DynamoDBClient(config);
    const found = new Map();
    for await (const page of dynamodb.paginateListTables({ client }, {})) {
      expect(page.TableNames?.length).toBeLessThanOrEqual(100);
      for (const TableName of page.TableNames ?? []) {
        const { Table } = await client.send(new dynamodb.DescribeTableCommand({ TableName }));
        const tags: Record<string, string> = {};
        let next: string | undefined;
        do {
          const ask = { ResourceArn: Table?.TableArn, ...(next ? { NextToken: next } : {}) };
          const page = await client.send(new dynamodb.ListTagsOfResourceCommand(ask));
          Object.assign(tags, tagsOf(page.Tags));
          next = page.NextToken;
        } while (next);
        found.set(TableName, { tags, api: Table });
      }
    }
    expectAll('dynamodb', found);
    client.destroy();
  });

  test('a page counts instances, not reservations, and cuts one in two', async () => {
    const client = new ec2.EC2Client(config);
    const seen: string[] = [];
    for await (const { Reservations = [] } of ec2.paginateDescribeInstances({ client, pageSize: 5 }, {})) {
      seen.push(...Reservations.map(({ ReservationId = '' }) => ReservationId));
    }
    expect(new Set(seen).size).toBeLessThan(seen.length);
    client.destroy();
  });
});
