/** What is asked of no single type: the organisation, generic listers, metrics and regions, through the unmodified SDK. */
import { AccountClient, ListRegionsCommand } from '@aws-sdk/client-account';
import { CloudControlClient, ListResourcesCommand, paginateListResources } from '@aws-sdk/client-cloudcontrol';
import { CloudWatchClient, GetMetricDataCommand, paginateListMetrics } from '@aws-sdk/client-cloudwatch';
import * as org from '@aws-sdk/client-organizations';
import { paginateGetResources, ResourceGroupsTaggingAPIClient } from '@aws-sdk/client-resource-groups-tagging-api';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createWorld, type Expected } from '../world/world.ts';
import { type Simulator, startSimulator } from './simulator.ts';

const region = 'us-east-1';
const regions = [region, 'eu-west-1'];
const world = createWorld({
  seed: 6,
  accounts: 45,
  suspended: 3,
  regions,
  resources: 9000,
  types: 'all',
  longTail: 60,
});
let simulator: Simulator;
let account: string;

beforeAll(async () => {
  simulator = await startSimulator({ world });
  account = world.accounts[4]?.id ?? '';
});
afterAll(() => simulator.close());
const config = (of = account) => ({
  region,
  endpoint: simulator.endpoint,
  credentials: simulator.credentials(of),
  maxAttempts: 1,
});
async function all<P, T>(pages: AsyncIterable<P>, of: (page: P) => readonly T[] | undefined): Promise<T[]> {
  const found: T[] = [];
  for await (const page of pages) found.push(...(of(page) ?? []));
  return found;
}

describe('organisation', () => {
  const management = () => new org.OrganizationsClient(config(world.accounts[0]?.id));

  test('the tree of units holds every account once, and says which are suspended', async () => {
    const client = management();
    const { Roots = [] } = await client.send(new org.ListRootsCommand({}));
    const found: org.Account[] = [];
    const walk = async (ParentId: string): Promise<void> => {
      found.push(...(await all(org.paginateListAccountsForParent({ client }, { ParentId }), (p) => p.Accounts)));
      const units = await all(
        org.paginateListOrganizationalUnitsForParent({ client }, { ParentId }),
        (p) => p.OrganizationalUnits,
      );
      for (const { Id = '' } of units) await walk(Id);
    };
    await walk(Roots[0]?.Id ?? '');
    expect(new Set(found.map(({ Id }) => Id))).toEqual(new Set(world.accounts.map(({ id }) => id)));
    expect(found.length).toBe(45);
    expect(found.filter(({ Status }) => Status === 'SUSPENDED').length).toBe(3);
    const listed = await all(org.paginateListAccounts({ client }, {}), (p) => p.Accounts);
    expect(listed.length).toBe(45);
    const { Parents = [] } = await client.send(new org.ListParentsCommand({ ChildId: account }));
    const { Accounts = [] } = await client.send(new org.ListAccountsForParentCommand({ ParentId: Parents[0]?.Id }));
    expect(Accounts.map(({ Id }) => Id)).toContain(account);
    const { Tags = [] } = await client.send(new org.ListTagsForResourceCommand({ ResourceId: account }));
    expect(Tags.map(({ Key }) => Key)).toContain('team');
    client.destroy();
  });

  test('nobody gets into a suspended account', async () => {
    const client = new STSClient(config(world.accounts[0]?.id));
    const RoleArn = `arn:aws:iam::${world.accounts.at(-1)?.id}:role/elava-read`;
    const ask = client.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'x' }));
    await expect(ask).rejects.toMatchObject({ name: 'AccessDenied' });
    client.destroy();
  });
});

