/** EKS clusters. The list has names only. */
import Type from 'typebox';
import { elavaError } from '../../../../lib/errors.ts';
import { everything } from '../../resource-type.ts';
import { type Answer, type AwsContext, awsType, isGone, listed, readDetail } from '../context.ts';
import { groupJoin, metadataOf, present, refList, sortedBy } from './common.ts';

type Description = NonNullable<Answer<'eks', 'DescribeCluster'>['cluster']>;
interface Cluster {
  readonly name: string;
  readonly description?: Description | undefined;
}

export const eks = awsType<Cluster>({
  type: 'eks',
  title: 'EKS cluster',
  arns: 'eks:cluster',
  service: 'eks',
  global: false,
  actions: ['eks:ListClusters', 'eks:DescribeCluster'],
  joins: [groupJoin],
  // Issues come and go without anybody's doing.
  volatile: { health: Number.POSITIVE_INFINITY },
  fields: Type.Object({
    version: Type.Optional(Type.String({ description: 'Of Kubernetes.' })),
    platform_version: Type.Optional(Type.String()),
    support_type: Type.Optional(Type.String({ description: 'STANDARD, or EXTENDED, which is charged for.' })),
    endpoint: Type.Optional(Type.String({ description: 'Address of the API server.' })),
    public: Type.Optional(Type.Boolean({ description: 'The API server can be reached from anywhere.' })),
    public_endpoint: Type.Optional(Type.Boolean()),
    private_endpoint: Type.Optional(Type.Boolean()),
    public_access_cidrs: Type.Optional(Type.Array(Type.String())),
    log_types: Type.Optional(Type.Array(Type.String({ description: 'Logs of the control plane that are kept.' }))),
    secrets_encrypted: Type.Optional(Type.Boolean({ description: 'With a key of the account, besides the disks.' })),
    kms_key_id: Type.Optional(Type.String()),
    role: Type.Optional(Type.String({ description: 'ARN.' })),
    authentication_mode: Type.Optional(Type.String()),
    deletion_protection: Type.Optional(Type.Boolean()),
    vpc_id: Type.Optional(Type.String()),
    subnet_ids: Type.Optional(Type.Array(Type.String({ description: 'ARN.' }))),
    security_group_ids: Type.Optional(Type.Array(Type.String({ description: 'ARN.' }))),
  }),

  async list(aws, token) {
    const page = await aws.call('eks', 'ListClusters', { maxResults: 100, ...(token ? { nextToken: token } : {}) });
    return { items: listed(page.clusters, 'eks:ListClusters').map((name) => ({ name })), next: page.nextToken };
  },

  async detail(aws, { name }) {
    const { value, gaps } = await readDetail({ fields: [everything], call: () => describe(aws, name) });
    return isGone(gaps, 'ResourceNotFoundException') ? undefined : { item: { name, description: value }, gaps };
  },

  map({ name, description: cluster = {} }, aws) {
    const network = cluster.resourcesVpcConfig ?? {};
    const groups = refList(
      ...[...(network.securityGroupIds ?? []), network.clusterSecurityGroupId].map(
        (id) => !!id && aws.arn('ec2', `security-group/${id}`),
      ),
    );
    const subnets = refList(...(network.subnetIds ?? []).map((id) => aws.arn('ec2', `subnet/${id}`)));
    const { vpcId } = network;
    const fields = fieldsOf(cluster);
    return {
      id: cluster.arn ?? aws.arn('eks', `cluster/${name}`),
      name,
      status: cluster.status ?? '',
      tags: cluster.tags ?? {},
      created_at: cluster.createdAt ?? '',
      refs: refList(
        ...groups,
        ...subnets,
        cluster.roleArn,
        fields.kms_key_id,
        !!vpcId && aws.arn('ec2', `vpc/${vpcId}`),
      ),
      fields: present({ ...fields, subnet_ids: subnets, security_group_ids: groups }),
      metadata: metadataOf({ ...cluster }, ['tags'], {
        resourcesVpcConfig: {
          ...network,
          subnetIds: sortedBy(network.subnetIds, (id) => id),
          securityGroupIds: sortedBy(network.securityGroupIds, (id) => id),
        },
      }),
    };
  },
});

async function describe(aws: AwsContext, name: string): Promise<Description> {
  const { cluster } = await aws.call('eks', 'DescribeCluster', { name });
  if (!cluster) throw elavaError('AWS_RESPONSE_INVALID', 'eks:DescribeCluster: the answer has no cluster in it');
  return cluster;
}

function fieldsOf(cluster: Description) {
  const secrets = cluster.encryptionConfig?.find(({ resources }) => resources?.includes('secrets'));
  return {
    version: cluster.version,
    platform_version: cluster.platformVersion,
    support_type: cluster.upgradePolicy?.supportType,
    endpoint: cluster.endpoint,
    ...accessOf(cluster),
    log_types: refList(
      ...(cluster.logging?.clusterLogging ?? []).flatMap(({ enabled, types = [] }) => (enabled ? types : [])),
    ),
    secrets_encrypted: secrets !== undefined,
    kms_key_id: secrets?.provider?.keyArn,
    role: cluster.roleArn,
    authentication_mode: cluster.accessConfig?.authenticationMode,
    deletion_protection: cluster.deletionProtection ?? false,
    vpc_id: cluster.resourcesVpcConfig?.vpcId,
  };
}

function accessOf({ resourcesVpcConfig: network = {} }: Description) {
  const open = network.endpointPublicAccess ?? false;
  const cidrs = sortedBy(network.publicAccessCidrs, (cidr) => cidr);
  return {
    public: open && cidrs.some((cidr) => cidr === '0.0.0.0/0' || cidr === '::/0'),
    public_endpoint: open,
    private_endpoint: network.endpointPrivateAccess ?? false,
    public_access_cidrs: cidrs,
  };
}
