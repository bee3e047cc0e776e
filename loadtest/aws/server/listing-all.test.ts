/** Types beyond the first nine: what the unmodified SDK lists is what the world holds, ids, tags and configuration. */
import * as autoscaling from '@aws-sdk/client-auto-scaling';
import * as logs from '@aws-sdk/client-cloudwatch-logs';
import * as ec2 from '@aws-sdk/client-ec2';
import * as ecr from '@aws-sdk/client-ecr';
import * as ecs from '@aws-sdk/client-ecs';
import * as eks from '@aws-sdk/client-eks';
import * as classic from '@aws-sdk/client-elastic-load-balancing';
import * as elb from '@aws-sdk/client-elastic-load-balancing-v2';
import * as elasticache from '@aws-sdk/client-elasticache';
import * as kms from '@aws-sdk/client-kms';
import * as rds from '@aws-sdk/client-rds';
import * as route53 from '@aws-sdk/client-route-53';
import * as sqs from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { globalTypes, type ResourceType } from '../world/estate.ts';
import { createWorld } from '../world/world.ts';
import { type Simulator, startSimulator } from './simulator.ts';

const region = 'eu-west-1';
const world = createWorld({ seed: 8, accounts: 2, regions: ['us-east-1', region], resources: 9000, types: 'all' });
let simulator: Simulator;
let account: string;
let config: { region: string; endpoint: string; credentials: { accessKeyId: string; secretAccessKey: string } };

beforeAll(async () => {
  simulator = await startSimulator({ world });
  account = world.accounts[1]?.id ?? '';
  config = { region, endpoint: simulator.endpoint, credentials: simulator.credentials(account) };
});
afterAll(() => simulator.close());

type Tags = Readonly<Record<string, string>>;
/** ARN or id, tags, and the API's object. */
type Found = readonly (readonly [key: string | undefined, tags: Tags, api: object])[];
interface Pair {
  readonly Key?: string | undefined;
  readonly Value?: string | undefined;
}
const pairs = (tags: readonly Pair[] = []): Tags =>
  Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [Key, Value]));
const small = (tags: readonly { key?: string; value?: string }[] = []): Tags =>
  Object.fromEntries(tags.map(({ key = '', value = '' }) => [key, value]));
async function all<P, T>(pages: AsyncIterable<P>, of: (page: P) => readonly T[] | undefined): Promise<T[]> {
  const found: T[] = [];
  for await (const page of pages) found.push(...(of(page) ?? []));
  return found;
}
function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}

