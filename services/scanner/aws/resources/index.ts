/** The types of AWS, one line each. index.test.ts compares it with the folder. */
import type { ResourceType } from '../../resource-type.ts';
import type { AwsContext } from '../context.ts';
import { dynamodb } from './dynamodb.ts';
import { ebs } from './ebs.ts';
import { ec2 } from './ec2.ts';
import { iamRole } from './iam-role.ts';
import { lambda } from './lambda.ts';
import { rds } from './rds.ts';
import { s3 } from './s3.ts';
import { securityGroup } from './security-group.ts';
import { snapshot } from './snapshot.ts';

/** In the order in which a scan begins them: those with calls of their own for each resource take longest. */
const all = [lambda, s3, dynamodb, iamRole, rds, ec2, ebs, snapshot, securityGroup];

export const awsTypes: ReadonlyMap<string, ResourceType<AwsContext, unknown>> = new Map(
  all.map((type) => [type.type, type]),
);
