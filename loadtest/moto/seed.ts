/** Fills an account and region of moto with a few resources of each type, with and without tags. */
import type { Clients } from './clients.ts';
import { seedServices } from './seed-services.ts';

/** As many as AWS takes, so that whoever keeps fifteen is found out. */
const many = Object.fromEntries(Array.from({ length: 45 }, (_, i) => [`key-${i}`, `value ${i} <&> "ä"`]));
const few = { owner: 'anna', environment: 'prod', empty: '' };

const upper = (tags: Readonly<Record<string, string>>) => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

export async function seed(clients: Clients): Promise<void> {
  await seedNetwork(clients);
  await seedCompute(clients);
  await seedDatabases(clients);
  await seedBuckets(clients);
  await seedTables(clients);
  const role = await seedRoles(clients);
  await seedFunctions(clients, role);
  await seedServices(clients, { many, few });
}

async function seedNetwork({ ec2 }: Clients): Promise<void> {
  const { GroupId } = await ec2.createSecurityGroup({
    GroupName: 'web',
    Description: 'web',
    TagSpecifications: [{ ResourceType: 'security-group', Tags: upper(many) }],
  });
  await ec2.authorizeSecurityGroupIngress({
    GroupId,
    IpPermissions: [
      { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '0.0.0.0/0', Description: 'everyone' }] },
      { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, Ipv6Ranges: [{ CidrIpv6: '::/0' }] },
      { IpProtocol: '-1', UserIdGroupPairs: [{ GroupId }] },
    ],
  });
}

async function seedCompute({ ec2 }: Clients): Promise<void> {
  const { Images = [] } = await ec2.describeImages({ MaxResults: 5 });
  const ImageId = Images[0]?.ImageId ?? 'ami-12345678';
  const run = async (count: number, tags: Readonly<Record<string, string>>) => {
    const specification =
      Object.keys(tags).length > 0 ? [{ ResourceType: 'instance' as const, Tags: upper(tags) }] : [];
    const { Instances = [] } = await ec2.runInstances({
      ImageId,
      MinCount: count,
      MaxCount: count,
      InstanceType: 't3.micro',
      TagSpecifications: specification,
    });
    return Instances.map(({ InstanceId = '' }) => InstanceId);
  };
  await run(3, {});
  const [stopped = ''] = await run(2, many);
  const [ended = ''] = await run(1, few);
  await ec2.stopInstances({ InstanceIds: [stopped] });
  await ec2.terminateInstances({ InstanceIds: [ended] });
  const zone = (await ec2.describeAvailabilityZones({})).AvailabilityZones?.[0]?.ZoneName;
  const { VolumeId } = await ec2.createVolume({
    AvailabilityZone: zone,
    Size: 10,
    Encrypted: true,
    TagSpecifications: [{ ResourceType: 'volume', Tags: upper(few) }],
  });
  await ec2.createSnapshot({ VolumeId, TagSpecifications: [{ ResourceType: 'snapshot', Tags: upper(few) }] });
  await ec2.createSnapshot({ VolumeId, Description: 'without tags' });
}

async function seedDatabases({ rds }: Clients): Promise<void> {
  const shared = { DBInstanceClass: 'db.t4g.medium', Engine: 'postgres', AllocatedStorage: 20, MasterUsername: 'app' };
  const secret = { MasterUserPassword: 'not-a-real-one' };
  await rds.createDBInstance({
    ...shared,
    ...secret,
    DBInstanceIdentifier: 'orders',
    StorageEncrypted: true,
    Tags: upper(few),
  });
  await rds.createDBInstance({ ...shared, ...secret, DBInstanceIdentifier: 'bare', PubliclyAccessible: true });
}

async function seedBuckets({ s3, account, region }: Clients): Promise<void> {
  const location =
    region === 'us-east-1' ? {} : { CreateBucketConfiguration: { LocationConstraint: region as 'eu-west-1' } };
  const [tagged, open, bare] = ['tagged', 'open', 'bare'].map((name) => `${name}-${account}-${region}`);
  for (const Bucket of [tagged, open, bare]) await s3.createBucket({ Bucket, ...location });
  await s3.putBucketTagging({ Bucket: tagged, Tagging: { TagSet: upper(few) } });
  await s3.putBucketVersioning({ Bucket: tagged, VersioningConfiguration: { Status: 'Enabled' } });
  await s3.putBucketAcl({ Bucket: open, ACL: 'public-read' });
}

async function seedTables({ dynamodb }: Clients): Promise<void> {
  const shared = {
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' as const }],
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' as const }],
    BillingMode: 'PAY_PER_REQUEST' as const,
  };
  await dynamodb.createTable({ ...shared, TableName: 'orders', Tags: upper(many) });
  await dynamodb.createTable({ ...shared, TableName: 'bare' });
}

/** Roles belong to the account: the second region finds them there. */
async function seedRoles({ iam, account, region }: Clients): Promise<string> {
  const RoleName = 'functions';
  if (region === 'us-east-1') {
    const AssumeRolePolicyDocument = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
    });
    await iam.createRole({ RoleName, AssumeRolePolicyDocument, Tags: upper(few) });
    await iam.createRole({ RoleName: 'bare', AssumeRolePolicyDocument, Path: '/service/' });
  }
  return `arn:aws:iam::${account}:role/${RoleName}`;
}

async function seedFunctions({ lambda }: Clients, Role: string): Promise<void> {
  const shared = { Runtime: 'python3.12' as const, Role, Handler: 'index.handler', Code: { ZipFile: emptyZip } };
  const Environment = { Variables: { STAGE: 'prod', DB_PASSWORD: 'S3cr3t-for-moto' } };
  await lambda.createFunction({ ...shared, FunctionName: 'worker', Environment, Tags: few });
  await lambda.createFunction({ ...shared, FunctionName: 'bare' });
}

/** The end record of a zip file, which is all that an empty one has. */
const emptyZip = Uint8Array.from([0x50, 0x4b, 5, 6, ...Buffer.alloc(18)]);
