/** Lambda functions. What their environment holds is masked here, before anything hashes, stores or logs it. */
import Type from 'typebox';
import { isSecretKey, MASKED, maskText } from '../../../../lib/mask.ts';
import { type Answer, type AwsContext, awsType, listed, readDetail } from '../context.ts';
import { awsNameOf } from '../errors.ts';
import { groupJoin, instant, metadataOf, present, refList, sortedBy } from './common.ts';

type Listed = NonNullable<Answer<'lambda', 'ListFunctions'>['Functions']>[number];
interface Function extends Listed {
  readonly tags: Readonly<Record<string, string>>;
}

export const lambda = awsType<Function>({
  type: 'lambda',
  title: 'Lambda function',
  arns: 'lambda:function',
  service: 'lambda',
  global: false,
  actions: ['lambda:ListFunctions', 'lambda:ListTags'],
  joins: [groupJoin],
  fields: Type.Object({
    runtime: Type.Optional(Type.String()),
    last_modified: Type.String(),
    handler: Type.Optional(Type.String()),
    memory_mb: Type.Optional(Type.Integer()),
    timeout_seconds: Type.Optional(Type.Integer()),
    code_size: Type.Optional(Type.Integer({ description: 'Bytes.' })),
    architectures: Type.Array(Type.String()),
    package_type: Type.Optional(Type.String()),
    role: Type.Optional(Type.String({ description: 'ARN.' })),
    tracing: Type.Optional(Type.String()),
    vpc_id: Type.Optional(Type.String()),
    environment_names: Type.Array(
      Type.String({ description: 'Names of the environment variables; their values are not kept.' }),
    ),
    environment_secrets: Type.Array(Type.String({ description: 'Names of those that hold what looks like a secret.' })),
    security_group_ids: Type.Array(Type.String({ description: 'ARN.' })),
  }),

  async list(aws, token) {
    const page = await aws.call('lambda', 'ListFunctions', { MaxItems: 50, ...(token ? { Marker: token } : {}) });
    return {
      items: listed(page.Functions, 'lambda:ListFunctions').map((f) => ({ ...f, tags: {} })),
      next: page.NextMarker,
    };
  },

  async detail(aws, listed) {
    const Resource = listed.FunctionArn ?? '';
    const { value, gaps } = await readDetail({
      fields: ['tags'],
      call: () => aws.call('lambda', 'ListTags', { Resource }),
    });
    if (gaps.some(({ error }) => awsNameOf(error) === 'ResourceNotFoundException')) return undefined;
    return { item: { ...listed, tags: value?.Tags ?? {} }, gaps };
  },

  map(fn, aws) {
    const { tags, Environment } = fn;
    const name = fn.FunctionName ?? '';
    const variables = Environment?.Variables ?? {};
    const names = Object.keys(variables).sort();
    const groups = sortedBy(fn.VpcConfig?.SecurityGroupIds, (id) => id).map((id) =>
      aws.arn('ec2', `security-group/${id}`),
    );
    return {
      id: fn.FunctionArn ?? aws.arn('lambda', `function:${name}`),
      name,
      status: fn.State ?? '',
      tags,
      // Lambda keeps no time of creation.
      created_at: '',
      refs: refList(fn.Role, fn.KMSKeyArn, ...groups, ...placeOf(fn, aws), ...(fn.Layers ?? []).map(({ Arn }) => Arn)),
      fields: present({
        ...fieldsOf(fn),
        environment_names: names,
        environment_secrets: names.filter((key) => isSecret(key, variables[key] ?? '')),
        security_group_ids: groups,
      }),
      metadata: metadataOf(fn, ['tags', 'Environment'], {
        ...(Environment ? { Environment: { Variables: Object.fromEntries(names.map((key) => [key, MASKED])) } } : {}),
        ...(fn.Layers ? { Layers: sortedBy(fn.Layers, ({ Arn }) => Arn) } : {}),
      }),
    };
  },
});

/** Where it runs, and where it writes to; Lambda makes that log group when the function first runs. */
function placeOf({ VpcConfig, LoggingConfig, FunctionName }: Function, aws: AwsContext) {
  const { VpcId, SubnetIds = [] } = VpcConfig ?? {};
  return [
    !!VpcId && aws.arn('ec2', `vpc/${VpcId}`),
    ...SubnetIds.map((id) => aws.arn('ec2', `subnet/${id}`)),
    aws.arn('logs', `log-group:${LoggingConfig?.LogGroup ?? `/aws/lambda/${FunctionName}`}`),
  ];
}

function fieldsOf(fn: Function) {
  return {
    runtime: fn.Runtime,
    last_modified: instant(fn.LastModified),
    handler: fn.Handler,
    memory_mb: fn.MemorySize,
    timeout_seconds: fn.Timeout,
    code_size: fn.CodeSize,
    architectures: sortedBy(fn.Architectures, (a) => a),
    package_type: fn.PackageType,
    role: fn.Role,
    tracing: fn.TracingConfig?.Mode,
    vpc_id: fn.VpcConfig?.VpcId === '' ? undefined : fn.VpcConfig?.VpcId,
  };
}

/** An ARN or an empty text under a secret's name points at a secret, or says that there is none. */
function isSecret(key: string, value: string): boolean {
  if (value === '' || value.startsWith('arn:')) return false;
  return isSecretKey(key) || maskText(value) !== value;
}
