/** Containers, stores, keys, zones, logs and queues, listed by the plain SDK, one question at a time. */
import { type Lister, type Tags, tagsOf } from './listing.ts';

const small = (tags: readonly { key?: string | undefined; value?: string | undefined }[] = []): Tags =>
  Object.fromEntries(tags.map(({ key = '', value = '' }) => [key, value]));

const asg: Lister = async ({ autoscaling }) => {
  const { AutoScalingGroups = [] } = await autoscaling.describeAutoScalingGroups({});
  return new Map(AutoScalingGroups.map(({ AutoScalingGroupARN = '', Tags }) => [AutoScalingGroupARN, tagsOf(Tags)]));
};

const eks: Lister = async ({ eks: client }) => {
  const { clusters = [] } = await client.listClusters({});
  const found = new Map<string, Tags>();
  for (const name of clusters) {
    const { cluster } = await client.describeCluster({ name });
    found.set(cluster?.arn ?? '', cluster?.tags ?? {});
  }
  return found;
};

const ecs: Lister = async ({ ecs: client }) => {
  const { clusterArns = [] } = await client.listClusters({});
  const found = new Map<string, Tags>();
  for (const resourceArn of clusterArns)
    found.set(resourceArn, small((await client.listTagsForResource({ resourceArn })).tags));
  return found;
};

const ecsService: Lister = async ({ ecs: client }) => {
  const { clusterArns = [] } = await client.listClusters({});
  const found = new Map<string, Tags>();
  for (const cluster of clusterArns) {
    const { serviceArns = [] } = await client.listServices({ cluster, maxResults: 100 });
    for (const resourceArn of serviceArns)
      found.set(resourceArn, small((await client.listTagsForResource({ resourceArn })).tags));
  }
  return found;
};

const aurora: Lister = async ({ rds }) => {
  const { DBClusters = [] } = await rds.describeDBClusters({});
  return new Map(DBClusters.map(({ DBClusterArn = '', TagList }) => [DBClusterArn, tagsOf(TagList)]));
};

const elasticache: Lister = async ({ elasticache: client }) => {
  const { CacheClusters = [] } = await client.describeCacheClusters({});
  const found = new Map<string, Tags>();
  for (const { ARN: ResourceName = '' } of CacheClusters)
    found.set(ResourceName, tagsOf((await client.listTagsForResource({ ResourceName })).TagList));
  return found;
};

const kms: Lister = async ({ kms: client }) => {
  const { Keys = [] } = await client.listKeys({});
  const found = new Map<string, Tags>();
  for (const { KeyId, KeyArn = '' } of Keys) {
    const { Tags = [] } = await client.listResourceTags({ KeyId });
    found.set(KeyArn, Object.fromEntries(Tags.map(({ TagKey = '', TagValue = '' }) => [TagKey, TagValue])));
  }
  return found;
};

const ecr: Lister = async ({ ecr: client }) => {
  const { repositories = [] } = await client.describeRepositories({});
  const found = new Map<string, Tags>();
  for (const { repositoryArn: resourceArn = '' } of repositories)
    found.set(resourceArn, tagsOf((await client.listTagsForResource({ resourceArn })).tags));
  return found;
};

const route53: Lister = async ({ route53: client }) => {
  const { HostedZones = [] } = await client.listHostedZones({});
  const found = new Map<string, Tags>();
  for (const { Id = '' } of HostedZones) {
    const ResourceId = Id.replace('/hostedzone/', '');
    const { ResourceTagSet } = await client.listTagsForResource({ ResourceType: 'hostedzone', ResourceId });
    found.set(`arn:aws:route53:::hostedzone/${ResourceId}`, tagsOf(ResourceTagSet?.Tags));
  }
  return found;
};

const logGroup: Lister = async ({ logs, region, account }) => {
  const { logGroups = [] } = await logs.describeLogGroups({});
  const found = new Map<string, Tags>();
  for (const { logGroupName } of logGroups) {
    const resourceArn = `arn:aws:logs:${region}:${account}:log-group:${logGroupName}`;
    found.set(resourceArn, (await logs.listTagsForResource({ resourceArn })).tags ?? {});
  }
  return found;
};

const sqs: Lister = async ({ sqs: client }) => {
  const { QueueUrls = [] } = await client.listQueues({});
  const found = new Map<string, Tags>();
  for (const QueueUrl of QueueUrls) {
    const { Attributes } = await client.getQueueAttributes({ QueueUrl, AttributeNames: ['QueueArn'] });
    found.set(Attributes?.QueueArn ?? '', (await client.listQueueTags({ QueueUrl })).Tags ?? {});
  }
  return found;
};

export const serviceListers: Readonly<Record<string, Lister>> = {
  asg,
  eks,
  ecs,
  ecs_service: ecsService,
  aurora,
  elasticache,
  kms,
  ecr,
  route53,
  log_group: logGroup,
  sqs,
};