const listings: Partial<Record<ResourceType, () => Promise<Found>>> = {
  vpc: async () =>
    (await all(ec2.paginateDescribeVpcs({ client: ec2c(), pageSize: 5 }, {}), (p) => p.Vpcs)).map((v) => [
      v.VpcId,
      pairs(v.Tags),
      v,
    ]),
  subnet: async () =>
    (await all(ec2.paginateDescribeSubnets({ client: ec2c(), pageSize: 50 }, {}), (p) => p.Subnets)).map((v) => [
      v.SubnetArn,
      pairs(v.Tags),
      v,
    ]),
  nat_gateway: async () =>
    (await all(ec2.paginateDescribeNatGateways({ client: ec2c(), pageSize: 5 }, {}), (p) => p.NatGateways)).map((v) => [
      v.NatGatewayId,
      pairs(v.Tags),
      v,
    ]),
  eip: async () =>
    ((await ec2c().send(new ec2.DescribeAddressesCommand({}))).Addresses ?? []).map((v) => [
      v.AllocationId,
      pairs(v.Tags),
      v,
    ]),
  eni: async () =>
    (
      await all(ec2.paginateDescribeNetworkInterfaces({ client: ec2c(), pageSize: 40 }, {}), (p) => p.NetworkInterfaces)
    ).map((v) => [v.NetworkInterfaceId, pairs(v.TagSet), v]),
  ami: async () =>
    (
      await all(ec2.paginateDescribeImages({ client: ec2c(), pageSize: 40 }, { Owners: ['self'] }), (p) => p.Images)
    ).map((v) => [v.ImageId, pairs(v.Tags), v]),
  asg: async () => {
    const client = new autoscaling.AutoScalingClient(config);
    const groups = await all(
      autoscaling.paginateDescribeAutoScalingGroups({ client, pageSize: 7 }, {}),
      (p) => p.AutoScalingGroups,
    );
    return groups.map((v) => [v.AutoScalingGroupARN, pairs(v.Tags as Pair[]), v]);
  },
  eks: async () => {
    const client = new eks.EKSClient(config);
    const names = await all(eks.paginateListClusters({ client, pageSize: 3 }, {}), (p) => p.clusters);
    const found = await Promise.all(names.map((name) => client.send(new eks.DescribeClusterCommand({ name }))));
    return found.map(({ cluster }) => [cluster?.arn, cluster?.tags ?? {}, cluster ?? {}]);
  },
  ecs: async () => {
    const client = new ecs.ECSClient(config);
    const clusters = await all(ecs.paginateListClusters({ client, pageSize: 3 }, {}), (p) => p.clusterArns);
    const { clusters: found = [] } = await client.send(
      new ecs.DescribeClustersCommand({ clusters, include: ['TAGS', 'SETTINGS'] }),
    );
    return found.map((v) => [v.clusterArn, small(v.tags as never), v]);
  },
  ecs_service: async () => {
    const client = new ecs.ECSClient(config);
    const clusters = await all(ecs.paginateListClusters({ client }, {}), (p) => p.clusterArns);
    const found: [string | undefined, Tags, object][] = [];
    for (const cluster of clusters) {
      const arns = await all(ecs.paginateListServices({ client }, { cluster }), (p) => p.serviceArns);
      for (const services of chunks(arns, 10)) {
        const page = await client.send(new ecs.DescribeServicesCommand({ cluster, services, include: ['TAGS'] }));
        found.push(
          ...(page.services ?? []).map((v) => [v.serviceArn, small(v.tags as never), v] as [string, Tags, object]),
        );
      }
    }
    return found;
  },
  aurora: async () => {
    const client = new rds.RDSClient(config);
    const found = await all(rds.paginateDescribeDBClusters({ client, pageSize: 20 }, {}), (p) => p.DBClusters);
    return found.map((v) => [v.DBClusterArn, pairs(v.TagList), v]);
  },
  elasticache: async () => {
    const client = new elasticache.ElastiCacheClient(config);
    const found = await all(
      elasticache.paginateDescribeCacheClusters({ client, pageSize: 20 }, {}),
      (p) => p.CacheClusters,
    );
    return Promise.all(
      found.map(async (v) => {
        const { TagList } = await client.send(new elasticache.ListTagsForResourceCommand({ ResourceName: v.ARN }));
        return [v.ARN, pairs(TagList), v] as const;
      }),
    );
  },
  kms: async () => {
    const client = new kms.KMSClient(config);
    const keys = await all(kms.paginateListKeys({ client, pageSize: 10 }, {}), (p) => p.Keys);
    return Promise.all(
      keys.map(async ({ KeyId }) => {
        const { KeyMetadata } = await client.send(new kms.DescribeKeyCommand({ KeyId }));
        const { Tags = [] } = await client.send(new kms.ListResourceTagsCommand({ KeyId }));
        const tags = Object.fromEntries(Tags.map(({ TagKey = '', TagValue = '' }) => [TagKey, TagValue]));
        return [KeyMetadata?.Arn, tags, KeyMetadata ?? {}] as const;
      }),
    );
  },
  ecr: async () => {
    const client = new ecr.ECRClient(config);
    const found = await all(ecr.paginateDescribeRepositories({ client, pageSize: 10 }, {}), (p) => p.repositories);
    return Promise.all(
      found.map(async (v) => {
        const { tags } = await client.send(new ecr.ListTagsForResourceCommand({ resourceArn: v.repositoryArn }));
        return [v.repositoryArn, pairs(tags), v] as const;
      }),
    );
  },
  route53: async () => {
    const client = new route53.Route53Client(config);
    const zones = await all(route53.paginateListHostedZones({ client, pageSize: 4 }, {}), (p) => p.HostedZones);
    const sets = new Map<string | undefined, Tags>();
    const ids = zones.map(({ Id = '' }) => Id.replace('/hostedzone/', ''));
    for (const ResourceIds of chunks(ids, 10)) {
      const page = await client.send(
        new route53.ListTagsForResourcesCommand({ ResourceType: 'hostedzone', ResourceIds }),
      );
      for (const { ResourceId, Tags } of page.ResourceTagSets ?? []) sets.set(ResourceId, pairs(Tags));
    }
    return zones.map((v, i) => [ids[i], sets.get(ids[i]) ?? {}, v]);
  },
  elb: async () => {
    const client = new elb.ElasticLoadBalancingV2Client(config);
    const found = await all(elb.paginateDescribeLoadBalancers({ client, pageSize: 9 }, {}), (p) => p.LoadBalancers);
    const tags = await elbTags(
      client,
      found.map((v) => v.LoadBalancerArn ?? ''),
    );
    return found.map((v) => [v.LoadBalancerArn, tags.get(v.LoadBalancerArn) ?? {}, v]);
  },
  target_group: async () => {
    const client = new elb.ElasticLoadBalancingV2Client(config);
    const found = await all(elb.paginateDescribeTargetGroups({ client, pageSize: 9 }, {}), (p) => p.TargetGroups);
    const tags = await elbTags(
      client,
      found.map((v) => v.TargetGroupArn ?? ''),
    );
    return found.map((v) => [v.TargetGroupArn, tags.get(v.TargetGroupArn) ?? {}, v]);
  },
  elb_classic: async () => {
    const client = new classic.ElasticLoadBalancingClient(config);
    const found = await all(
      classic.paginateDescribeLoadBalancers({ client, pageSize: 5 }, {}),
      (p) => p.LoadBalancerDescriptions,
    );
    const tags = new Map<string | undefined, Tags>();
    for (const some of chunks(found, 20)) {
      const LoadBalancerNames = some.map(({ LoadBalancerName = '' }) => LoadBalancerName);
      const { TagDescriptions = [] } = await client.send(new classic.DescribeTagsCommand({ LoadBalancerNames }));
      for (const { LoadBalancerName, Tags } of TagDescriptions) tags.set(LoadBalancerName, pairs(Tags));
    }
    return found.map((v) => [v.LoadBalancerName, tags.get(v.LoadBalancerName) ?? {}, v]);
  },
  log_group: async () => {
    const client = new logs.CloudWatchLogsClient(config);
    const found = await all(logs.paginateDescribeLogGroups({ client }, {}), (p) => p.logGroups);
    return Promise.all(
      found.map(async (v) => {
        const { tags = {} } = await client.send(new logs.ListTagsForResourceCommand({ resourceArn: v.logGroupArn }));
        return [v.logGroupArn, tags, v] as const;
      }),
    );
  },
  sqs: async () => {
    const client = new sqs.SQSClient(config);
    const urls = await all(sqs.paginateListQueues({ client, pageSize: 9 }, {}), (p) => p.QueueUrls);
    return Promise.all(
      urls.map(async (QueueUrl) => {
        const { Attributes = {} } = await client.send(
          new sqs.GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
        );
        const { Tags = {} } = await client.send(new sqs.ListQueueTagsCommand({ QueueUrl }));
        return [Attributes.QueueArn, Tags, Attributes] as const;
      }),
    );
  },
};

