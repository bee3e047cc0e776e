/** Network interfaces. Those that a service made for itself (NAT gateways, load balancers, functions) are AWS's own. */
import Type from 'typebox';
import { type Answer, type AwsContext, awsType, listed } from '../context.ts';
import { groupJoin, metadataOf, pageSize, present, providerOwned, refList, sortedBy, tagMap } from './common.ts';

type Interface = NonNullable<Answer<'ec2', 'DescribeNetworkInterfaces'>['NetworkInterfaces']>[number];

export const eni = awsType<Interface>({
  type: 'eni',
  title: 'Network interface',
  arns: 'ec2:network-interface',
  service: 'ec2',
  global: false,
  actions: ['ec2:DescribeNetworkInterfaces'],
  joins: [groupJoin],
  fields: Type.Object({
    vpc_id: Type.Optional(Type.String()),
    subnet_id: Type.Optional(Type.String()),
    availability_zone: Type.Optional(Type.String()),
    interface_type: Type.Optional(Type.String({ description: 'interface, nat_gateway, lambda, efa and others.' })),
    description: Type.Optional(Type.String()),
    attached: Type.Boolean(),
    instance_id: Type.Optional(Type.String()),
    private_ip: Type.Optional(Type.String()),
    public_ip: Type.Optional(Type.String()),
    source_dest_check: Type.Optional(Type.Boolean()),
    requester_managed: Type.Boolean({ description: 'Made and kept by a service; nobody else can delete it.' }),
    security_group_ids: Type.Array(Type.String({ description: 'ARN.' })),
    provider_owned: providerOwned,
  }),

  async list(aws, token) {
    const page = await aws.call('ec2', 'DescribeNetworkInterfaces', {
      MaxResults: pageSize.small,
      ...(token ? { NextToken: token } : {}),
    });
    return { items: listed(page.NetworkInterfaces, 'ec2:DescribeNetworkInterfaces'), next: page.NextToken };
  },

  map(found, aws) {
    const tags = tagMap(found.TagSet);
    const id = found.NetworkInterfaceId ?? '';
    const groups = sortedBy(found.Groups, (group) => group.GroupId);
    const groupIds = groups.map(({ GroupId }) => aws.arn('ec2', `security-group/${GroupId}`));
    return {
      id: aws.arn('ec2', `network-interface/${id}`),
      name: tags.Name ?? id,
      status: found.Status ?? '',
      tags,
      created_at: '',
      refs: refList(...groupIds, ...usedBy(found, aws)),
      fields: present({ ...fieldsOf(found), security_group_ids: groupIds }),
      metadata: metadataOf(found, ['TagSet'], {
        Groups: groups,
        PrivateIpAddresses: sortedBy(found.PrivateIpAddresses, (address) => address.PrivateIpAddress),
      }),
    };
  },
});

function usedBy({ Attachment, Association, SubnetId, VpcId }: Interface, aws: AwsContext) {
  const arn = (kind: string, id: string | undefined) => !!id && aws.arn('ec2', `${kind}/${id}`);
  return [
    arn('instance', Attachment?.InstanceId),
    arn('elastic-ip', Association?.AllocationId),
    arn('subnet', SubnetId),
    arn('vpc', VpcId),
  ];
}

function fieldsOf(found: Interface) {
  return {
    vpc_id: found.VpcId,
    subnet_id: found.SubnetId,
    availability_zone: found.AvailabilityZone,
    interface_type: found.InterfaceType,
    description: found.Description,
    attached: found.Attachment !== undefined,
    instance_id: found.Attachment?.InstanceId,
    private_ip: found.PrivateIpAddress,
    public_ip: found.Association?.PublicIp,
    source_dest_check: found.SourceDestCheck,
    requester_managed: found.RequesterManaged ?? false,
    provider_owned: found.RequesterManaged ?? false,
  };
}
