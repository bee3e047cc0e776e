import type { DBInstance } from '@aws-sdk/client-rds';
import { common, entityOf, hour } from '../common.ts';
import type { Entity, Kind, View } from '../entity.ts';
import type { Unit } from '../estate.ts';
import { looseId, slotSuffix } from '../ids.ts';
import { tagList } from '../tags.ts';
import { each, tagCalls } from '../trail/step.ts';
import { subnetId, vpcId, zoneName } from './network.ts';
import { groupRef } from './security-group.ts';
import { keyId } from './volume.ts';

export interface DatabaseEntity extends Entity {
  readonly status: 'available' | 'stopped';
  readonly engine: string;
  readonly version: string;
  readonly instanceClass: string;
  readonly storage: number;
  readonly encrypted: boolean;
  readonly publiclyAccessible: boolean;
  readonly multiAz: boolean;
  readonly backupDays: number;
  readonly deletionProtection: boolean;
  readonly zone: number;
  readonly group: string;
}

const engines = [
  ['postgres', '16.4', 5432],
  ['postgres', '15.8', 5432],
  ['mysql', '8.0.39', 3306],
  ['mariadb', '10.11.8', 3306],
] as const;
const classes = ['db.t4g.medium', 'db.m6g.large', 'db.r6g.xlarge', 'db.r6g.4xlarge'];

export const database: Kind<DatabaseEntity> = {
  type: 'rds',
  generate(view, unit, slot) {
    const made = common(view, unit, slot);
    const { dice } = made;
    const id = `${made.environment}-${made.service}-db-${slotSuffix(unit, slot)}`;
    const [engine, version] = dice.pick(engines);
    const groups = view.sibling(unit, 'security_group').count;
    return {
      ...entityOf(made, id, id),
      status: dice.chance(0.95) ? 'available' : 'stopped',
      engine,
      version,
      instanceClass: dice.pick(classes),
      storage: dice.pick([20, 100, 500, 2000]),
      encrypted: dice.chance(0.85),
      publiclyAccessible: dice.chance(0.05),
      multiAz: made.environment === 'prod' && dice.chance(0.7),
      backupDays: dice.pick([0, 7, 14, 35]),
      deletionProtection: dice.chance(0.5),
      zone: dice.below(3),
      group: groupRef(view, unit, dice.below(groups)).GroupId,
    };
  },
  arn: (unit, entity) => `arn:aws:rds:${unit.region}:${unit.account.id}:db:${entity.id}`,
  api: (view, unit, entity) => describe(view, unit, entity),
  problems: (_view, _unit, entity) =>
    entity.environment === 'prod' && !entity.encrypted ? ['unencrypted_prod_database'] : [],
  trail: {
    source: 'rds.amazonaws.com',
    type: 'AWS::RDS::DBInstance',
    calls: {
      create: each((entity, { arn }) => ({
        name: 'CreateDBInstance',
        request: {
          dBInstanceIdentifier: entity.id,
          dBInstanceClass: entity.instanceClass,
          engine: entity.engine,
          allocatedStorage: entity.storage,
          masterUsername: 'app',
          masterUserPassword: '****',
          storageEncrypted: entity.encrypted,
          publiclyAccessible: entity.publiclyAccessible,
          tags: tagList(entity.tags).map(({ Key, Value }) => ({ key: Key, value: Value })),
        },
        response: { dBInstanceIdentifier: entity.id, dBInstanceArn: arn, dBInstanceStatus: 'creating' },
      })),
      delete: each(({ id }, { arn }) => ({
        name: 'DeleteDBInstance',
        request: { dBInstanceIdentifier: id, skipFinalSnapshot: true, deleteAutomatedBackups: true },
        response: { dBInstanceIdentifier: id, dBInstanceArn: arn, dBInstanceStatus: 'deleting' },
      })),
      resize: each(({ id, instanceClass }) => modification(id, { dBInstanceClass: instanceClass })),
      publish: each(({ id }) => modification(id, { publiclyAccessible: true })),
      hide: each(({ id }) => modification(id, { publiclyAccessible: false })),
      stop: each(({ id }) => ({
        name: 'StopDBInstance',
        request: { dBInstanceIdentifier: id },
        response: { dBInstanceIdentifier: id, dBInstanceStatus: 'stopping' },
      })),
      ...tagCalls({
        tag: 'AddTagsToResource',
        untag: 'RemoveTagsFromResource',
        by: 'resourceName',
        ref: (entity: DatabaseEntity, unit) => database.arn(unit, entity),
      }),
    },
  },
  mutations: {
    resize: ({ instanceClass }, { dice }) => ({ instanceClass: dice.pick(classes.filter((c) => c !== instanceClass)) }),
    publish: ({ publiclyAccessible }) => (publiclyAccessible ? undefined : { publiclyAccessible: true }),
    hide: ({ publiclyAccessible }) => (publiclyAccessible ? { publiclyAccessible: false } : undefined),
    stop: ({ status }) => (status === 'available' ? { status: 'stopped' } : undefined),
  },
  fresh: () => ({ status: 'available' }),
  keeps: ({ deletionProtection }) => (deletionProtection ? 'deletion protection is on' : undefined),
};

