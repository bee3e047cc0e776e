/** The services that are served: the client package that gives the schemas, and handlers by operation. */
import * as accountPackage from '@aws-sdk/client-account';
import * as autoscalingPackage from '@aws-sdk/client-auto-scaling';
import * as cloudcontrolPackage from '@aws-sdk/client-cloudcontrol';
import * as cloudtrailPackage from '@aws-sdk/client-cloudtrail';
import * as cloudwatchPackage from '@aws-sdk/client-cloudwatch';
import * as logsPackage from '@aws-sdk/client-cloudwatch-logs';
import * as dynamodbPackage from '@aws-sdk/client-dynamodb';
import * as ec2Package from '@aws-sdk/client-ec2';
import * as ecrPackage from '@aws-sdk/client-ecr';
import * as ecsPackage from '@aws-sdk/client-ecs';
import * as eksPackage from '@aws-sdk/client-eks';
import * as elbClassicPackage from '@aws-sdk/client-elastic-load-balancing';
import * as elbPackage from '@aws-sdk/client-elastic-load-balancing-v2';
import * as elasticachePackage from '@aws-sdk/client-elasticache';
import * as iamPackage from '@aws-sdk/client-iam';
import * as kmsPackage from '@aws-sdk/client-kms';
import * as lambdaPackage from '@aws-sdk/client-lambda';
import * as organizationsPackage from '@aws-sdk/client-organizations';
import * as rdsPackage from '@aws-sdk/client-rds';
import * as taggingPackage from '@aws-sdk/client-resource-groups-tagging-api';
import * as route53Package from '@aws-sdk/client-route-53';
import * as s3Package from '@aws-sdk/client-s3';
import * as sqsPackage from '@aws-sdk/client-sqs';
import * as stsPackage from '@aws-sdk/client-sts';
import type { ClientPackage, Service } from '../../wire/service.ts';
import type { Handler, Handlers } from '../call.ts';
import { account } from './account.ts';
import { autoscaling } from './autoscaling.ts';
import { cloudcontrol } from './cloudcontrol.ts';
import { cloudtrail } from './cloudtrail.ts';
import { cloudwatch } from './cloudwatch.ts';
import { dynamodb } from './dynamodb.ts';
import { ec2 } from './ec2.ts';
import { ecr } from './ecr.ts';
import { ecs } from './ecs.ts';
import { eks } from './eks.ts';
import { elasticache } from './elasticache.ts';
import { elb } from './elb.ts';
import { elbClassic } from './elb-classic.ts';
import { iam } from './iam.ts';
import { kms } from './kms.ts';
import { lambda } from './lambda.ts';
import { logs } from './logs.ts';
import { organizations } from './organizations.ts';
import { rds } from './rds.ts';
import { route53 } from './route53.ts';
import { s3 } from './s3.ts';
import { sqs } from './sqs.ts';
import { sts } from './sts.ts';
import { tagging } from './tagging.ts';

/** Every client package whose wire form is known here; operations without a handler answer "no such action". */
export const packages: readonly ClientPackage[] = [
  ec2Package,
  rdsPackage,
  s3Package,
  lambdaPackage,
  iamPackage,
  dynamodbPackage,
  stsPackage,
  organizationsPackage,
  cloudtrailPackage,
  cloudwatchPackage,
  eksPackage,
  ecsPackage,
  autoscalingPackage,
  elasticachePackage,
  kmsPackage,
  ecrPackage,
  route53Package,
  elbPackage,
  elbClassicPackage,
  logsPackage,
  sqsPackage,
  taggingPackage,
  cloudcontrolPackage,
  accountPackage,
];

/** By signing name, which classic load balancers share with the newer ones: these are found by the service's id. */
const bySigningName: Readonly<Record<string, Handlers>> = {
  account,
  cloudcontrolapi: cloudcontrol,
  monitoring: cloudwatch,
  tagging,
  autoscaling,
  cloudtrail,
  dynamodb,
  ec2,
  ecr,
  ecs,
  eks,
  elasticache,
  elasticloadbalancing: elb,
  iam,
  kms,
  lambda,
  logs,
  organizations,
  rds,
  route53,
  s3,
  sqs,
  sts,
};

/** The handler of a service's operation, undefined when it is not served. */
export function handlerOf(service: Pick<Service, 'id' | 'signingName'>, operation: string): Handler | undefined {
  const handlers = service.id === 'Elastic Load Balancing' ? elbClassic : bySigningName[service.signingName];
  return handlers?.[operation];
}
