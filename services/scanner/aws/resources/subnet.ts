/** Subnets. Those of the default VPC are AWS's own. */
import Type from 'typebox';
import { type Answer, awsType, listed } from '../context.ts';
import { metadataOf, onlyIds, pageSize, present, providerOwned, refList, sortedBy, tagMap } from './common.ts';

type Subnet = NonNullable<Answer<'ec2', 'DescribeSubnets'>['Subnets']>[number];

export const subnet = awsType<Subnet>({
  type: 'subnet',
  alone: 'subnet-',
  title: 'Subnet',
  arns: 'ec2:subnet',
  service: 'ec2',
  global: false,
  actions: ['ec2:DescribeSubnets'],
  // Moves with everything that starts and stops in it.
  volatile: { available_ips: Number.POSITIVE_INFINITY, AvailableIpAddressCount: Number.POSITIVE_INFINITY },
  fields: Type.Object({
    vpc_id: Type.Optional(Type.String()),
    cidr: Type.Optional(Type.String({ description: 'Absent where it has IPv6 only.' })),
    ipv6_cidrs: Type.Array(Type.String()),
    availability_zone: Type.Optional(Type.String()),
    default: Type.Boolean({ description: 'The subnet of its zone that AWS made in the default VPC.' }),
    maps_public_ip: Type.Boolean({ description: 'What is started in it gets a public address unasked.' }),
    available_ips: Type.Optional(Type.Integer()),
    provider_owned: providerOwned,
  }),

  async list(aws, token, only) {
    const page = await aws.call('ec2', 'DescribeSubnets', {
      MaxResults: pageSize.small,
      ...onlyIds('subnet-id', only),
      ...(token ? { NextToken: token } : {}),
    });
    return { items: listed(page.Subnets, 'ec2:DescribeSubnets'), next: page.NextToken };
  },

  map(subnet, aws) {
    const tags = tagMap(subnet.Tags);
    const id = subnet.SubnetId ?? '';
    const first = subnet.DefaultForAz ?? false;
    const ipv6 = sortedBy(subnet.Ipv6CidrBlockAssociationSet, (set) => set.AssociationId);
    return {
      id: aws.arn('ec2', `subnet/${id}`),
      name: tags.Name ?? id,
      status: subnet.State ?? '',
      tags,
      created_at: '',
      refs: refList(!!subnet.VpcId && aws.arn('ec2', `vpc/${subnet.VpcId}`)),
      fields: present({
        vpc_id: subnet.VpcId,
        cidr: subnet.CidrBlock,
        ipv6_cidrs: refList(...ipv6.map(({ Ipv6CidrBlock }) => Ipv6CidrBlock)),
        availability_zone: subnet.AvailabilityZone,
        default: first,
        maps_public_ip: subnet.MapPublicIpOnLaunch ?? false,
        available_ips: subnet.AvailableIpAddressCount,
        provider_owned: first,
      }),
      metadata: metadataOf(subnet, ['Tags'], { Ipv6CidrBlockAssociationSet: ipv6 }),
    };
  },
});
