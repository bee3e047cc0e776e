/** Networks, containers, keys and queues: what the simulator's estate does not have in every shape. */
import { describe, expect, test } from '@jest/globals';
import { elavaError } from '../../../../lib/errors.ts';
import { createWorld } from '../../../../loadtest/aws/world/world.ts';
import { AwsContext } from '../context.ts';
import { jsonSafe } from '../json.ts';
import { awsTypes } from './index.ts';

const arn = Reflect.get<AwsContext, 'arn'>(AwsContext.prototype, 'arn');
const place = { account: '111122223333', region: 'eu-west-1', partition: 'aws', arn };

type Calls = Readonly<Record<string, unknown>>;
/** A context whose calls answer what they are given to; a value that is an error is thrown. */
function answering(calls: Calls) {
  const asked: string[] = [];
  const once = new Map<string, Promise<unknown>>();
  return {
    ...place,
    asked,
    call: async (service: string, operation: string) => {
      asked.push(`${service}:${operation}`);
      const answer = calls[operation];
      if (answer instanceof Error) throw answer;
      return structuredClone(answer ?? {});
    },
    once: (key: string, make: () => Promise<unknown>) => {
      const made = once.get(key) ?? make();
      once.set(key, made);
      return made;
    },
  };
}
const awsFailure = (aws: string, code: 'AWS_SERVICE_ERROR' | 'AWS_ACCESS_DENIED' = 'AWS_SERVICE_ERROR') =>
  elavaError(code, aws, { data: { aws, api: '' } });

function typeOf(name: string) {
  const type = awsTypes.get(name);
  if (!type) throw new Error(`no type ${name}`);
  return type;
}
const map = (name: string, item: object) => typeOf(name).map(structuredClone(item), place as never);

/** Everything that a type makes of the first page. */
async function read(name: string, calls: Calls) {
  const type = typeOf(name);
  const context = answering(calls);
  const { items } = await type.list(context as never, undefined);
  const found = [];
  for (const item of items) {
    const detailed = type.detail ? await type.detail(context as never, item) : { item, gaps: [] };
    if (detailed) found.push({ ...type.map(detailed.item, context as never), gaps: detailed.gaps });
  }
  return { found, asked: context.asked };
}

function turned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(turned).reverse();
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, turned(member)]));
}

test.each(['vpc', 'subnet', 'nat_gateway', 'eip', 'eni', 'ami', 'asg', 'aurora', 'ecs'] as const)(
  'a resource is the same in whatever order AWS lists its parts: %s',
  (type) => {
    const world = createWorld({ accounts: 1, regions: ['eu-west-1'], types: 'all', resources: 1500 });
    const found = [...world.expected({ type })];
    expect(found.length).toBeGreaterThan(0);
    for (const { api } of found) {
      const answer = jsonSafe(api) as object;
      expect(map(type, turned(answer) as object)).toEqual(map(type, answer));
    }
  },
);

