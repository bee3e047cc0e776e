import type { FunctionConfiguration } from '@aws-sdk/client-lambda';
import { common, entityOf } from '../common.ts';
import type { Entity, Kind } from '../entity.ts';
import type { Unit } from '../estate.ts';
import { looseId, slotSuffix } from '../ids.ts';
import type { Dice } from '../random.ts';
import { each, type LoggedCall, tagCalls } from '../trail/step.ts';
import { subnetId, vpcId } from './network.ts';
import { roleRef } from './role.ts';
import { groupRef } from './security-group.ts';

export interface FunctionEntity extends Entity {
  readonly runtime: string;
  readonly memory: number;
  readonly timeout: number;
  readonly role: string;
  readonly modifiedAt: number;
  /** Changes with each deployment. */
  readonly codeHash: string;
  readonly variables: Readonly<Record<string, string>>;
  /** Whether a variable holds a credential in the clear. */
  readonly leaks: boolean;
  readonly groups: readonly string[];
}

const runtimes = ['nodejs22.x', 'nodejs20.x', 'python3.12', 'python3.9', 'java21', 'provided.al2023'] as const;
const leakShare = 0.06;

export const lambdaFunction: Kind<FunctionEntity> = {
  type: 'lambda',
  generate(view, unit, slot) {
    const made = common(view, unit, slot);
    const { dice } = made;
    const name = `${made.service}-${dice.pick(['handler', 'worker', 'cron', 'authorizer', 'etl'])}-${slotSuffix(unit, slot)}`;
    const leaks = dice.chance(leakShare);
    const groups = view.sibling(unit, 'security_group').count;
    return {
      ...entityOf(made, name, name),
      runtime: dice.pick(runtimes),
      memory: dice.pick([128, 256, 512, 1024, 3008]),
      timeout: dice.pick([3, 15, 30, 300]),
      role: roleRef(view, unit, 'lambda.amazonaws.com', dice),
      modifiedAt: made.createdAt + Math.floor((dice.next() * (view.startTime - made.createdAt)) / 1000) * 1000,
      codeHash: newHash(dice),
      variables: { STAGE: made.environment, LOG_LEVEL: 'info', ...(leaks ? secret(dice) : {}) },
      leaks,
      groups: dice.chance(0.4) ? [groupRef(view, unit, dice.below(groups)).GroupId] : [],
    };
  },
  arn: (unit, entity) => `arn:aws:lambda:${unit.region}:${unit.account.id}:function:${entity.id}`,
  api: (_view, unit, entity): FunctionConfiguration => ({
    FunctionName: entity.id,
    FunctionArn: lambdaFunction.arn(unit, entity),
    Runtime: entity.runtime as NonNullable<FunctionConfiguration['Runtime']>,
    Role: `arn:aws:iam::${unit.account.id}:role/${entity.role || 'missing'}`,
    Handler: 'index.handler',
    CodeSize: 1_048_576 + entity.slot,
    Description: '',
    Timeout: entity.timeout,
    MemorySize: entity.memory,
    LastModified: new Date(entity.modifiedAt).toISOString().replace('Z', '+0000'),
    CodeSha256: entity.codeHash,
    Version: '$LATEST',
    ...(entity.groups.length > 0 ? { VpcConfig: vpc(unit, entity) } : {}),
    Environment: { Variables: { ...entity.variables } },
    TracingConfig: { Mode: 'PassThrough' },
    RevisionId: looseId('', unit.key, entity.slot, entity.modifiedAt).slice(2),
    PackageType: 'Zip',
    Architectures: ['x86_64'],
    EphemeralStorage: { Size: 512 },
    SnapStart: { ApplyOn: 'None', OptimizationStatus: 'Off' },
    LoggingConfig: { LogFormat: 'Text', LogGroup: `/aws/lambda/${entity.id}` },
  }),
  problems: (_view, _unit, entity) => (entity.leaks ? ['secret_in_environment'] : []),
  trail: {
    source: 'lambda.amazonaws.com',
    type: 'AWS::Lambda::Function',
    calls: {
      create: each((entity, { unit, arn }) => ({
        name: 'CreateFunction20150331',
        request: {
          functionName: entity.id,
          runtime: entity.runtime,
          role: `arn:aws:iam::${unit.account.id}:role/${entity.role || 'missing'}`,
          handler: 'index.handler',
          code: {},
          memorySize: entity.memory,
          timeout: entity.timeout,
          environment: {},
          publish: false,
          tags: entity.tags,
        },
        response: { functionName: entity.id, functionArn: arn, environment: {} },
      })),
      delete: each(({ id }) => ({ name: 'DeleteFunction20150331', request: { functionName: id } })),
      deploy: each(({ id, codeHash }, { arn }) => ({
        name: 'UpdateFunctionCode20150331v2',
        request: { functionName: id, s3Bucket: 'acme-artifacts', s3Key: `${id}.zip`, publish: false, dryRun: false },
        response: { functionName: id, functionArn: arn, codeSha256: codeHash, environment: {} },
      })),
      enlarge: each(({ id, memory }, { arn }) => configured(id, arn, { memorySize: memory })),
      // Lambda's events hide the variables.
      leak: each(({ id }, { arn }) => configured(id, arn, { environment: {} })),
      ...tagCalls({
        tag: 'TagResource20170331v2',
        untag: 'UntagResource20170331v2',
        by: 'resource',
        ref: (entity: FunctionEntity, unit) => lambdaFunction.arn(unit, entity),
        form: 'map',
      }),
    },
  },
  mutations: {
    deploy: (_entity, { now, dice }) => ({ modifiedAt: now, codeHash: newHash(dice) }),
    enlarge: ({ memory }, { now }) => (memory < 8192 ? { memory: memory + 128, modifiedAt: now } : undefined),
    leak: ({ variables, leaks }, { now, dice }) =>
      leaks ? undefined : { variables: { ...variables, ...secret(dice) }, leaks: true, modifiedAt: now },
  },
  fresh: (now) => ({ modifiedAt: now }),
};

function vpc(unit: Unit, entity: FunctionEntity) {
  const SubnetIds = [0, 1].map((zone) => subnetId(unit, zone));
  return { SubnetIds, SecurityGroupIds: [...entity.groups], VpcId: vpcId(unit), Ipv6AllowedForDualStack: false };
}

function newHash(dice: Dice): string {
  return Buffer.from(dice.hex(64), 'hex').toString('base64');
}

/** Made up as they are generated, in the forms that real ones have. */
function secret(dice: Dice): Record<string, string> {
  return dice.pick([
    { DB_PASSWORD: `S3cr3t-${dice.hex(12)}` },
    { PAYMENT_API_KEY: `sk_live_${dice.hex(24)}` },
    { AWS_SECRET_ACCESS_KEY: dice.hex(40) },
    { GITHUB_TOKEN: `ghp_${dice.hex(36)}` },
  ]);
}

function configured(functionName: string, functionArn: string, change: object): LoggedCall {
  const name = 'UpdateFunctionConfiguration20150331v2';
  return { name, request: { functionName, ...change }, response: { functionName, functionArn, ...change } };
}
