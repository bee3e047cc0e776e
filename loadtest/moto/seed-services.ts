/** Fills an account and region of moto with networks, containers, stores, keys, zones, logs and queues. */
import type { Clients } from './clients.ts';

type Words = Readonly<Record<string, string>>;
const upper = (tags: Words) => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
const lower = (tags: Words) => Object.entries(tags).map(([key, value]) => ({ key, value }));

/** A network for what needs one. */
interface Network {
  readonly vpc: string;
  readonly subnets: readonly string[];
  readonly group: string;
}

export async function seedServices(clients: Clients, { many, few }: { many: Words; few: Words }): Promise<void> {
  const network = await seedNetwork(clients, few);
  await seedAddresses(clients, network, few);
  await seedImage(clients, few);
  await seedBalancers(clients, network, few);
  await seedScaling(clients, network, few);
  await seedContainers(clients, network, { many, few });
  await seedStores(clients, few);
  await seedKeys(clients, { many, few });
  await seedLogs(clients, { many, few });
  if (clients.region === 'us-east-1') await seedZones(clients, few);
}

async function seedNetwork({ ec2, region }: Clients, few: Words): Promise<Network> {
  const { Vpc } = await ec2.createVpc({
    CidrBlock: '10.9.0.0/16',
    TagSpecifications: [{ ResourceType: 'vpc', Tags: upper(few) }],
  });
  const vpc = Vpc?.VpcId ?? '';
  const subnets: string[] = [];
  for (const [i, zone] of ['a', 'b'].entries()) {
    const { Subnet } = await ec2.createSubnet({
      VpcId: vpc,
      CidrBlock: `10.9.${i}.0/24`,
      AvailabilityZone: `${region}${zone}`,
      ...(i === 0 ? { TagSpecifications: [{ ResourceType: 'subnet' as const, Tags: upper(few) }] } : {}),
    });
    subnets.push(Subnet?.SubnetId ?? '');
  }
  const { GroupId: group = '' } = await ec2.createSecurityGroup({ GroupName: 'inside', Description: 'i', VpcId: vpc });
  return { vpc, subnets, group };
}

async function seedAddresses({ ec2 }: Clients, { subnets: [SubnetId], group }: Network, few: Words): Promise<void> {
  const { AllocationId } = await ec2.allocateAddress({
    Domain: 'vpc',
    TagSpecifications: [{ ResourceType: 'elastic-ip', Tags: upper(few) }],
  });
  await ec2.allocateAddress({ Domain: 'vpc' });
  await ec2.createNatGateway({
    SubnetId,
    AllocationId,
    TagSpecifications: [{ ResourceType: 'natgateway', Tags: upper(few) }],
  });
  await ec2.createNetworkInterface({
    SubnetId,
    Groups: [group],
    TagSpecifications: [{ ResourceType: 'network-interface', Tags: upper(few) }],
  });
}

async function seedImage({ ec2 }: Clients, few: Words): Promise<void> {
  const { Reservations = [] } = await ec2.describeInstances({});
  const instances = Reservations.flatMap(({ Instances = [] }) => Instances);
  const running = instances.find(({ State }) => State?.Name === 'running');
  const { ImageId = '' } = await ec2.createImage({ InstanceId: running?.InstanceId, Name: 'golden' });
  await ec2.createTags({ Resources: [ImageId], Tags: upper(few) });
}

async function seedBalancers({ elb, classic, region }: Clients, { vpc, subnets, group }: Network, few: Words) {
  const { LoadBalancers = [] } = await elb.createLoadBalancer({
    Name: 'front',
    Subnets: [...subnets],
    SecurityGroups: [group],
    Tags: upper(few),
  });
  await elb.createLoadBalancer({ Name: 'bare', Subnets: [...subnets], Type: 'network' });
  const { TargetGroups = [] } = await elb.createTargetGroup({
    Name: 'web',
    Protocol: 'HTTP',
    Port: 80,
    VpcId: vpc,
    Tags: upper(few),
  });
  await elb.createTargetGroup({ Name: 'idle', Protocol: 'HTTP', Port: 80, VpcId: vpc });
  await elb.createListener({
    LoadBalancerArn: LoadBalancers[0]?.LoadBalancerArn,
    Protocol: 'HTTP',
    Port: 80,
    DefaultActions: [{ Type: 'forward', TargetGroupArn: TargetGroups[0]?.TargetGroupArn }],
  });
  const Listeners = [{ Protocol: 'HTTP', LoadBalancerPort: 80, InstancePort: 80 }];
  const AvailabilityZones = [`${region}a`];
  await classic.createLoadBalancer({ LoadBalancerName: 'old', Listeners, AvailabilityZones, Tags: upper(few) });
  await classic.createLoadBalancer({ LoadBalancerName: 'older', Listeners, AvailabilityZones });
}

