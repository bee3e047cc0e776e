import type { DBCluster } from '@aws-sdk/client-rds';
import { common, entityOf } from '../common.ts';
import type { Entity, Kind } from '../entity.ts';
import { looseId, slotSuffix } from '../ids.ts';
import { tagList } from '../tags.ts';
import { each, tagCalls } from '../trail/step.ts';
import { zoneName } from './network.ts';
import { groupRef } from './security-group.ts';
import { keyId } from './volume.ts';

export interface AuroraEntity extends Entity {
  readonly engine: 'aurora-postgresql' | 'aurora-mysql';
  readonly version: string;
  readonly encrypted: boolean;
  readonly backupDays: number;
  readonly deletionProtection: boolean;
  readonly group: string;
}

/** Serverless clusters: their capacity has no instances of its own in the list of databases. */
export const auroraCluster: Kind<AuroraEntity> = {
  type: 'aurora',
  generate(view, unit, slot) {
    const made = common(view, unit, slot);
    const { dice } = made;
    const id = `${made.environment}-${made.service}-cluster-${slotSuffix(unit, slot)}`;
    const postgres = dice.chance(0.7);
    const groups = view.sibling(unit, 'security_group').count;
    return {
      ...entityOf(made, id, id),
      engine: postgres ? 'aurora-postgresql' : 'aurora-mysql',
      version: postgres ? dice.pick(['16.4', '15.8']) : '8.0.mysql_aurora.3.08.0',
      encrypted: dice.chance(0.85),
      backupDays: dice.pick([1, 7, 14, 35]),
      deletionProtection: dice.chance(0.5),
      group: groupRef(view, unit, dice.below(groups)).GroupId,
    };
  },
  arn: (unit, entity) => `arn:aws:rds:${unit.region}:${unit.account.id}:cluster:${entity.id}`,
  api: (_view, unit, entity): DBCluster => {
    const host = `${looseId('', unit.key).slice(2, 14)}.${unit.region}.rds.amazonaws.com`;
    const key = `arn:aws:kms:${unit.region}:${unit.account.id}:key/${keyId(unit.account.id)}`;
    return {
      AllocatedStorage: 1,
      AvailabilityZones: [0, 1, 2].map((zone) => zoneName(unit, zone)),
      BackupRetentionPeriod: entity.backupDays,
      DBClusterIdentifier: entity.id,
      DBClusterParameterGroup: `default.${entity.engine}`,
      DBSubnetGroup: 'default',
      Status: 'available',
      Endpoint: `${entity.id}.cluster-${host}`,
      ReaderEndpoint: `${entity.id}.cluster-ro-${host}`,
      MultiAZ: false,
      Engine: entity.engine,
      EngineVersion: entity.version,
      Port: entity.engine === 'aurora-mysql' ? 3306 : 5432,
      MasterUsername: 'app',
      DBClusterMembers: [],
      VpcSecurityGroups: [{ VpcSecurityGroupId: entity.group, Status: 'active' }],
      StorageEncrypted: entity.encrypted,
      ...(entity.encrypted ? { KmsKeyId: key } : {}),
      DbClusterResourceId: `cluster-${looseId('', unit.key, entity.slot).slice(2).toUpperCase()}`,
      DBClusterArn: auroraCluster.arn(unit, entity),
      IAMDatabaseAuthenticationEnabled: false,
      ClusterCreateTime: new Date(entity.createdAt),
      EngineMode: 'provisioned',
      ServerlessV2ScalingConfiguration: { MinCapacity: 0.5, MaxCapacity: 8 },
      DeletionProtection: entity.deletionProtection,
      TagList: tagList(entity.tags),
    };
  },
  problems: (_view, _unit, entity) =>
    entity.environment === 'prod' && !entity.encrypted ? ['unencrypted_prod_database'] : [],
  trail: {
    source: 'rds.amazonaws.com',
    type: 'AWS::RDS::DBCluster',
    calls: {
      create: each((entity, { arn }) => ({
        name: 'CreateDBCluster',
        request: { dBClusterIdentifier: entity.id, engine: entity.engine, storageEncrypted: entity.encrypted },
        response: { dBClusterIdentifier: entity.id, dBClusterArn: arn, status: 'creating' },
      })),
      delete: each(({ id }) => ({
        name: 'DeleteDBCluster',
        request: { dBClusterIdentifier: id, skipFinalSnapshot: true },
        response: { dBClusterIdentifier: id, status: 'deleting' },
      })),
      retain: each(({ id, backupDays }) => modification(id, { backupRetentionPeriod: backupDays })),
      protect: each(({ id, deletionProtection }) => modification(id, { deletionProtection })),
      ...tagCalls({
        tag: 'AddTagsToResource',
        untag: 'RemoveTagsFromResource',
        by: 'resourceName',
        ref: (entity: AuroraEntity, unit) => auroraCluster.arn(unit, entity),
      }),
    },
  },
  mutations: {
    retain: ({ backupDays }) => ({ backupDays: backupDays === 35 ? 7 : 35 }),
    protect: ({ deletionProtection }) => ({ deletionProtection: !deletionProtection }),
  },
  keeps: ({ deletionProtection }) => (deletionProtection ? 'deletion protection is on' : undefined),
};

function modification(dBClusterIdentifier: string, change: object) {
  const request = { dBClusterIdentifier, ...change, applyImmediately: true };
  return { name: 'ModifyDBCluster', request, response: { dBClusterIdentifier } };
}