describe('generic listers', () => {
  test('the Tagging API gives everything of a region that has tags, and the long tail', async () => {
    const client = new ResourceGroupsTaggingAPIClient(config());
    const found = await all(paginateGetResources({ client, pageSize: 100 }, {}), (p) => p.ResourceTagMappingList);
    const modelled = [...world.expected({ account })].filter(
      ({ region: place, type }) => (place === region && type !== 'asg') || type === 'route53',
    );
    const wanted = [...modelled, ...world.longTail({ account, region })].filter(
      ({ tags }) => Object.keys(tags).length > 0,
    );
    expect(new Set(found.map(({ ResourceARN }) => ResourceARN))).toEqual(new Set(wanted.map(({ arn }) => arn)));
    expect(found.length).toBe(wanted.length);
    expect(found.some(({ ResourceARN }) => ResourceARN?.includes(':sns:'))).toBe(true);
    const filtered = paginateGetResources({ client }, { ResourceTypeFilters: ['ec2:instance', 'sns'] });
    const some = await all(filtered, (p) => p.ResourceTagMappingList);
    expect(new Set(some.map(({ ResourceARN }) => ResourceARN?.split(':')[2]))).toEqual(new Set(['ec2', 'sns']));
    client.destroy();
  });

  test('Cloud Control gives types by name, the modelled ones too', async () => {
    const client = new CloudControlClient(config());
    const list = (TypeName: string) =>
      all(paginateListResources({ client, pageSize: 25 }, { TypeName }), (p) => p.ResourceDescriptions);
    const topics = await list('AWS::SNS::Topic');
    expect(topics.map(({ Identifier }) => Identifier)).toEqual(
      [...world.longTail({ account, region, type: 'AWS::SNS::Topic' })].map(({ identifier }) => identifier),
    );
    const groups = await list('AWS::Logs::LogGroup');
    expect(groups.length).toBe([...world.expected({ account, region, type: 'log_group' })].length);
    await expect(client.send(new ListResourcesCommand({ TypeName: 'AWS::No::Thing' }))).rejects.toMatchObject({
      name: 'TypeNotFoundException',
    });
    client.destroy();
  });
});

describe('metrics', () => {
  const day = 86_400_000;
  const EndTime = new Date(world.now());
  const StartTime = new Date(world.now() - 7 * day);
  const data = async (client: CloudWatchClient, of: readonly Expected[], Stat: string, Period = 3600) => {
    const { MetricDataResults = [] } = await client.send(
      new GetMetricDataCommand({
        StartTime,
        EndTime,
        MetricDataQueries: of.map(({ id }, i) => ({
          Id: `m${i}`,
          MetricStat: {
            Metric: {
              Namespace: 'AWS/EC2',
              MetricName: 'CPUUtilization',
              Dimensions: [{ Name: 'InstanceId', Value: id }],
            },
            Period,
            Stat,
          },
        })),
      }),
    );
    return MetricDataResults.map(({ Values = [] }) => Values);
  };

  test('idle, oversized and busy instances look like it', async () => {
    const client = new CloudWatchClient(config());
    const old = [...world.expected({ account, region, type: 'ec2' })].filter(
      ({ createdAt, api }) =>
        Date.parse(createdAt) < StartTime.getTime() && (api as { State: { Name: string } }).State.Name === 'running',
    );
    const peaks = (await data(client, old, 'Maximum')).map((values) => Math.max(...values));
    expect(old.length).toBeGreaterThan(4);
    for (const [i, { usage }] of old.entries()) {
      const peak = peaks[i] as number;
      expect([usage, peak < 2 ? 'idle' : peak < 15 ? 'oversized' : 'busy']).toEqual([usage, usage]);
    }
    const [means = []] = await data(client, old.slice(0, 1), 'Average', 86_400);
    expect(means.length).toBe(7);
    client.destroy();
  });

  test('are listed, and what is stopped is silent', async () => {
    const client = new CloudWatchClient(config());
    const metrics = await all(paginateListMetrics({ client }, { Namespace: 'AWS/EC2' }), (p) => p.Metrics);
    const instances = [...world.expected({ account, region, type: 'ec2' })];
    expect(metrics.length).toBe(3 * instances.length);
    const stopped = [...world.expected({ type: 'ec2', region })].find(
      ({ problems, account: id }) => problems.includes('stopped_instance') && id !== '',
    ) as Expected;
    const other = new CloudWatchClient(config(stopped.account));
    const [values = []] = await data(other, [stopped], 'Average');
    expect(values.length).toBeLessThan(7 * 24);
    client.destroy();
    other.destroy();
  });
});

test('regions tell whether they are switched on', async () => {
  simulator.faults.add([{ kind: 'region_off', account, region: 'eu-west-1' }]);
  const client = new AccountClient(config());
  const { Regions = [] } = await client.send(new ListRegionsCommand({}));
  const states = Object.fromEntries(Regions.map(({ RegionName, RegionOptStatus }) => [RegionName, RegionOptStatus]));
  expect(states).toMatchObject({
    'us-east-1': 'ENABLED_BY_DEFAULT',
    'eu-west-1': 'DISABLED',
    'me-south-1': 'DISABLED',
  });
  client.destroy();
});
