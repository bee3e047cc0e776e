/** Clusters of databases: Aurora, Multi-AZ clusters of RDS, Neptune and DocumentDB come from the same call. */
import Type from 'typebox';
import { type Answer, awsType, listed } from '../context.ts';
import { groupJoin, metadataOf, present, refList, sortedBy, tagMap } from './common.ts';

type Cluster = NonNullable<Answer<'rds', 'DescribeDBClusters'>['DBClusters']>[number];

const never = Number.POSITIVE_INFINITY;

export const aurora = awsType<Cluster>({
  type: 'aurora',
  title: 'Database cluster (Aurora)',
  arns: 'rds:cluster',
  service: 'rds',
  global: false,
  actions: ['rds:DescribeDBClusters'],
  joins: [groupJoin],
  // The instants move every five minutes, the counters by themselves; Aurora's storage grows as it is written to.
  volatile: {
    LatestRestorableTime: never,
    EarliestRestorableTime: never,
    EarliestBacktrackTime: never,
    BacktrackConsumedChangeRecords: never,
    PercentProgress: never,
    Capacity: never,
  },
  fields: Type.Object({
    encrypted: Type.Boolean(),
    kms_key_id: Type.Optional(Type.String()),
    publicly_accessible: Type.Boolean({ description: 'Of a Multi-AZ cluster; elsewhere its instances say so.' }),
    multi_az: Type.Boolean(),
    backup_retention_days: Type.Integer(),
    deletion_protection: Type.Boolean(),
    engine: Type.Optional(Type.String()),
    engine_version: Type.Optional(Type.String()),
    engine_mode: Type.Optional(Type.String({ description: 'provisioned or serverless.' })),
    serverless_min: Type.Optional(Type.Number({ description: 'Capacity units.' })),
    serverless_max: Type.Optional(Type.Number({ description: 'Capacity units.' })),
    instance_class: Type.Optional(Type.String({ description: 'Of a Multi-AZ cluster.' })),
    storage_type: Type.Optional(Type.String()),
    endpoint: Type.Optional(Type.String({ description: 'Host name.' })),
    reader_endpoint: Type.Optional(Type.String({ description: 'Host name.' })),
    port: Type.Optional(Type.Integer()),
    members: Type.Array(Type.String({ description: 'Names of its instances.' })),
    availability_zones: Type.Array(Type.String()),
    iam_authentication: Type.Boolean(),
    data_api: Type.Boolean({ description: 'SQL over HTTPS is on.' }),
    performance_insights: Type.Boolean(),
    auto_minor_version_upgrade: Type.Boolean(),
    security_group_ids: Type.Array(Type.String({ description: 'ARN.' })),
  }),

  async list(aws, token) {
    const page = await aws.call('rds', 'DescribeDBClusters', { MaxRecords: 100, ...(token ? { Marker: token } : {}) });
    return { items: listed(page.DBClusters, 'rds:DescribeDBClusters'), next: page.Marker };
  },

  map(cluster, aws) {
    const name = cluster.DBClusterIdentifier ?? '';
    const groups = sortedBy(cluster.VpcSecurityGroups, (group) => group.VpcSecurityGroupId);
    const groupIds = groups.map(({ VpcSecurityGroupId }) => aws.arn('ec2', `security-group/${VpcSecurityGroupId}`));
    const members = sortedBy(cluster.DBClusterMembers, (member) => member.DBInstanceIdentifier);
    const names = members.map(({ DBInstanceIdentifier = '' }) => DBInstanceIdentifier);
    return {
      id: cluster.DBClusterArn ?? aws.arn('rds', `cluster:${name}`),
      name,
      status: cluster.Status ?? '',
      tags: tagMap(cluster.TagList),
      created_at: cluster.ClusterCreateTime ?? '',
      refs: refList(...groupIds, cluster.KmsKeyId, ...names.map((id) => aws.arn('rds', `db:${id}`))),
      fields: present({
        ...safetyOf(cluster),
        ...sizeOf(cluster),
        members: names,
        security_group_ids: groupIds,
      }),
      metadata: metadataOf(cluster, ['TagList'], {
        VpcSecurityGroups: groups,
        DBClusterMembers: members,
        AvailabilityZones: refList(...(cluster.AvailabilityZones ?? [])),
        AssociatedRoles: sortedBy(cluster.AssociatedRoles, (role) => `${role.RoleArn} ${role.FeatureName}`),
      }),
    };
  },
});

function safetyOf(cluster: Cluster) {
  return {
    encrypted: cluster.StorageEncrypted ?? false,
    kms_key_id: cluster.KmsKeyId,
    publicly_accessible: cluster.PubliclyAccessible ?? false,
    multi_az: cluster.MultiAZ ?? false,
    backup_retention_days: cluster.BackupRetentionPeriod ?? 0,
    deletion_protection: cluster.DeletionProtection ?? false,
    iam_authentication: cluster.IAMDatabaseAuthenticationEnabled ?? false,
    data_api: cluster.HttpEndpointEnabled ?? false,
    performance_insights: cluster.PerformanceInsightsEnabled ?? false,
    auto_minor_version_upgrade: cluster.AutoMinorVersionUpgrade ?? false,
  };
}

function sizeOf(cluster: Cluster) {
  const serverless = cluster.ServerlessV2ScalingConfiguration;
  return {
    engine: cluster.Engine,
    engine_version: cluster.EngineVersion,
    engine_mode: cluster.EngineMode,
    serverless_min: serverless?.MinCapacity,
    serverless_max: serverless?.MaxCapacity,
    instance_class: cluster.DBClusterInstanceClass,
    storage_type: cluster.StorageType,
    endpoint: cluster.Endpoint,
    reader_endpoint: cluster.ReaderEndpoint,
    port: cluster.Port,
    availability_zones: refList(...(cluster.AvailabilityZones ?? [])),
  };
}
