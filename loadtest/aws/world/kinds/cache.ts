import type { CacheCluster } from '@aws-sdk/client-elasticache';
import { common, entityOf } from '../common.ts';
import type { Entity, Kind } from '../entity.ts';
import { slotSuffix } from '../ids.ts';
import { each, tagCalls } from '../trail/step.ts';
import { zoneName } from './network.ts';
import { groupRef } from './security-group.ts';

export interface CacheEntity extends Entity {
  readonly engine: 'redis' | 'memcached' | 'valkey';
  readonly version: string;
  readonly node: string;
  readonly encrypted: boolean;
  readonly zone: number;
  readonly group: string;
}

const nodes = ['cache.t4g.small', 'cache.m7g.large', 'cache.r7g.large', 'cache.r7g.2xlarge'] as const;
const engines = [
  ['redis', '7.1.0'],
  ['valkey', '8.0.1'],
  ['memcached', '1.6.22'],
] as const;

export const cache: Kind<CacheEntity> = {
  type: 'elasticache',
  generate(view, unit, slot) {
    const made = common(view, unit, slot);
    const { dice } = made;
    const id = `${made.service}-cache-${slotSuffix(unit, slot)}`;
    const [engine, version] = dice.pick(engines);
    const groups = view.sibling(unit, 'security_group').count;
    return {
      ...entityOf(made, id, id),
      engine,
      version,
      node: dice.pick(nodes),
      encrypted: dice.chance(0.7),
      zone: dice.below(3),
      group: groupRef(view, unit, dice.below(groups)).GroupId,
    };
  },
  arn: (unit, entity) => `arn:aws:elasticache:${unit.region}:${unit.account.id}:cluster:${entity.id}`,
  api: (_view, unit, entity): CacheCluster => ({
    CacheClusterId: entity.id,
    ClientDownloadLandingPage: 'https://console.aws.amazon.com/elasticache/home#client-download:',
    CacheNodeType: entity.node,
    Engine: entity.engine,
    EngineVersion: entity.version,
    CacheClusterStatus: 'available',
    NumCacheNodes: 1,
    PreferredAvailabilityZone: zoneName(unit, entity.zone),
    CacheClusterCreateTime: new Date(entity.createdAt),
    PreferredMaintenanceWindow: 'sun:05:00-sun:06:00',
    CacheSecurityGroups: [],
    CacheParameterGroup: {
      CacheParameterGroupName: `default.${entity.engine}${entity.version.split('.')[0]}`,
      ParameterApplyStatus: 'in-sync',
      CacheNodeIdsToReboot: [],
    },
    CacheSubnetGroupName: 'default',
    AutoMinorVersionUpgrade: true,
    SecurityGroups: [{ SecurityGroupId: entity.group, Status: 'active' }],
    SnapshotRetentionLimit: 0,
    AuthTokenEnabled: false,
    TransitEncryptionEnabled: entity.encrypted,
    AtRestEncryptionEnabled: entity.encrypted,
    ARN: cache.arn(unit, entity),
  }),
  problems: (_view, _unit, { encrypted, environment }) =>
    environment === 'prod' && !encrypted ? ['unencrypted_cache'] : [],
  trail: {
    source: 'elasticache.amazonaws.com',
    type: 'AWS::ElastiCache::CacheCluster',
    calls: {
      create: each(({ id, engine, node }, { arn }) => ({
        name: 'CreateCacheCluster',
        request: { cacheClusterId: id, engine, cacheNodeType: node, numCacheNodes: 1 },
        response: { cacheClusterId: id, aRN: arn, cacheClusterStatus: 'creating' },
      })),
      delete: each(({ id }) => ({
        name: 'DeleteCacheCluster',
        request: { cacheClusterId: id },
        response: { cacheClusterId: id, cacheClusterStatus: 'deleting' },
      })),
      resize: each(({ id, node }) => ({
        name: 'ModifyCacheCluster',
        request: { cacheClusterId: id, cacheNodeType: node, applyImmediately: true },
        response: { cacheClusterId: id },
      })),
      ...tagCalls({
        tag: 'AddTagsToResource',
        untag: 'RemoveTagsFromResource',
        by: 'resourceName',
        ref: (entity: CacheEntity, unit) => cache.arn(unit, entity),
      }),
    },
  },
  mutations: {
    resize: ({ node }, { dice }) => ({ node: dice.pick(nodes.filter((other) => other !== node)) }),
  },
};