async function seedScaling({ autoscaling }: Clients, { subnets }: Network, few: Words) {
  await autoscaling.createLaunchConfiguration({
    LaunchConfigurationName: 'lc',
    ImageId: 'ami-12345678',
    InstanceType: 't3.micro',
  });
  const shared = { LaunchConfigurationName: 'lc', MinSize: 0, MaxSize: 1, VPCZoneIdentifier: subnets[0] };
  await autoscaling.createAutoScalingGroup({
    ...shared,
    AutoScalingGroupName: 'workers',
    Tags: upper(few).map((tag) => ({ ...tag, PropagateAtLaunch: true })),
  });
  await autoscaling.createAutoScalingGroup({ ...shared, AutoScalingGroupName: 'bare' });
}

async function seedContainers(clients: Clients, { subnets }: Network, { many, few }: { many: Words; few: Words }) {
  const { eks, ecs, ecr, account } = clients;
  const resourcesVpcConfig = { subnetIds: [...subnets] };
  const roleArn = `arn:aws:iam::${account}:role/functions`;
  await eks.createCluster({ name: 'apps', roleArn, resourcesVpcConfig, tags: { ...few } });
  await eks.createCluster({ name: 'bare', roleArn, resourcesVpcConfig });
  await ecs.createCluster({ clusterName: 'jobs', tags: lower(few) });
  await ecs.createCluster({ clusterName: 'bare' });
  await ecs.registerTaskDefinition({
    family: 'job',
    containerDefinitions: [{ name: 'job', image: 'job', memory: 128 }],
  });
  for (let i = 0; i < 12; i++) {
    await ecs.createService({
      cluster: 'jobs',
      serviceName: `job-${i}`,
      taskDefinition: 'job',
      desiredCount: 1,
      ...(i % 2 === 0 ? { tags: lower(few) } : {}),
    });
  }
  await ecr.createRepository({ repositoryName: 'shop/web', tags: upper(many) });
  await ecr.createRepository({ repositoryName: 'bare' });
}

async function seedStores({ rds, elasticache }: Clients, few: Words) {
  const cluster = { Engine: 'aurora-postgresql', MasterUsername: 'app', MasterUserPassword: 'not-a-real-one' };
  await rds.createDBCluster({ ...cluster, DBClusterIdentifier: 'ledger', StorageEncrypted: true, Tags: upper(few) });
  await rds.createDBCluster({ ...cluster, DBClusterIdentifier: 'bare' });
  const cache = { Engine: 'redis', CacheNodeType: 'cache.t4g.small', NumCacheNodes: 1 };
  await elasticache.createCacheCluster({ ...cache, CacheClusterId: 'sessions', Tags: upper(few) });
  await elasticache.createCacheCluster({ ...cache, CacheClusterId: 'bare' });
}

async function seedKeys({ kms }: Clients, { many }: { many: Words; few: Words }) {
  const Tags = Object.entries(many).map(([TagKey, TagValue]) => ({ TagKey, TagValue }));
  const { KeyMetadata } = await kms.createKey({ Description: 'ours', Tags });
  await kms.createAlias({ AliasName: 'alias/ours', TargetKeyId: KeyMetadata?.KeyId });
  const { KeyMetadata: ending } = await kms.createKey({ Description: 'ending' });
  await kms.scheduleKeyDeletion({ KeyId: ending?.KeyId, PendingWindowInDays: 7 });
}

/** More log groups than fit on a page, once. */
const PAGES_OF_GROUPS = 120;

async function seedLogs({ logs, sqs, region }: Clients, { many, few }: { many: Words; few: Words }) {
  await logs.createLogGroup({ logGroupName: '/shop/web', tags: { ...few } });
  await logs.putRetentionPolicy({ logGroupName: '/shop/web', retentionInDays: 14 });
  await logs.createLogGroup({ logGroupName: '/bare' });
  for (let i = 0; i < (region === 'us-east-1' ? PAGES_OF_GROUPS : 0); i++)
    await logs.createLogGroup({
      logGroupName: `/many/${i}`,
      ...(i % 7 === 0 ? { tags: { ...few, part: `${i}` } } : {}),
    });
  await sqs.createQueue({ QueueName: 'jobs', tags: { ...many } });
  await sqs.createQueue({ QueueName: 'bare.fifo', Attributes: { FifoQueue: 'true' } });
}

/** Zones belong to the account. */
async function seedZones({ route53 }: Clients, few: Words) {
  const { HostedZone } = await route53.createHostedZone({ Name: 'shop.example.', CallerReference: 'one' });
  await route53.changeTagsForResource({
    ResourceType: 'hostedzone',
    ResourceId: HostedZone?.Id?.replace('/hostedzone/', ''),
    AddTags: upper(few),
  });
  await route53.createHostedZone({ Name: 'bare.example.', CallerReference: 'two' });
}
