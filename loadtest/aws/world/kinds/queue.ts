import { common, day, entityOf } from '../common.ts';
import type { Entity, Kind } from '../entity.ts';
import type { Unit } from '../estate.ts';
import { slotSuffix } from '../ids.ts';
import { each, tagCalls } from '../trail/step.ts';

export interface QueueEntity extends Entity {
  readonly fifo: boolean;
  readonly encrypted: boolean;
  /** Whether its policy lets anyone send to it. */
  readonly open: boolean;
  readonly retentionSeconds: number;
  readonly visibilitySeconds: number;
  readonly modifiedAt: number;
}

export const queue: Kind<QueueEntity> = {
  type: 'sqs',
  generate(view, unit, slot) {
    const made = common(view, unit, slot);
    const { dice } = made;
    const name = `${made.service}-${dice.pick(['jobs', 'events', 'dlq', 'retries'])}-${slotSuffix(unit, slot)}`;
    return {
      ...entityOf(made, name, name),
      fifo: false,
      encrypted: dice.chance(0.85),
      open: dice.chance(0.04),
      retentionSeconds: dice.pick([345_600, 1_209_600]),
      visibilitySeconds: dice.pick([30, 300, 900]),
      modifiedAt: Math.min(view.startTime, made.createdAt + dice.below(30) * day),
    };
  },
  arn: (unit, entity) => `arn:aws:sqs:${unit.region}:${unit.account.id}:${entity.id}`,
  /** What GetQueueAttributes gives; the list has only addresses. */
  api: (_view, unit, entity): Record<string, string> => ({
    QueueArn: queue.arn(unit, entity),
    ApproximateNumberOfMessages: '0',
    ApproximateNumberOfMessagesNotVisible: '0',
    ApproximateNumberOfMessagesDelayed: '0',
    CreatedTimestamp: String(Math.floor(entity.createdAt / 1000)),
    LastModifiedTimestamp: String(Math.floor(entity.modifiedAt / 1000)),
    VisibilityTimeout: String(entity.visibilitySeconds),
    MaximumMessageSize: '262144',
    MessageRetentionPeriod: String(entity.retentionSeconds),
    DelaySeconds: '0',
    ReceiveMessageWaitTimeSeconds: '0',
    SqsManagedSseEnabled: String(entity.encrypted),
    ...(entity.open ? { Policy: openPolicy(unit, entity) } : {}),
  }),
  problems: (_view, _unit, { open }) => (open ? ['public_queue'] : []),
  trail: {
    source: 'sqs.amazonaws.com',
    type: 'AWS::SQS::Queue',
    calls: {
      create: each((entity, { unit }) => ({
        name: 'CreateQueue',
        request: { queueName: entity.id, attribute: {}, tag: entity.tags },
        response: { queueUrl: queueUrl(unit, entity.id) },
      })),
      delete: each(({ id }, { unit }) => ({ name: 'DeleteQueue', request: { queueUrl: queueUrl(unit, id) } })),
      publish: each((entity, { unit }) => attribute(unit, entity, { Policy: openPolicy(unit, entity) })),
      hide: each((entity, { unit }) => attribute(unit, entity, { Policy: '' })),
      wait: each((entity, { unit }) =>
        attribute(unit, entity, { VisibilityTimeout: String(entity.visibilitySeconds) }),
      ),
      ...tagCalls({
        tag: 'TagQueue',
        untag: 'UntagQueue',
        by: 'queueUrl',
        ref: ({ id }, unit) => queueUrl(unit, id),
        form: 'map',
      }),
    },
  },
  mutations: {
    publish: ({ open }, { now }) => (open ? undefined : { open: true, modifiedAt: now }),
    hide: ({ open }, { now }) => (open ? { open: false, modifiedAt: now } : undefined),
    wait: ({ visibilitySeconds }, { now }) => ({ visibilitySeconds: visibilitySeconds + 30, modifiedAt: now }),
  },
  fresh: (now) => ({ modifiedAt: now, open: false }),
};

export function queueUrl(unit: Unit, name: string): string {
  return `https://sqs.${unit.region}.amazonaws.com/${unit.account.id}/${name}`;
}

function openPolicy(unit: Unit, entity: QueueEntity): string {
  const Resource = queue.arn(unit, entity);
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: '*', Action: 'sqs:SendMessage', Resource }],
  });
}

function attribute(unit: Unit, { id }: QueueEntity, attributes: object) {
  return { name: 'SetQueueAttributes', request: { queueUrl: queueUrl(unit, id), attributes } };
}
