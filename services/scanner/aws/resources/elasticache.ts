/** ElastiCache clusters: Redis, Valkey and Memcached, those of a replication group one by one. */
import Type from 'typebox';
import { type Answer, awsType, isGone, listed, readDetail } from '../context.ts';
import { groupJoin, metadataOf, present, refList, sortedBy, tagMap } from './common.ts';

type Listed = NonNullable<Answer<'elasticache', 'DescribeCacheClusters'>['CacheClusters']>[number];
interface Cluster extends Listed {
  readonly tags: Readonly<Record<string, string>>;
}

export const elasticache = awsType<Cluster>({
  type: 'elasticache',
  title: 'ElastiCache cluster',
  arns: 'elasticache:cluster',
  service: 'elasticache',
  global: false,
  actions: ['elasticache:DescribeCacheClusters', 'elasticache:ListTagsForResource'],
  joins: [groupJoin],
  fields: Type.Object({
    engine: Type.Optional(Type.String()),
    engine_version: Type.Optional(Type.String()),
    node_type: Type.Optional(Type.String()),
    nodes: Type.Integer(),
    encrypted: Type.Boolean({ description: 'At rest.' }),
    transit_encrypted: Type.Boolean({ description: 'Between it and those who use it.' }),
    auth_token: Type.Boolean({ description: 'Whoever connects has to know a token.' }),
    replication_group: Type.Optional(Type.String({ description: 'Name of the group that it belongs to.' })),
    snapshot_retention_days: Type.Integer(),
    auto_minor_version_upgrade: Type.Boolean(),
    availability_zone: Type.Optional(Type.String({ description: 'Or "Multiple".' })),
    subnet_group: Type.Optional(Type.String()),
    endpoint: Type.Optional(Type.String({ description: 'Host name.' })),
    port: Type.Optional(Type.Integer()),
    security_group_ids: Type.Array(Type.String({ description: 'ARN.' })),
  }),

  async list(aws, token) {
    const page = await aws.call('elasticache', 'DescribeCacheClusters', {
      MaxRecords: 100,
      ShowCacheNodeInfo: true,
      ...(token ? { Marker: token } : {}),
    });
    const clusters = listed(page.CacheClusters, 'elasticache:DescribeCacheClusters');
    return { items: clusters.map((cluster) => ({ ...cluster, tags: {} })), next: page.Marker };
  },

  async detail(aws, cluster) {
    const ResourceName = cluster.ARN ?? aws.arn('elasticache', `cluster:${cluster.CacheClusterId}`);
    const { value, gaps } = await readDetail({
      fields: ['tags'],
      call: () => aws.call('elasticache', 'ListTagsForResource', { ResourceName }),
    });
    if (isGone(gaps, 'CacheClusterNotFound', 'CacheClusterNotFoundFault')) return undefined;
    return { item: { ...cluster, tags: tagMap(value?.TagList) }, gaps };
  },

  map(cluster, aws) {
    const name = cluster.CacheClusterId ?? '';
    const groups = sortedBy(cluster.SecurityGroups, (group) => group.SecurityGroupId);
    const groupIds = groups.map(({ SecurityGroupId }) => aws.arn('ec2', `security-group/${SecurityGroupId}`));
    const nodes = sortedBy(cluster.CacheNodes, (node) => node.CacheNodeId);
    const { ReplicationGroupId: group } = cluster;
    return {
      id: cluster.ARN ?? aws.arn('elasticache', `cluster:${name}`),
      name,
      status: cluster.CacheClusterStatus ?? '',
      tags: cluster.tags,
      created_at: cluster.CacheClusterCreateTime ?? '',
      refs: refList(...groupIds, !!group && aws.arn('elasticache', `replicationgroup:${group}`)),
      fields: present({ ...fieldsOf(cluster, nodes[0]), ...safetyOf(cluster), security_group_ids: groupIds }),
      metadata: metadataOf(cluster, ['tags'], { SecurityGroups: groups, CacheNodes: nodes }),
    };
  },
});

type Node = NonNullable<Listed['CacheNodes']>[number];

function fieldsOf(cluster: Cluster, first: Node | undefined) {
  const endpoint = cluster.ConfigurationEndpoint ?? first?.Endpoint;
  return {
    engine: cluster.Engine,
    engine_version: cluster.EngineVersion,
    node_type: cluster.CacheNodeType,
    nodes: cluster.NumCacheNodes ?? 0,
    replication_group: cluster.ReplicationGroupId,
    availability_zone: cluster.PreferredAvailabilityZone,
    subnet_group: cluster.CacheSubnetGroupName,
    endpoint: endpoint?.Address,
    port: endpoint?.Port,
  };
}

function safetyOf(cluster: Cluster) {
  return {
    encrypted: cluster.AtRestEncryptionEnabled ?? false,
    transit_encrypted: cluster.TransitEncryptionEnabled ?? false,
    auth_token: cluster.AuthTokenEnabled ?? false,
    snapshot_retention_days: cluster.SnapshotRetentionLimit ?? 0,
    auto_minor_version_upgrade: cluster.AutoMinorVersionUpgrade ?? false,
  };
}