const ec2c = () => new ec2.EC2Client(config);
async function elbTags(client: elb.ElasticLoadBalancingV2Client, arns: readonly string[]) {
  const tags = new Map<string | undefined, Tags>();
  for (const ResourceArns of chunks(arns, 20)) {
    const { TagDescriptions = [] } = await client.send(new elb.DescribeTagsCommand({ ResourceArns }));
    for (const { ResourceArn, Tags } of TagDescriptions) tags.set(ResourceArn, pairs(Tags));
  }
  return tags;
}
/** Undefined members do not travel: compare as JSON does. */
const plain = (value: object): Record<string, unknown> => JSON.parse(JSON.stringify(value)) as Record<string, unknown>;

test.each(Object.entries(listings) as [ResourceType, () => Promise<Found>][])('%s', async (type, list) => {
  const place = globalTypes.has(type) ? 'global' : region;
  const expected = [...world.expected({ type, account, region: place })];
  expect(expected.length).toBeGreaterThan(2);
  const found = new Map((await list()).map(([key, ...rest]) => [key, rest] as const));
  expect(found.size).toBe(expected.length);
  for (const { arn, id, tags, api } of expected) {
    const [foundTags, foundApi] = found.get(arn) ?? found.get(id) ?? [undefined, {}];
    expect([arn, foundTags]).toEqual([arn, tags]);
    expect(plain(foundApi)).toMatchObject(plain(api));
  }
});

test('every type beyond the first nine is listed here', () => {
  const nine = ['ec2', 'ebs', 'snapshot', 'security_group', 'rds', 's3', 'lambda', 'iam_role', 'dynamodb'];
  expect([...nine, ...Object.keys(listings)].sort()).toEqual([...world.types].sort());
});
