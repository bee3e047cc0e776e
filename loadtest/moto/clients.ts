/** Unmodified SDK clients of one account and region, for seeding moto and for listing it independently of the product. */
import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { EC2 } from '@aws-sdk/client-ec2';
import { IAM } from '@aws-sdk/client-iam';
import { Lambda } from '@aws-sdk/client-lambda';
import { RDS } from '@aws-sdk/client-rds';
import { S3 } from '@aws-sdk/client-s3';
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
  };
}
