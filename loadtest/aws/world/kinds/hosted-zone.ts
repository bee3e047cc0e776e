import type { HostedZone } from '@aws-sdk/client-route-53';
import { common, entityOf } from '../common.ts';
import type { Entity, Kind } from '../entity.ts';
import { looseId, slotSuffix } from '../ids.ts';
import { each, tagCalls } from '../trail/step.ts';

export interface HostedZoneEntity extends Entity {
  readonly isPrivate: boolean;
  readonly records: number;
  readonly comment: string;
}

export const hostedZone: Kind<HostedZoneEntity> = {
  type: 'route53',
  generate(view, unit, slot) {
    const made = common(view, unit, slot);
    const { dice } = made;
    const id = `Z0${looseId('', unit.key, slot).slice(2, 14)}${slotSuffix(unit, slot)}`.toUpperCase();
    const name = `${made.service}-${slot.toString(36)}.${made.environment}.acme.example.`;
    return {
      ...entityOf(made, id, name),
      isPrivate: dice.chance(0.4),
      records: dice.chance(0.15) ? 2 : 3 + dice.below(60),
      comment: `Names of ${made.service}`,
    };
  },
  arn: (_unit, entity) => `arn:aws:route53:::hostedzone/${entity.id}`,
  api: (_view, _unit, entity): HostedZone => ({
    Id: `/hostedzone/${entity.id}`,
    Name: entity.name,
    CallerReference: looseId('', entity.id).slice(2),
    Config: { Comment: entity.comment, PrivateZone: entity.isPrivate },
    ResourceRecordSetCount: entity.records,
  }),
  // Every zone has its NS and SOA records.
  problems: (_view, _unit, { records }) => (records <= 2 ? ['empty_zone'] : []),
  trail: {
    source: 'route53.amazonaws.com',
    type: 'AWS::Route53::HostedZone',
    calls: {
      create: each(({ id, name, comment }) => ({
        name: 'CreateHostedZone',
        request: { name, callerReference: looseId('', id).slice(2), hostedZoneConfig: { comment } },
        response: { hostedZone: { id: `/hostedzone/${id}`, name } },
      })),
      delete: each(({ id }) => ({ name: 'DeleteHostedZone', request: { id } })),
      record: each(({ id, name }) => ({
        name: 'ChangeResourceRecordSets',
        request: {
          hostedZoneId: id,
          changeBatch: { changes: [{ action: 'CREATE', resourceRecordSet: { name: `api.${name}`, type: 'A' } }] },
        },
        response: { changeInfo: { status: 'PENDING' } },
      })),
      comment: each(({ id, comment }) => ({ name: 'UpdateHostedZoneComment', request: { id, comment } })),
      ...tagCalls({
        tag: 'ChangeTagsForResource',
        untag: 'ChangeTagsForResource',
        by: 'resourceId',
        ref: ({ id }) => id,
        tags: 'addTags',
        keys: 'removeTagKeys',
      }),
    },
  },
  mutations: {
    record: ({ records }) => ({ records: records + 1 }),
    comment: ({ comment }, { dice }) => ({ comment: `${comment.split(' (')[0]} (rev ${dice.hex(6)})` }),
  },
};