/** What all databases of the estate have in common. */
const alike = {
  AssociatedRoles: [],
  AutoMinorVersionUpgrade: true,
  BackupTarget: 'region',
  CACertificateIdentifier: 'rds-ca-rsa2048-g1',
  CopyTagsToSnapshot: true,
  CustomerOwnedIpEnabled: false,
  DBName: 'app',
  DBSecurityGroups: [],
  DbInstancePort: 0,
  DomainMemberships: [],
  IAMDatabaseAuthenticationEnabled: false,
  LicenseModel: 'general-public-license',
  MasterUsername: 'app',
  MonitoringInterval: 0,
  NetworkType: 'IPV4',
  PendingModifiedValues: {},
  PreferredBackupWindow: '03:00-04:00',
  PreferredMaintenanceWindow: 'sun:05:00-sun:06:00',
  ReadReplicaDBInstanceIdentifiers: [],
  StorageType: 'gp3',
} satisfies DBInstance;

function describe(view: View, unit: Unit, entity: DatabaseEntity): DBInstance {
  return {
    ...alike,
    ...networkOf(unit, entity),
    ...storageOf(view, unit, entity),
    DBInstanceIdentifier: entity.id,
    DBInstanceArn: database.arn(unit, entity),
    DbiResourceId: `db-${looseId('', unit.key, entity.slot).slice(2).toUpperCase()}`,
    DBInstanceClass: entity.instanceClass,
    DBInstanceStatus: entity.status,
    Engine: entity.engine,
    EngineVersion: entity.version,
    InstanceCreateTime: new Date(entity.createdAt),
    MultiAZ: entity.multiAz,
    DBParameterGroups: [{ DBParameterGroupName: `default.${entity.engine}`, ParameterApplyStatus: 'in-sync' }],
    OptionGroupMemberships: [{ OptionGroupName: `default:${entity.engine}`, Status: 'in-sync' }],
    PerformanceInsightsEnabled: entity.environment === 'prod',
    DeletionProtection: entity.deletionProtection,
    TagList: tagList(entity.tags),
  };
}

function networkOf(unit: Unit, entity: DatabaseEntity): DBInstance {
  const Port = engines.find(([engine]) => engine === entity.engine)?.[2] ?? 5432;
  const Address = `${entity.id}.${looseId('', unit.key).slice(2, 14)}.${unit.region}.rds.amazonaws.com`;
  return {
    Endpoint: { Address, Port, HostedZoneId: 'Z2R2ITUGPM61AM' },
    PubliclyAccessible: entity.publiclyAccessible,
    VpcSecurityGroups: [{ VpcSecurityGroupId: entity.group, Status: 'active' }],
    AvailabilityZone: zoneName(unit, entity.zone),
    DBSubnetGroup: {
      DBSubnetGroupName: 'default',
      VpcId: vpcId(unit),
      SubnetGroupStatus: 'Complete',
      Subnets: [0, 1, 2].map((zone) => ({
        SubnetIdentifier: subnetId(unit, zone),
        SubnetAvailabilityZone: { Name: zoneName(unit, zone) },
        SubnetStatus: 'Active',
      })),
    },
  };
}

/** RDS ships its log every five minutes, so a database that takes backups can always be restored to a later instant. */
const logInterval = hour / 12;

function storageOf(view: View, unit: Unit, entity: DatabaseEntity): DBInstance {
  const restorable = new Date(Math.floor(view.now() / logInterval) * logInterval);
  const key = `arn:aws:kms:${unit.region}:${unit.account.id}:key/${keyId(unit.account.id)}`;
  return {
    AllocatedStorage: entity.storage,
    StorageEncrypted: entity.encrypted,
    ...(entity.encrypted ? { KmsKeyId: key } : {}),
    BackupRetentionPeriod: entity.backupDays,
    ...(entity.backupDays > 0 ? { LatestRestorableTime: restorable } : {}),
  };
}

function modification(dBInstanceIdentifier: string, change: object) {
  const request = { dBInstanceIdentifier, ...change, applyImmediately: true, allowMajorVersionUpgrade: false };
  return { name: 'ModifyDBInstance', request, response: { dBInstanceIdentifier, pendingModifiedValues: {} } };
}
