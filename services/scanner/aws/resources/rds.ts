/** Database instances of RDS; those of Aurora, Neptune and DocumentDB come from the same call. */
import Type from 'typebox';
import { type Answer, awsType, listed } from '../context.ts';
import { groupJoin, metadataOf, present, refList, sortedBy, tagMap } from './common.ts';

type Database = NonNullable<Answer<'rds', 'DescribeDBInstances'>['DBInstances']>[number];

export const rds = awsType<Database>({
  type: 'rds',
  title: 'RDS database instance',
  arns: 'rds:db',
  service: 'rds',
  global: false,
  actions: ['rds:DescribeDBInstances'],
  joins: [groupJoin],
  // Moves every five minutes on a database that takes backups.
  volatile: { LatestRestorableTime: Number.POSITIVE_INFINITY },
  fields: Type.Object({
    encrypted: Type.Boolean(),
    kms_key_id: Type.Optional(Type.String()),
    publicly_accessible: Type.Boolean(),
    multi_az: Type.Boolean(),
    backup_retention_days: Type.Integer(),
    deletion_protection: Type.Boolean(),
    engine: Type.Optional(Type.String()),
    engine_version: Type.Optional(Type.String()),
    instance_class: Type.Optional(Type.String()),
    storage_type: Type.Optional(Type.String()),
    allocated_storage_gib: Type.Optional(Type.Integer()),
    availability_zone: Type.Optional(Type.String()),
    vpc_id: Type.Optional(Type.String()),
    endpoint: Type.Optional(Type.String({ description: 'Host name.' })),
    port: Type.Optional(Type.Integer()),
    cluster: Type.Optional(Type.String({ description: 'Cluster that it belongs to.' })),
    iam_authentication: Type.Boolean(),
    performance_insights: Type.Boolean(),
    auto_minor_version_upgrade: Type.Boolean(),
    security_group_ids: Type.Array(Type.String({ description: 'ARN.' })),
  }),

  async list(aws, token) {
    const page = await aws.call('rds', 'DescribeDBInstances', { MaxRecords: 100, ...(token ? { Marker: token } : {}) });
    return { items: listed(page.DBInstances, 'rds:DescribeDBInstances'), next: page.Marker };
  },

  map(database, aws) {
    const name = database.DBInstanceIdentifier ?? '';
    const groups = sortedBy(database.VpcSecurityGroups, (group) => group.VpcSecurityGroupId);
    const groupIds = groups.map(({ VpcSecurityGroupId }) => aws.arn('ec2', `security-group/${VpcSecurityGroupId}`));
    const { DBClusterIdentifier: cluster, KmsKeyId } = database;
    return {
      id: database.DBInstanceArn ?? aws.arn('rds', `db:${name}`),
      name,
      status: database.DBInstanceStatus ?? '',
      tags: tagMap(database.TagList),
      created_at: database.InstanceCreateTime ?? '',
      refs: refList(
        ...groupIds,
        KmsKeyId,
        !!database.DBSubnetGroup?.VpcId && aws.arn('ec2', `vpc/${database.DBSubnetGroup.VpcId}`),
        !!cluster && aws.arn('rds', `cluster:${cluster}`),
      ),
      fields: present({ ...fieldsOf(database), ...sizeOf(database), security_group_ids: groupIds }),
      metadata: metadataOf(database, ['TagList'], { ...sortedLists(database), VpcSecurityGroups: groups }),
    };
  },
});

function fieldsOf(database: Database) {
  return {
    encrypted: database.StorageEncrypted ?? false,
    kms_key_id: database.KmsKeyId,
    publicly_accessible: database.PubliclyAccessible ?? false,
    multi_az: database.MultiAZ ?? false,
    backup_retention_days: database.BackupRetentionPeriod ?? 0,
    deletion_protection: database.DeletionProtection ?? false,
    iam_authentication: database.IAMDatabaseAuthenticationEnabled ?? false,
    performance_insights: database.PerformanceInsightsEnabled ?? false,
    auto_minor_version_upgrade: database.AutoMinorVersionUpgrade ?? false,
  };
}

function sizeOf(database: Database) {
  return {
    engine: database.Engine,
    engine_version: database.EngineVersion,
    instance_class: database.DBInstanceClass,
    storage_type: database.StorageType,
    allocated_storage_gib: database.AllocatedStorage,
    availability_zone: database.AvailabilityZone,
    vpc_id: database.DBSubnetGroup?.VpcId,
    endpoint: database.Endpoint?.Address,
    port: database.Endpoint?.Port,
    cluster: database.DBClusterIdentifier,
  };
}

function sortedLists({
  DBParameterGroups,
  OptionGroupMemberships,
  DBSubnetGroup,
  ReadReplicaDBInstanceIdentifiers,
}: Database) {
  return present({
    DBParameterGroups: DBParameterGroups && sortedBy(DBParameterGroups, (g) => g.DBParameterGroupName),
    OptionGroupMemberships: OptionGroupMemberships && sortedBy(OptionGroupMemberships, (g) => g.OptionGroupName),
    ReadReplicaDBInstanceIdentifiers:
      ReadReplicaDBInstanceIdentifiers && sortedBy(ReadReplicaDBInstanceIdentifiers, (id) => id),
    DBSubnetGroup: DBSubnetGroup && {
      ...DBSubnetGroup,
      Subnets: sortedBy(DBSubnetGroup.Subnets, (s) => s.SubnetIdentifier),
    },
  });
}