describe('what is gone, though the API still shows it', () => {
  test('is no NAT gateway', async () => {
    const NatGateways = [
      { NatGatewayId: 'nat-1', State: 'deleted' },
      { NatGatewayId: 'nat-2', State: 'failed' },
    ];
    const { found } = await read('nat_gateway', { DescribeNatGateways: { NatGateways } });
    expect(found.map(({ status }) => status)).toEqual(['failed']);
  });

  test('is no ECS cluster, and any failure but that is told', async () => {
    const ListClusters = { clusterArns: ['a', 'b'] };
    const clusters = [
      { clusterArn: 'a', status: 'ACTIVE' },
      { clusterArn: 'b', status: 'INACTIVE' },
    ];
    const missing = { clusters, failures: [{ arn: 'c', reason: 'MISSING' }] };
    expect((await read('ecs', { ListClusters, DescribeClusters: missing })).found.map(({ id }) => id)).toEqual(['a']);
    const failing = { clusters, failures: [{ arn: 'c', reason: 'BROKEN' }] };
    await expect(read('ecs', { ListClusters, DescribeClusters: failing })).rejects.toMatchObject({
      type: 'AWS_SERVICE_ERROR',
    });
  });

  test.each([
    ['eks', { ListClusters: { clusters: ['a'] }, DescribeCluster: awsFailure('ResourceNotFoundException') }],
    ['kms', { ListKeys: { Keys: [{ KeyId: 'a' }] }, DescribeKey: awsFailure('NotFoundException') }],
    ['sqs', { ListQueues: { QueueUrls: ['a'] }, GetQueueAttributes: awsFailure('QueueDoesNotExist') }],
    [
      'ecr',
      {
        DescribeRepositories: { repositories: [{ repositoryName: 'a' }] },
        ListTagsForResource: awsFailure('RepositoryNotFoundException'),
      },
    ],
    [
      'elb',
      {
        DescribeLoadBalancers: { LoadBalancers: [{ LoadBalancerArn: 'a' }] },
        DescribeTags: awsFailure('LoadBalancerNotFound'),
        DescribeListeners: { Listeners: [] },
        DescribeTargetGroups: { TargetGroups: [] },
      },
    ],
    [
      'route53',
      {
        ListHostedZones: { HostedZones: [{ Id: '/hostedzone/Z1' }] },
        ListTagsForResources: awsFailure('NoSuchHostedZone'),
      },
    ],
    ['ecs_service', { ListClusters: { clusterArns: ['a'] }, ListServices: awsFailure('ClusterNotFoundException') }],
  ])('since it was listed is none: %s', async (type, calls) => {
    expect((await read(type, calls)).found).toEqual([]);
  });
});

describe('a key', () => {
  const keys = { ListKeys: { Keys: [{ KeyId: 'k-1', KeyArn: 'arn:aws:kms:eu-west-1:1:key/k-1' }] } };
  const aliases = {
    ListAliases: {
      Aliases: [
        { AliasName: 'alias/b', TargetKeyId: 'k-1' },
        { AliasName: 'alias/a', TargetKeyId: 'k-1' },
      ],
    },
  };
  const described = (KeyManager: string) => ({
    DescribeKey: { KeyMetadata: { KeyId: 'k-1', KeyManager, KeyState: 'Enabled' } },
  });

  test('of AWS is asked no more than what it is: it has no tags and renews itself', async () => {
    const { found, asked } = await read('kms', { ...keys, ...aliases, ...described('AWS') });
    expect(found).toMatchObject([{ name: 'alias/a', tags: {}, fields: { rotation: true, provider_owned: true } }]);
    expect(asked).not.toContain('kms:ListResourceTags');
    expect(asked).not.toContain('kms:GetKeyRotationStatus');
  });

  test.each(['KMSInvalidStateException', 'UnsupportedOperationException'])(
    'whose renewal cannot be asked (%s) says nothing of it, and is read whole',
    async (name) => {
      const calls = { ...keys, ...aliases, ...described('CUSTOMER'), GetKeyRotationStatus: awsFailure(name) };
      const [key] = (await read('kms', calls)).found;
      expect(key).toMatchObject({ gaps: [], fields: { provider_owned: false } });
      expect(key?.fields).not.toHaveProperty('rotation');
    },
  );

  test('whose aliases may not be read keeps the name that it had', async () => {
    const calls = { ...keys, ...described('CUSTOMER'), ListAliases: awsFailure('AccessDenied', 'AWS_ACCESS_DENIED') };
    const [key] = (await read('kms', calls)).found;
    expect(key?.gaps).toMatchObject([{ fields: ['name', 'aliases'] }]);
    expect(key?.fields).not.toHaveProperty('aliases');
  });
});

