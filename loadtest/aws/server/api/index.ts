/** The services that are served: the client package that gives the schemas, and handlers by operation. */
import * as cloudtrailPackage from '@aws-sdk/client-cloudtrail';
import * as cloudwatch from '@aws-sdk/client-cloudwatch';
import * as dynamodbPackage from '@aws-sdk/client-dynamodb';
import * as ec2Package from '@aws-sdk/client-ec2';
import * as iamPackage from '@aws-sdk/client-iam';
import * as lambdaPackage from '@aws-sdk/client-lambda';
import * as organizationsPackage from '@aws-sdk/client-organizations';
import * as rdsPackage from '@aws-sdk/client-rds';
import * as s3Package from '@aws-sdk/client-s3';
import * as stsPackage from '@aws-sdk/client-sts';
import type { ClientPackage } from '../../wire/service.ts';
import type { Handlers } from '../call.ts';
import { cloudtrail } from './cloudtrail.ts';
import { dynamodb } from './dynamodb.ts';
import { ec2 } from './ec2.ts';
import { iam } from './iam.ts';
import { lambda } from './lambda.ts';
import { organizations } from './organizations.ts';
import { rds } from './rds.ts';
import { s3 } from './s3.ts';
import { sts } from './sts.ts';

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
  cloudwatch,
];

/** By signing name. */
export const handlers: Readonly<Record<string, Handlers>> = {
  ec2,
  rds,
  s3,
  lambda,
  iam,
  dynamodb,
  sts,
  organizations,
  cloudtrail,
};
