/** How AWS says no: credentials, refusals, throttling and broken answers, as the unmodified SDK sees them. */

import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import {
  DescribeInstancesCommand,
  DescribeRegionsCommand,
  DescribeVolumesCommand,
  EC2Client,
  paginateDescribeVolumes,
} from '@aws-sdk/client-ec2';
import { IAMClient, ListRolesCommand } from '@aws-sdk/client-iam';
import { LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { ListAccountsCommand, OrganizationsClient } from '@aws-sdk/client-organizations';
import { DescribeDBInstancesCommand, RDSClient } from '@aws-sdk/client-rds';
import { GetBucketTaggingCommand, ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { createWorld } from '../world/world.ts';
import type { FaultKind } from './faults.ts';
import { type Simulator, startSimulator } from './simulator.ts';

const world = createWorld({ seed: 3, accounts: 25, regions: ['us-east-1', 'eu-west-1'], resources: 3000 });
let simulator: Simulator;

beforeAll(async () => {
  simulator = await startSimulator({ world });
});
afterEach(() => simulator.faults.clear());
afterAll(() => simulator.close());

interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}
function config(credentials: Credentials = simulator.credentials(), region = 'us-east-1') {
  return { region, endpoint: simulator.endpoint, credentials, maxAttempts: 1 };
}
interface Sdk {
  send(command: never): Promise<unknown>;
  destroy(): void;
}
/** One call of each service, which is one of each protocol. */
const calls: Readonly<Record<string, (c: ReturnType<typeof config>) => [Sdk, object]>> = {
  ec2: (c) => [new EC2Client(c), new DescribeInstancesCommand({ MaxResults: 5 })],
  rds: (c) => [new RDSClient(c), new DescribeDBInstancesCommand({})],
  iam: (c) => [new IAMClient(c), new ListRolesCommand({})],
  sts: (c) => [new STSClient(c), new GetCallerIdentityCommand({})],
  s3: (c) => [new S3Client(c), new ListBucketsCommand({})],
  lambda: (c) => [new LambdaClient(c), new ListFunctionsCommand({})],
  dynamodb: (c) => [new DynamoDBClient(c), new ListTablesCommand({})],
  organizations: (c) => [new OrganizationsClient(c), new ListAccountsCommand({})],
};

/** The error's name and status, `undefined` when the call succeeds. */
async function failure(service: string, credentials?: Credentials, region?: string): Promise<unknown> {
  const [client, command] = (calls[service] as (typeof calls)[string])(config(credentials, region));
  try {
    await client.send(command as never);
    return undefined;
  } catch (error) {
    const { name, $metadata } = error as { name: string; $metadata?: { httpStatusCode?: number } };
    return `${name} ${$metadata?.httpStatusCode}`;
  } finally {
    client.destroy();
  }
}

describe('credentials', () => {
  test.each([
    ['ec2', 'AuthFailure 401'],
    ['rds', 'InvalidClientTokenId 403'],
    ['iam', 'InvalidClientTokenId 403'],
    ['sts', 'InvalidClientTokenId 403'],
    ['s3', 'InvalidAccessKeyId 403'],
    ['lambda', 'UnrecognizedClientException 403'],
    ['dynamodb', 'UnrecognizedClientException 400'],
    ['organizations', 'UnrecognizedClientException 400'],
  ])('%s does not know a made-up key', async (service, wanted) => {
    expect(await failure(service, { accessKeyId: 'AKIAMADEUP', secretAccessKey: 'x' })).toBe(wanted);
    expect(await failure(service)).toBeUndefined();
  });

  test('a role of another account sees that account, until it expires', async () => {
    const other = world.accounts[5]?.id ?? '';
    const sts = new STSClient(config());
    const assume = (DurationSeconds: number) =>
      sts.send(
        new AssumeRoleCommand({
          RoleArn: `arn:aws:iam::${other}:role/org/Elava`,
          RoleSessionName: 'scan',
          DurationSeconds,
        }),
      );
    const { Credentials, AssumedRoleUser } = await assume(900);
    const session = {
      accessKeyId: Credentials?.AccessKeyId ?? '',
      secretAccessKey: Credentials?.SecretAccessKey ?? '',
    };
    const sessionToken = Credentials?.SessionToken ?? '';
    const identity = await new STSClient(config({ ...session, sessionToken })).send(new GetCallerIdentityCommand({}));
    expect(identity).toMatchObject({ Account: other, Arn: AssumedRoleUser?.Arn });
    expect(identity.Arn).toBe(`arn:aws:sts::${other}:assumed-role/Elava/scan`);
    const ended = (await assume(-1)).Credentials?.SessionToken ?? '';
    expect(await failure('dynamodb', { ...session, sessionToken: ended })).toBe('ExpiredTokenException 400');
    expect(await failure('ec2', session)).toBe('AuthFailure 401');
    sts.destroy();
  });

  test('an account outside the organisation cannot be assumed', async () => {
    const sts = new STSClient(config());
    const ask = new AssumeRoleCommand({ RoleArn: 'arn:aws:iam::999999999999:role/Elava', RoleSessionName: 's' });
    await expect(sts.send(ask)).rejects.toMatchObject({ name: 'AccessDenied' });
    sts.destroy();
  });

  test('accounts come twenty a page, to the management account only', async () => {
    const client = new OrganizationsClient(config());
    const first = await client.send(new ListAccountsCommand({}));
    const rest = await client.send(new ListAccountsCommand({ NextToken: first.NextToken }));
    const ids = [...(first.Accounts ?? []), ...(rest.Accounts ?? [])].map(({ Id }) => Id);
    expect(first.Accounts?.length).toBe(20);
    expect(ids).toEqual(world.accounts.map(({ id }) => id));
    client.destroy();
    expect(await failure('organizations', simulator.credentials(world.accounts[1]?.id))).toBe(
      'AccessDeniedException 400',
    );
  });
});

describe('faults', () => {
  test.each([
    ['deny', 'ec2', 'UnauthorizedOperation 403'],
    ['deny', 's3', 'AccessDenied 403'],
    ['scp', 'iam', 'AccessDenied 403'],
    ['deny', 'lambda', 'AccessDeniedException 403'],
    ['deny', 'dynamodb', 'AccessDeniedException 400'],
    ['throttle', 'ec2', 'RequestLimitExceeded 503'],
    ['throttle', 'rds', 'Throttling 400'],
    ['throttle', 'lambda', 'TooManyRequestsException 429'],
    ['throttle', 's3', 'SlowDown 503'],
    ['throttle', 'dynamodb', 'ThrottlingException 400'],
    ['error', 'ec2', 'InternalError 500'],
    ['error', 'lambda', 'ServiceException 500'],
    ['expired', 'ec2', 'RequestExpired 400'],
    ['expired', 'sts', 'ExpiredToken 403'],
    ['region_off', 'ec2', 'AuthFailure 401'],
    ['region_off', 'iam', undefined],
  ] as const)('%s on %s', async (kind: FaultKind, service, wanted) => {
    simulator.faults.add([{ kind, action: `${service}:*` }]);
    expect(await failure(service)).toBe(wanted);
    simulator.faults.clear();
    expect(await failure(service)).toBeUndefined();
  });

  test('strike one account, one region, one call, and so many times', async () => {
    const account = world.accounts[1]?.id ?? '';
    simulator.faults.add([{ kind: 'deny', account, region: 'eu-west-1', action: 'ec2:DescribeInstances', times: 2 }]);
    const there = simulator.credentials(account);
    expect(await failure('ec2', there, 'us-east-1')).toBeUndefined();
    expect(await failure('ec2', undefined, 'eu-west-1')).toBeUndefined();
    expect(await failure('lambda', there, 'eu-west-1')).toBeUndefined();
    expect(await failure('ec2', there, 'eu-west-1')).toBe('UnauthorizedOperation 403');
    expect(await failure('ec2', there, 'eu-west-1')).toBe('UnauthorizedOperation 403');
    expect(await failure('ec2', there, 'eu-west-1')).toBeUndefined();
    expect(simulator.faults.rules()).toEqual([]);
  });

  test('the refusal of a service control policy says so', async () => {
    simulator.faults.add([{ kind: 'scp', action: 'ec2:*' }]);
    const client = new EC2Client(config());
    const message = /ec2:DescribeVolumes with an explicit deny in a service control policy/;
    await expect(client.send(new DescribeVolumesCommand({}))).rejects.toMatchObject({
      message: expect.stringMatching(message),
    });
    client.destroy();
  });

  test('a region that is off is listed so', async () => {
    simulator.faults.add([{ kind: 'region_off', region: 'eu-west-1' }]);
    const client = new EC2Client(config());
    const names = (await client.send(new DescribeRegionsCommand({}))).Regions?.map(({ RegionName }) => RegionName);
    const all = (await client.send(new DescribeRegionsCommand({ AllRegions: true }))).Regions;
    expect(names).toEqual(['us-east-1']);
    expect(all?.find(({ RegionName }) => RegionName === 'eu-west-1')?.OptInStatus).toBe('not-opted-in');
    client.destroy();
  });

  test('an empty page carries a token, and nothing is lost behind it', async () => {
    const client = new EC2Client(config());
    const wanted = [...world.expected({ type: 'ebs', account: world.accounts[0]?.id ?? '', region: 'us-east-1' })].map(
      ({ id }) => id,
    );
    simulator.faults.add([{ kind: 'empty_page' }]);
    const sizes: number[] = [];
    const found: (string | undefined)[] = [];
    for await (const { Volumes = [] } of paginateDescribeVolumes({ client, pageSize: 10 }, {})) {
      sizes.push(Volumes.length);
      found.push(...Volumes.map(({ VolumeId }) => VolumeId));
    }
    expect(sizes.filter((size) => size === 0).length).toBeGreaterThan(1);
    expect(found).toEqual(wanted);
    client.destroy();
  });

  test('a later page fails, the first does not', async () => {
    simulator.faults.add([{ kind: 'page', action: 'ec2:DescribeVolumes' }]);
    const client = new EC2Client(config());
    const pages = paginateDescribeVolumes({ client, pageSize: 5 }, {});
    expect((await pages.next()).value?.Volumes?.length).toBe(5);
    await expect(pages.next()).rejects.toMatchObject({ name: 'InternalError' });
    client.destroy();
  });

  test('everything vanishes behind a 200', async () => {
    simulator.faults.add([{ kind: 'vanish', action: 'ec2:DescribeVolumes' }]);
    const client = new EC2Client(config());
    const { Volumes, NextToken } = await client.send(new DescribeVolumesCommand({ MaxResults: 5 }));
    expect({ Volumes, NextToken }).toEqual({ Volumes: [], NextToken: undefined });
    client.destroy();
  });

  test.each(['reset', 'truncate', 'html'] as const)('%s is no answer of AWS', async (kind) => {
    simulator.faults.add([{ kind, times: 1 }]);
    expect(await failure('ec2')).toMatch(kind === 'html' ? / 502$/ : /Error|ECONNRESET/);
    expect(await failure('ec2')).toBeUndefined();
  });

  test('slow answers outlast a caller that has no time', async () => {
    simulator.faults.add([{ kind: 'slow', delayMs: 5_000 }]);
    const client = new EC2Client(config());
    const abortSignal = AbortSignal.timeout(50);
    await expect(client.send(new DescribeVolumesCommand({}), { abortSignal })).rejects.toMatchObject({
      name: expect.stringMatching(/Abort|Timeout/),
    });
    client.destroy();
  });

  test('a call that is not served is told apart from one that is empty', async () => {
    const client = new S3Client(config());
    const bucket = [...world.expected({ type: 's3', account: world.accounts[0]?.id ?? '', region: 'eu-west-1' })][0];
    await expect(client.send(new GetBucketTaggingCommand({ Bucket: bucket?.id }))).rejects.toMatchObject({
      name: 'PermanentRedirect',
    });
    await expect(client.send(new GetBucketTaggingCommand({ Bucket: 'no-such' }))).rejects.toMatchObject({
      name: 'NoSuchBucket',
    });
    client.destroy();
  });
});

describe('request rates', () => {
  test('a bucket for each account, region and API, as deep as AWS makes it', async () => {
    const limited = await startSimulator({ world, limits: 0.05 });
    const at = (region: string) => new EC2Client({ ...config(), endpoint: limited.endpoint, region });
    const [here, there] = [at('us-east-1'), at('eu-west-1')];
    const answers: string[] = [];
    for (let i = 0; i < 12; i++) {
      answers.push(
        await here.send(new DescribeVolumesCommand({ MaxResults: 5 })).then(
          () => 'ok',
          (error: Error) => error.name,
        ),
      );
    }
    expect(answers.slice(0, 5)).toEqual(['ok', 'ok', 'ok', 'ok', 'ok']);
    expect(answers).toContain('RequestLimitExceeded');
    await there.send(new DescribeVolumesCommand({ MaxResults: 5 }));
    await here.send(new DescribeInstancesCommand({ MaxResults: 5 }));
    here.destroy();
    there.destroy();
    await limited.close();
  });
});
