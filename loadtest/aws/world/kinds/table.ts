import type { TableDescription } from '@aws-sdk/client-dynamodb';
import { common, entityOf } from '../common.ts';
import type { Entity, Kind } from '../entity.ts';
import { looseId, slotSuffix } from '../ids.ts';
import { each, tagCalls } from '../trail/step.ts';
import { keyId } from './volume.ts';

export interface TableEntity extends Entity {
  readonly billing: 'PAY_PER_REQUEST' | 'PROVISIONED';
  readonly capacity: number;
  readonly items: number;
  readonly bytes: number;
  /** Encrypted with the account's key; DynamoDB's own key otherwise, which it does not mention. */
  readonly customerKey: boolean;
  readonly pointInTimeRecovery: boolean;
  readonly deletionProtection: boolean;
}

export const table: Kind<TableEntity> = {
  type: 'dynamodb',
  generate(view, unit, slot) {
    const made = common(view, unit, slot);
    const { dice } = made;
    const name = `${made.service}-${dice.pick(['state', 'locks', 'index', 'cache', 'sessions'])}-${slotSuffix(unit, slot)}`;
    const items = dice.chance(0.1) ? 0 : dice.below(1_000_000);
    return {
      ...entityOf(made, name, name),
      billing: dice.chance(0.7) ? 'PAY_PER_REQUEST' : 'PROVISIONED',
      capacity: dice.pick([5, 10, 50, 400]),
      items,
      bytes: items * 256,
      customerKey: dice.chance(0.4),
      pointInTimeRecovery: dice.chance(0.6),
      deletionProtection: dice.chance(0.3),
    };
  },
  arn: (unit, entity) => `arn:aws:dynamodb:${unit.region}:${unit.account.id}:table/${entity.id}`,
  api(_view, unit, entity): TableDescription {
    const provisioned = entity.billing === 'PROVISIONED' ? entity.capacity : 0;
    return {
      TableName: entity.id,
      TableArn: table.arn(unit, entity),
      TableId: keyId(looseId('', unit.key, entity.slot)),
      TableStatus: 'ACTIVE',
      CreationDateTime: new Date(entity.createdAt),
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      ProvisionedThroughput: {
        NumberOfDecreasesToday: 0,
        ReadCapacityUnits: provisioned,
        WriteCapacityUnits: provisioned,
      },
      ...(entity.billing === 'PAY_PER_REQUEST'
        ? { BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' as const } }
        : {}),
      TableSizeBytes: entity.bytes,
      ItemCount: entity.items,
      ...(entity.customerKey
        ? {
            SSEDescription: {
              Status: 'ENABLED' as const,
              SSEType: 'KMS' as const,
              KMSMasterKeyArn: `arn:aws:kms:${unit.region}:${unit.account.id}:key/${keyId(unit.account.id)}`,
            },
          }
        : {}),
      DeletionProtectionEnabled: entity.deletionProtection,
    };
  },
  problems: () => [],
  trail: {
    source: 'dynamodb.amazonaws.com',
    type: 'AWS::DynamoDB::Table',
    arns: true,
    calls: {
      create: each((entity, { arn }) => ({
        name: 'CreateTable',
        request: {
          tableName: entity.id,
          billingMode: entity.billing,
          attributeDefinitions: [{ attributeName: 'pk', attributeType: 'S' }],
          keySchema: [{ attributeName: 'pk', keyType: 'HASH' }],
          deletionProtectionEnabled: entity.deletionProtection,
        },
        response: { tableDescription: { tableName: entity.id, tableArn: arn, tableStatus: 'CREATING' } },
      })),
      delete: each(({ id }, { arn }) => ({
        name: 'DeleteTable',
        request: { tableName: id },
        response: { tableDescription: { tableName: id, tableArn: arn, tableStatus: 'DELETING' } },
      })),
      rebill: each(({ id, billing }) => ({ name: 'UpdateTable', request: { tableName: id, billingMode: billing } })),
      protect: each(({ id, deletionProtection }) => ({
        name: 'UpdateTable',
        request: { tableName: id, deletionProtectionEnabled: deletionProtection },
      })),
      recover: each(({ id, pointInTimeRecovery }) => ({
        name: 'UpdateContinuousBackups',
        request: {
          tableName: id,
          pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: pointInTimeRecovery },
        },
      })),
      ...tagCalls({
        tag: 'TagResource',
        untag: 'UntagResource',
        by: 'resourceArn',
        ref: (entity: TableEntity, unit) => table.arn(unit, entity),
      }),
    },
  },
  mutations: {
    rebill: ({ billing }) => ({ billing: billing === 'PROVISIONED' ? 'PAY_PER_REQUEST' : 'PROVISIONED' }),
    protect: ({ deletionProtection }) => ({ deletionProtection: !deletionProtection }),
    recover: ({ pointInTimeRecovery }) => ({ pointInTimeRecovery: !pointInTimeRecovery }),
  },
  keeps: ({ deletionProtection }) => (deletionProtection ? 'deletion protection is on' : undefined),
};
