import type { LogGroup } from '@aws-sdk/client-cloudwatch-logs';
import { common, entityOf } from '../common.ts';
import type { Entity, Kind, View } from '../entity.ts';
import type { Unit } from '../estate.ts';
import { slotOf, slotSuffix } from '../ids.ts';
import { each, tagCalls } from '../trail/step.ts';
import { lambdaFunction } from './function.ts';

export interface LogGroupEntity extends Entity {
  /** 0 keeps for ever. */
  readonly retentionDays: number;
  readonly bytes: number;
}

const ofFunctions = '/aws/lambda/';

/** The first ones are the functions', in the order of their slots. */
export const logGroup: Kind<LogGroupEntity> = {
  type: 'log_group',
  generate(view, unit, slot) {
    const made = common(view, unit, slot);
    const { dice } = made;
    const name = functionLog(view, unit, slot) ?? `/acme/${made.environment}/${made.service}/${slotSuffix(unit, slot)}`;
    return {
      ...entityOf(made, name, name),
      retentionDays: dice.pick([0, 0, 7, 30, 90, 365]),
      bytes: dice.below(2_000_000_000),
    };
  },
  arn: (unit, entity) => `arn:aws:logs:${unit.region}:${unit.account.id}:log-group:${entity.id}`,
  api: (_view, unit, entity): LogGroup => ({
    logGroupName: entity.id,
    creationTime: entity.createdAt,
    ...(entity.retentionDays > 0 ? { retentionInDays: entity.retentionDays } : {}),
    metricFilterCount: 0,
    arn: `${logGroup.arn(unit, entity)}:*`,
    storedBytes: entity.bytes,
    logGroupClass: 'STANDARD',
    logGroupArn: logGroup.arn(unit, entity),
  }),
  problems: (_view, _unit, { retentionDays }) => (retentionDays === 0 ? ['log_without_retention'] : []),
  trail: {
    source: 'logs.amazonaws.com',
    type: 'AWS::Logs::LogGroup',
    calls: {
      create: each(({ id }) => ({ name: 'CreateLogGroup', request: { logGroupName: id } })),
      delete: each(({ id }) => ({ name: 'DeleteLogGroup', request: { logGroupName: id } })),
      retain: each(({ id, retentionDays }) => ({
        name: 'PutRetentionPolicy',
        request: { logGroupName: id, retentionInDays: retentionDays },
      })),
      ...tagCalls({
        tag: 'TagResource',
        untag: 'UntagResource',
        by: 'resourceArn',
        ref: (entity: LogGroupEntity, unit) => logGroup.arn(unit, entity),
        form: 'map',
      }),
    },
  },
  mutations: {
    retain: ({ retentionDays }) => ({ retentionDays: retentionDays === 14 ? 30 : 14 }),
  },
  slotOf(view, unit, id) {
    return id.startsWith(ofFunctions) ? slotOf(view.sibling(unit, 'lambda'), id) : slotOf(unit, id);
  },
};

function functionLog(view: View, unit: Unit, slot: number): string | undefined {
  const functions = view.sibling(unit, 'lambda');
  if (slot >= functions.count || slot >= unit.count) return undefined;
  return `${ofFunctions}${lambdaFunction.generate(view, functions, slot).id}`;
}
