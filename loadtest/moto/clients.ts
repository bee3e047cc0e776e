/** Unmodified SDK clients of one account and region, for seeding moto and for listing it independently of the product. */
import { AutoScaling } from '@aws-sdk/client-auto-scaling';
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { EC2 } from '@aws-sdk/client-ec2';
import { ECR } from '@aws-sdk/client-ecr';
import { ECS } from '@aws-sdk/client-ecs';
import { EKS } from '@aws-sdk/client-eks';
import { ElasticLoadBalancing } from '@aws-sdk/client-elastic-load-balancing';
import { ElasticLoadBalancingV2 } from '@aws-sdk/client-elastic-load-balancing-v2';
import { ElastiCache } from '@aws-sdk/client-elasticache';
import { IAM } from '@aws-sdk/client-iam';
import { KMS } from '@aws-sdk/client-kms';
import { Lambda } from '@aws-sdk/client-lambda';
import { RDS } from '@aws-sdk/client-rds';
import { Route53 } from '@aws-sdk/client-route-53';
import { S3 } from '@aws-sdk/client-s3';
import { SQS } from '@aws-sdk/client-sqs';
import { STS } from '@aws-sdk/client-sts';

/** Where the clients go; the endpoint and the caller's keys come from the environment. */
export interface MotoPlace {
  readonly account: string;
  readonly region: string;
}
export type Clients = ReturnType<typeof clientsWith> & MotoPlace;

/** moto keeps accounts apart by the account of the role that is assumed. */
export async function clientsOf(place: MotoPlace, own: string): Promise<Clients> {
  const config = { region: place.region };
  if (place.account === own) return { ...clientsWith(config), ...place };
  const sts = new STS(config);
  const role = { RoleArn: roleOf(place.account), RoleSessionName: 'moto' };
  const { Credentials: { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = {} } =
    await sts.assumeRole(role);
  const credentials = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
  return { ...clientsWith({ ...config, credentials }), ...place };
}

export function roleOf(account: string): string {
  return `arn:aws:iam::${account}:role/elava-read`;
}

interface ClientConfig {
  readonly region: string;
  readonly credentials?: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken: string;
  };
}

function clientsWith(config: ClientConfig) {
  return {
    ec2: new EC2(config),
    rds: new RDS(config),
    s3: new S3({ ...config, forcePathStyle: true }),
    lambda: new Lambda(config),
    iam: new IAM(config),
    dynamodb: new DynamoDB(config),
    autoscaling: new AutoScaling(config),
    logs: new CloudWatchLogs(config),
    ecr: new ECR(config),
    ecs: new ECS(config),
    eks: new EKS(config),
    elb: new ElasticLoadBalancingV2(config),
    classic: new ElasticLoadBalancing(config),
    elasticache: new ElastiCache(config),
    kms: new KMS(config),
    route53: new Route53(config),
    sqs: new SQS({ ...config, useQueueUrlAsEndpoint: false }),
  };
}
