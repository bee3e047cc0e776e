/** ECS services, cluster by cluster: a list gives ARNs, ten of which are described with one call. */
import Type from 'typebox';
import { type Answer, type AwsContext, allPages, awsType, listed } from '../context.ts';
import { awsNameOf } from '../errors.ts';
import { groupJoin, lowerTagMap, metadataOf, present, refList, sortedBy } from './common.ts';
import { described } from './ecs.ts';

type Service = NonNullable<Answer<'ecs', 'DescribeServices'>['services']>[number];

const never = Number.POSITIVE_INFINITY;
/** Services that one call describes. */
const AT_ONCE = 10;

export const ecsService = awsType<Service>({
  type: 'ecs_service',
  title: 'ECS service',
  arns: 'ecs:service',
  service: 'ecs',
  global: false,
  actions: ['ecs:ListClusters', 'ecs:ListServices', 'ecs:DescribeServices'],
  joins: [groupJoin],
  volatile: { running_count: never, pending_count: never, runningCount: never, pendingCount: never },
  fields: Type.Object({
    cluster: Type.Optional(Type.String({ description: 'Cluster that it belongs to.' })),
    desired_count: Type.Integer(),
    running_count: Type.Integer(),
    pending_count: Type.Integer(),
    launch_type: Type.Optional(Type.String({ description: 'Absent with capacity providers.' })),
    scheduling_strategy: Type.Optional(Type.String()),
    task_definition: Type.Optional(Type.String({ description: 'ARN.' })),
    platform_version: Type.Optional(Type.String()),
    assigns_public_ip: Type.Boolean({ description: 'Its tasks get public addresses.' }),
    exec_enabled: Type.Boolean({ description: 'Sessions in its containers are allowed.' }),
    circuit_breaker: Type.Boolean({ description: 'A deployment that fails is stopped.' }),
    propagates_tags: Type.Optional(Type.String({ description: 'From where its tasks get tags.' })),
    role: Type.Optional(Type.String({ description: 'ARN.' })),
    subnet_ids: Type.Array(Type.String({ description: 'ARN.' })),
    security_group_ids: Type.Array(Type.String({ description: 'ARN.' })),
    target_group_ids: Type.Array(Type.String({ description: 'ARN.' })),
  }),

  async list(aws, token) {
    const clusters = await aws.once('clusters', () => clustersOf(aws));
    const { at, next } = placeOf(token);
    const cluster = clusters[at];
    if (cluster === undefined) return { items: [] };
    const page = await servicesOf(aws, cluster, next);
    const more = page.next ? tokenOf(at, page.next) : undefined;
    return { items: page.items, next: more ?? (at + 1 < clusters.length ? tokenOf(at + 1) : undefined) };
  },

  map(service, aws) {
    const name = service.serviceName ?? '';
    const links = linksOf(service, aws);
    return {
      id: service.serviceArn ?? aws.arn('ecs', `service/${name}`),
      name,
      status: service.status ?? '',
      tags: lowerTagMap(service.tags),
      created_at: service.createdAt ?? '',
      refs: refList(service.clusterArn, service.roleArn, ...Object.values(links).flat()),
      fields: present({ ...countsOf(service), ...fieldsOf(service), ...links }),
      metadata: metadataOf(service, unkept, {
        loadBalancers: sortedBy(service.loadBalancers, (one) => `${one.targetGroupArn} ${one.containerName}`),
      }),
    };
  },
});

function linksOf({ networkConfiguration, loadBalancers = [] }: Service, aws: AwsContext) {
  const { securityGroups = [], subnets = [] } = networkConfiguration?.awsvpcConfiguration ?? {};
  return {
    subnet_ids: refList(...subnets.map((id) => aws.arn('ec2', `subnet/${id}`))),
    security_group_ids: refList(...securityGroups.map((id) => aws.arn('ec2', `security-group/${id}`))),
    target_group_ids: refList(...loadBalancers.map(({ targetGroupArn }) => targetGroupArn)),
  };
}

/** A log of the last hundred events, and how far deployments have come. */
const unkept = ['tags', 'events', 'deployments', 'taskSets'];

function countsOf(service: Service) {
  return {
    desired_count: service.desiredCount ?? 0,
    running_count: service.runningCount ?? 0,
    pending_count: service.pendingCount ?? 0,
  };
}

function fieldsOf(service: Service) {
  return {
    cluster: service.clusterArn?.split('/').pop(),
    launch_type: service.launchType,
    scheduling_strategy: service.schedulingStrategy,
    task_definition: service.taskDefinition,
    platform_version: service.platformVersion,
    assigns_public_ip: service.networkConfiguration?.awsvpcConfiguration?.assignPublicIp === 'ENABLED',
    exec_enabled: service.enableExecuteCommand ?? false,
    circuit_breaker: service.deploymentConfiguration?.deploymentCircuitBreaker?.enable ?? false,
    propagates_tags: service.propagateTags,
    role: service.roleArn,
  };
}

function clustersOf(aws: AwsContext): Promise<string[]> {
  return allPages(async (token) => {
    const page = await aws.call('ecs', 'ListClusters', { maxResults: 100, ...(token ? { nextToken: token } : {}) });
    return [listed(page.clusterArns, 'ecs:ListClusters'), page.nextToken];
  });
}

/** The services of a cluster that was deleted in between are gone with it. */
async function servicesOf(aws: AwsContext, cluster: string, token: string | undefined) {
  try {
    const page = await aws.call('ecs', 'ListServices', {
      cluster,
      maxResults: 100,
      ...(token ? { nextToken: token } : {}),
    });
    const arns = listed(page.serviceArns, 'ecs:ListServices');
    const tens = Array.from({ length: Math.ceil(arns.length / AT_ONCE) }, (_, i) =>
      describe(aws, cluster, arns.slice(i * AT_ONCE, (i + 1) * AT_ONCE)),
    );
    return { items: (await Promise.all(tens)).flat(), next: page.nextToken };
  } catch (error) {
    if (awsNameOf(error) === 'ClusterNotFoundException') return { items: [], next: undefined };
    throw error;
  }
}

async function describe(aws: AwsContext, cluster: string, services: string[]): Promise<Service[]> {
  const answer = await aws.call('ecs', 'DescribeServices', { cluster, services, include: ['TAGS'] });
  return described(answer.services, answer.failures, 'ecs:DescribeServices');
}

/** Our token: which cluster, and ECS's own token within it. */
function tokenOf(at: number, next = ''): string {
  return `${at} ${next}`;
}

function placeOf(token: string | undefined): { at: number; next: string | undefined } {
  if (token === undefined) return { at: 0, next: undefined };
  const space = token.indexOf(' ');
  return { at: Number(token.slice(0, space)), next: token.slice(space + 1) || undefined };
}