describe('a queue', () => {
  const queue = async (Attributes: object) => {
    const [found] = (
      await read('sqs', { ListQueues: { QueueUrls: ['https://x/1/jobs'] }, GetQueueAttributes: { Attributes } })
    ).found;
    return found;
  };

  test('has its policy and its dead letters as they are meant, not as text', async () => {
    const Policy = JSON.stringify({ Statement: [{ Effect: 'Allow', Principal: '*', Action: 'sqs:SendMessage' }] });
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: 'arn:aws:sqs:eu-west-1:1:dead', maxReceiveCount: '5' });
    expect(await queue({ Policy, RedrivePolicy, VisibilityTimeout: '30', KmsMasterKeyId: 'alias/x' })).toMatchObject({
      id: 'arn:aws:sqs:eu-west-1:111122223333:jobs',
      refs: ['arn:aws:sqs:eu-west-1:1:dead'],
      fields: {
        public: true,
        policy: { Statement: [{ Principal: '*' }] },
        dead_letter_queue: 'arn:aws:sqs:eu-west-1:1:dead',
        max_receives: 5,
        visibility_timeout_seconds: 30,
        encryption: 'kms',
      },
    });
  });

  test('without a policy is not public, and with neither key is not encrypted', async () => {
    expect((await queue({}))?.fields).toMatchObject({ public: false, encrypted: false, encryption: '' });
    expect((await queue({ SqsManagedSseEnabled: 'true' }))?.fields).toMatchObject({
      encrypted: true,
      encryption: 'sqs',
    });
  });
});

test.each([
  ['open to all', { endpointPublicAccess: true, publicAccessCidrs: ['10.0.0.0/8', '0.0.0.0/0'] }, true],
  ['open to some', { endpointPublicAccess: true, publicAccessCidrs: ['10.0.0.0/8'] }, false],
  ['closed', { endpointPublicAccess: false, publicAccessCidrs: ['0.0.0.0/0'] }, false],
])('the API server of a cluster that is %s', (_, resourcesVpcConfig, open) => {
  expect(map('eks', { name: 'a', description: { resourcesVpcConfig } }).fields.public).toBe(open);
});

test('services of all clusters are listed, page by page', async () => {
  const clusters = ['one', 'none', 'two'];
  const services: Record<string, string[]> = {
    one: Array.from({ length: 130 }, (_, i) => `one/${i}`),
    none: [],
    two: ['two/0'],
  };
  const context = {
    ...answering({ ListClusters: { clusterArns: clusters } }),
    call: async (
      _service: string,
      operation: string,
      input: { cluster: string; nextToken?: string; services: string[] },
    ) => {
      if (operation === 'ListClusters') return { clusterArns: clusters };
      if (operation === 'DescribeServices') {
        expect(input.services.length).toBeLessThanOrEqual(10);
        return { services: input.services.map((serviceArn) => ({ serviceArn, status: 'ACTIVE' })) };
      }
      const from = Number(input.nextToken ?? 0);
      const all = services[input.cluster] ?? [];
      return {
        serviceArns: all.slice(from, from + 100),
        ...(from + 100 < all.length ? { nextToken: String(from + 100) } : {}),
      };
    },
  };
  const type = typeOf('ecs_service');
  const ids: string[] = [];
  let token: string | undefined;
  do {
    const page = await type.list(context as never, token);
    ids.push(...page.items.map((item) => type.map(item, context as never).id));
    token = page.next;
  } while (token);
  expect(ids).toEqual(Object.values(services).flat());
});

test('a load balancer forwards to the groups that use it, also where only a rule of a listener says so', async () => {
  const { found } = await read('elb', {
    DescribeLoadBalancers: { LoadBalancers: [{ LoadBalancerArn: 'front' }, { LoadBalancerArn: 'idle' }] },
    DescribeTags: { TagDescriptions: [] },
    DescribeListeners: { Listeners: [{ Port: 443, Protocol: 'HTTPS', DefaultActions: [{ Type: 'fixed-response' }] }] },
    DescribeTargetGroups: {
      TargetGroups: [
        { TargetGroupArn: 'b', LoadBalancerArns: ['front'] },
        { TargetGroupArn: 'a', LoadBalancerArns: ['front'] },
        { TargetGroupArn: 'c', LoadBalancerArns: [] },
      ],
    },
  });
  expect(found.map(({ fields }) => fields.target_group_ids)).toEqual([['a', 'b'], []]);
  expect(found[0]?.refs).toEqual(['a', 'b']);
  expect(found[0]?.fields.listeners).toEqual([{ port: 443, protocol: 'HTTPS', tls: true, redirects: false }]);
});
