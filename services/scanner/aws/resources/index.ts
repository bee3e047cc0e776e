/** The types of AWS, one line each. index.test.ts compares it with the folder. */
import type { AwsType } from '../context.ts';
import { ami } from './ami.ts';
import { asg } from './asg.ts';
import { aurora } from './aurora.ts';
import { dynamodb } from './dynamodb.ts';
import { ebs } from './ebs.ts';
import { ec2 } from './ec2.ts';
import { ecr } from './ecr.ts';
import { ecs } from './ecs.ts';
import { ecsService } from './ecs-service.ts';
import { eip } from './eip.ts';
import { eks } from './eks.ts';
import { elasticache } from './elasticache.ts';
import { elb } from './elb.ts';
import { elbClassic } from './elb-classic.ts';
import { eni } from './eni.ts';
import { iamRole } from './iam-role.ts';
import { kms } from './kms.ts';
import { lambda } from './lambda.ts';
import { logGroup } from './log-group.ts';
import { natGateway } from './nat-gateway.ts';
import { otherType } from './other.ts';
import { rds } from './rds.ts';
import { route53 } from './route53.ts';
import { s3 } from './s3.ts';
import { securityGroup } from './security-group.ts';
import { snapshot } from './snapshot.ts';
import { sqs } from './sqs.ts';
import { subnet } from './subnet.ts';
import { targetGroup } from './target-group.ts';
import { vpc } from './vpc.ts';

/** In the order in which a scan begins them: those with calls of their own for each resource take longest. */
const known = [
  logGroup,
  lambda,
  s3,
  dynamodb,
  kms,
  iamRole,
  sqs,
  ecr,
  route53,
  elasticache,
  eks,
  ecsService,
  elb,
  rds,
  ec2,
  ebs,
  snapshot,
  securityGroup,
  eni,
  ami,
  asg,
  aurora,
  ecs,
  elbClassic,
  targetGroup,
  natGateway,
  eip,
  subnet,
  vpc,
];

const all = [...known, otherType(new Set(known.map(({ arns }) => arns)))];

export const awsTypes: ReadonlyMap<string, AwsType> = new Map(all.map((type) => [type.type, type]));
