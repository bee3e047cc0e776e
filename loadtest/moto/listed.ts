/** What the plain SDK lists of an account and region: ids as ARNs, and tags. Written apart from the product on purpose. */
import type { Clients } from './clients.ts';
import { networkListers } from './listed-network.ts';
import { serviceListers } from './listed-services.ts';
import { inRegion, type Lister, type Tags, tagsOf, type UpperTag } from './listing.ts';

const ec2: Lister = async (clients) => {
  const { Reservations = [] } = await clients.ec2.describeInstances({});
  const instances = Reservations.flatMap(({ Instances = [] }) => Instances);
  const alive = instances.filter(({ State }) => State?.Name !== 'terminated');
  return new Map(alive.map(({ InstanceId, Tags }) => [inRegion(clients, 'instance', InstanceId), tagsOf(Tags)]));
};

const ebs: Lister = async (clients) => {
  const { Volumes = [] } = await clients.ec2.describeVolumes({});
  return new Map(Volumes.map(({ VolumeId, Tags }) => [inRegion(clients, 'volume', VolumeId), tagsOf(Tags)]));
};

const snapshot: Lister = async (clients) => {
  const { Snapshots = [] } = await clients.ec2.describeSnapshots({ OwnerIds: ['self'] });
  return new Map(
    Snapshots.map(({ SnapshotId, Tags }) => [`arn:aws:ec2:${clients.region}::snapshot/${SnapshotId}`, tagsOf(Tags)]),
  );
};

const securityGroup: Lister = async (clients) => {
  const { SecurityGroups = [] } = await clients.ec2.describeSecurityGroups({});
  return new Map(
    SecurityGroups.map(({ GroupId, Tags }) => [inRegion(clients, 'security-group', GroupId), tagsOf(Tags)]),
  );
};

const rds: Lister = async (clients) => {
  const { DBInstances = [] } = await clients.rds.describeDBInstances({});
  return new Map(DBInstances.map(({ DBInstanceArn = '', TagList }) => [DBInstanceArn, tagsOf(TagList)]));
};

const s3: Lister = async ({ s3: client, region }) => {
  const { Buckets = [] } = await client.listBuckets({});
  const found = new Map<string, Tags>();
  for (const { Name: Bucket = '' } of Buckets) {
    const { LocationConstraint } = await client.getBucketLocation({ Bucket });
    if ((LocationConstraint ?? 'us-east-1') !== region) continue;
    const tagging = await client.getBucketTagging({ Bucket }).catch(() => undefined);
    found.set(`arn:aws:s3:::${Bucket}`, tagsOf(tagging?.TagSet));
  }
  return found;
};

const lambda: Lister = async ({ lambda: client }) => {
  const { Functions = [] } = await client.listFunctions({});
  const found = new Map<string, Tags>();
  for (const { FunctionArn = '' } of Functions) {
    found.set(FunctionArn, (await client.listTags({ Resource: FunctionArn })).Tags ?? {});
  }
  return found;
};

const iamRole: Lister = async ({ iam }) => {
  const { Roles = [] } = await iam.listRoles({});
  const found = new Map<string, Tags>();
  for (const { RoleName, Arn = '' } of Roles) found.set(Arn, tagsOf((await iam.listRoleTags({ RoleName })).Tags));
  return found;
};

const dynamodb: Lister = async ({ dynamodb: client, account, region }) => {
  const { TableNames = [] } = await client.listTables({});
  const found = new Map<string, Tags>();
  for (const name of TableNames) {
    const ResourceArn = `arn:aws:dynamodb:${region}:${account}:table/${name}`;
    found.set(ResourceArn, tagsOf(await allTags(client, ResourceArn)));
  }
  return found;
};

async function allTags(client: Clients['dynamodb'], ResourceArn: string): Promise<UpperTag[]> {
  const tags: UpperTag[] = [];
  let NextToken: string | undefined;
  do {
    const page = await client.listTagsOfResource({ ResourceArn, ...(NextToken ? { NextToken } : {}) });
    tags.push(...(page.Tags ?? []));
    NextToken = page.NextToken;
  } while (NextToken);
  return tags;
}

/** By our name of the type. */
export const listers: Readonly<Record<string, Lister>> = {
  ec2,
  ebs,
  snapshot,
  security_group: securityGroup,
  rds,
  s3,
  lambda,
  iam_role: iamRole,
  dynamodb,
  ...networkListers,
  ...serviceListers,
};
