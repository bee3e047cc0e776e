/** The AWS services that are called, imported when first used: a command that scans nothing loads no client. */
import type { Command } from '@smithy/core/client';
import { fastXml } from './fast-xml/protocols.ts';

const xml = fastXml('json');

/** `answersJson`: its answers come out of our reader fit for JSON; others are copied once more. */
export const services = {
  ec2: {
    load: async () => await import('@aws-sdk/client-ec2'),
    client: 'EC2Client',
    protocol: xml.ec2Query,
    answersJson: true,
  },
  rds: {
    load: async () => await import('@aws-sdk/client-rds'),
    client: 'RDSClient',
    protocol: xml.awsQuery,
    answersJson: true,
  },
  iam: {
    load: async () => await import('@aws-sdk/client-iam'),
    client: 'IAMClient',
    protocol: xml.awsQuery,
    answersJson: true,
  },
  s3: {
    load: async () => await import('@aws-sdk/client-s3'),
    client: 'S3Client',
    protocol: xml.restXml,
    answersJson: false,
  },
  sts: {
    load: async () => await import('@aws-sdk/client-sts'),
    client: 'STSClient',
    protocol: xml.awsQuery,
    answersJson: true,
  },
  organizations: {
    load: async () => await import('@aws-sdk/client-organizations'),
    client: 'OrganizationsClient',
    protocol: undefined,
    answersJson: false,
  },
  cloudtrail: {
    load: async () => await import('@aws-sdk/client-cloudtrail'),
    client: 'CloudTrailClient',
    protocol: undefined,
    answersJson: false,
  },
  lambda: {
    load: async () => await import('@aws-sdk/client-lambda'),
    client: 'LambdaClient',
    protocol: undefined,
    answersJson: false,
  },
  dynamodb: {
    load: async () => await import('@aws-sdk/client-dynamodb'),
    client: 'DynamoDBClient',
    protocol: undefined,
    answersJson: false,
  },
  autoscaling: {
    load: async () => await import('@aws-sdk/client-auto-scaling'),
    client: 'AutoScalingClient',
    protocol: xml.awsQuery,
    answersJson: true,
  },
  elasticache: {
    load: async () => await import('@aws-sdk/client-elasticache'),
    client: 'ElastiCacheClient',
    protocol: xml.awsQuery,
    answersJson: true,
  },
  elasticloadbalancing: {
    load: async () => await import('@aws-sdk/client-elastic-load-balancing-v2'),
    client: 'ElasticLoadBalancingV2Client',
    protocol: xml.awsQuery,
    answersJson: true,
  },
  classicloadbalancing: {
    load: async () => await import('@aws-sdk/client-elastic-load-balancing'),
    client: 'ElasticLoadBalancingClient',
    protocol: xml.awsQuery,
    answersJson: true,
  },
  route53: {
    load: async () => await import('@aws-sdk/client-route-53'),
    client: 'Route53Client',
    protocol: xml.restXml,
    answersJson: false,
  },
  eks: {
    load: async () => await import('@aws-sdk/client-eks'),
    client: 'EKSClient',
    protocol: undefined,
    answersJson: false,
  },
  ecs: {
    load: async () => await import('@aws-sdk/client-ecs'),
    client: 'ECSClient',
    protocol: undefined,
    answersJson: false,
  },
  kms: {
    load: async () => await import('@aws-sdk/client-kms'),
    client: 'KMSClient',
    protocol: undefined,
    answersJson: false,
  },
  ecr: {
    load: async () => await import('@aws-sdk/client-ecr'),
    client: 'ECRClient',
    protocol: undefined,
    answersJson: false,
  },
  cloudwatch: {
    load: async () => await import('@aws-sdk/client-cloudwatch'),
    client: 'CloudWatchClient',
    protocol: undefined,
    answersJson: false,
  },
  logs: {
    load: async () => await import('@aws-sdk/client-cloudwatch-logs'),
    client: 'CloudWatchLogsClient',
    protocol: undefined,
    answersJson: false,
  },
  sqs: {
    load: async () => await import('@aws-sdk/client-sqs'),
    client: 'SQSClient',
    protocol: undefined,
    answersJson: false,
  },
  tagging: {
    load: async () => await import('@aws-sdk/client-resource-groups-tagging-api'),
    client: 'ResourceGroupsTaggingAPIClient',
    protocol: undefined,
    answersJson: false,
  },
  cloudcontrol: {
    load: async () => await import('@aws-sdk/client-cloudcontrol'),
    client: 'CloudControlClient',
    protocol: undefined,
    answersJson: false,
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

/** `DescribeInstances` and the like: the operations of a service. */
export type OperationName<S extends ServiceName> = CommandName<Module<S>> & string;
export type InputOf<S extends ServiceName, N extends string> =
  CommandOf<Module<S>, N> extends Command<infer I, infer _O, infer _R> ? I : never;
export type OutputOf<S extends ServiceName, N extends string> =
  CommandOf<Module<S>, N> extends Command<infer _I, infer O, infer _R> ? O : never;
