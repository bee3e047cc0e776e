/** The AWS services that actions call, imported when first used. */
import type { Command } from '@smithy/core/client';

export const services = {
  ec2: { load: async () => await import('@aws-sdk/client-ec2'), client: 'EC2Client' },
  rds: { load: async () => await import('@aws-sdk/client-rds'), client: 'RDSClient' },
  iam: { load: async () => await import('@aws-sdk/client-iam'), client: 'IAMClient' },
  s3: { load: async () => await import('@aws-sdk/client-s3'), client: 'S3Client' },
  sts: { load: async () => await import('@aws-sdk/client-sts'), client: 'STSClient' },
  ecs: { load: async () => await import('@aws-sdk/client-ecs'), client: 'ECSClient' },
  autoscaling: { load: async () => await import('@aws-sdk/client-auto-scaling'), client: 'AutoScalingClient' },
  tagging: {
    load: async () => await import('@aws-sdk/client-resource-groups-tagging-api'),
    client: 'ResourceGroupsTaggingAPIClient',
  },
} as const;

export type ServiceName = keyof typeof services;
type Module<S extends ServiceName> = Awaited<ReturnType<(typeof services)[S]['load']>>;
type CommandName<M> = { [K in keyof M]: K extends `${infer N}Command` ? (N extends '$' ? never : N) : never }[keyof M];
type CommandOf<M, N extends string> = `${N}Command` extends keyof M
  ? M[`${N}Command`] extends abstract new (
      ...args: never[]
    ) => infer C
    ? C
    : never
  : never;

export type OperationName<S extends ServiceName> = CommandName<Module<S>> & string;
export type InputOf<S extends ServiceName, N extends string> =
  CommandOf<Module<S>, N> extends Command<infer I, infer _O, infer _R> ? I : never;
export type OutputOf<S extends ServiceName, N extends string> =
  CommandOf<Module<S>, N> extends Command<infer _I, infer O, infer _R> ? O : never;
