/** ECS clusters, a hundred described with one call. */
import Type from 'typebox';
import { elavaError } from '../../../../lib/errors.ts';
import { type Answer, type AwsContext, awsType, listed } from '../context.ts';
import { lowerTagMap, metadataOf, present, refList, sortedBy } from './common.ts';

type Described = Answer<'ecs', 'DescribeClusters'>;
type Cluster = NonNullable<Described['clusters']>[number];

const never = Number.POSITIVE_INFINITY;

export const ecs = awsType<Cluster>({
  type: 'ecs',
  title: 'ECS cluster',
  arns: 'ecs:cluster',
  service: 'ecs',
  global: false,
  actions: ['ecs:ListClusters', 'ecs:DescribeClusters'],
  // Tasks come and go all day; what should run stands with the services.
  volatile: {
    running_tasks: never,
    pending_tasks: never,
    container_instances: never,
    runningTasksCount: never,
    pendingTasksCount: never,
    registeredContainerInstancesCount: never,
  },
  fields: Type.Object({
    container_insights: Type.String({ description: 'enabled, enhanced or disabled.' }),
    capacity_providers: Type.Array(Type.String()),
    services: Type.Integer(),
    running_tasks: Type.Integer(),
    pending_tasks: Type.Integer(),
    container_instances: Type.Integer(),
    exec_logging: Type.Optional(Type.String({ description: 'Where sessions in containers are logged.' })),
    kms_key_id: Type.Optional(Type.String({ description: 'Of sessions in containers.' })),
  }),

  async list(aws, token) {
    const page = await aws.call('ecs', 'ListClusters', { maxResults: 100, ...(token ? { nextToken: token } : {}) });
    const arns = listed(page.clusterArns, 'ecs:ListClusters');
    return { items: arns.length === 0 ? [] : await describe(aws, arns), next: page.nextToken };
  },

  map(cluster, aws) {
    const name = cluster.clusterName ?? '';
    const key = cluster.configuration?.executeCommandConfiguration?.kmsKeyId;
    return {
      id: cluster.clusterArn ?? aws.arn('ecs', `cluster/${name}`),
      name,
      status: cluster.status ?? '',
      tags: lowerTagMap(cluster.tags),
      created_at: '',
      refs: refList(key?.startsWith('arn:') && key),
      fields: present({ ...countsOf(cluster), ...fieldsOf(cluster) }),
      metadata: metadataOf(cluster, ['tags', 'statistics', 'attachments'], {
        capacityProviders: refList(...(cluster.capacityProviders ?? [])),
        settings: sortedBy(cluster.settings, (setting) => setting.name),
      }),
    };
  },
});

function fieldsOf({ settings, capacityProviders = [], configuration }: Cluster) {
  const exec = configuration?.executeCommandConfiguration;
  return {
    container_insights: settings?.find(({ name }) => name === 'containerInsights')?.value ?? 'disabled',
    capacity_providers: refList(...capacityProviders),
    exec_logging: exec?.logging,
    kms_key_id: exec?.kmsKeyId,
  };
}

function countsOf(cluster: Cluster) {
  return {
    services: cluster.activeServicesCount ?? 0,
    running_tasks: cluster.runningTasksCount ?? 0,
    pending_tasks: cluster.pendingTasksCount ?? 0,
    container_instances: cluster.registeredContainerInstancesCount ?? 0,
  };
}

/** A cluster that was deleted since it was listed is among the failures, or inactive. */
async function describe(aws: AwsContext, clusters: readonly string[]): Promise<Cluster[]> {
  const answer = await aws.call('ecs', 'DescribeClusters', {
    clusters: [...clusters],
    include: ['TAGS', 'SETTINGS', 'CONFIGURATIONS'],
  });
  return described(answer.clusters, answer.failures, 'ecs:DescribeClusters');
}

interface Failure {
  readonly arn?: string | undefined;
  readonly reason?: string | undefined;
}

/** What ECS described of what it was asked for. Throws AWS_SERVICE_ERROR for a failure other than "not there". */
export function described<T extends { readonly status?: string | undefined }>(
  found: readonly T[] | undefined,
  failures: readonly Failure[] | undefined,
  api: string,
): T[] {
  const failure = failures?.find(({ reason }) => reason !== 'MISSING');
  if (failure) throw elavaError('AWS_SERVICE_ERROR', `${api}: ${failure.arn}: ${failure.reason}`);
  return listed(found, api).filter(({ status }) => status !== 'INACTIVE');
}
