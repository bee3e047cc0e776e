/** VPCs. The default one of each region is AWS's own. */
import Type from 'typebox';
import { type Answer, awsType, listed } from '../context.ts';
import { metadataOf, onlyIds, pageSize, present, providerOwned, refList, sortedBy, tagMap } from './common.ts';

type Vpc = NonNullable<Answer<'ec2', 'DescribeVpcs'>['Vpcs']>[number];

export const vpc = awsType<Vpc>({
  type: 'vpc',
  alone: 'vpc-',
  title: 'VPC',
  arns: 'ec2:vpc',
  service: 'ec2',
  global: false,
  actions: ['ec2:DescribeVpcs'],
  fields: Type.Object({
    cidr: Type.Optional(Type.String({ description: 'The first of its IPv4 ranges.' })),
    cidrs: Type.Array(Type.String({ description: 'All that are associated.' })),
    ipv6_cidrs: Type.Array(Type.String()),
    default: Type.Boolean({ description: 'The VPC that AWS makes in each region of a new account.' }),
    tenancy: Type.Optional(Type.String()),
    dhcp_options_id: Type.Optional(Type.String()),
    provider_owned: providerOwned,
  }),

  async list(aws, token, only) {
    const page = await aws.call('ec2', 'DescribeVpcs', {
      MaxResults: pageSize.small,
      ...onlyIds('vpc-id', only),
      ...(token ? { NextToken: token } : {}),
    });
    return { items: listed(page.Vpcs, 'ec2:DescribeVpcs'), next: page.NextToken };
  },

  map(vpc, aws) {
    const tags = tagMap(vpc.Tags);
    const id = vpc.VpcId ?? '';
    const first = vpc.IsDefault ?? false;
    return {
      id: aws.arn('ec2', `vpc/${id}`),
      name: tags.Name ?? id,
      status: vpc.State ?? '',
      tags,
      created_at: '',
      refs: refList(),
      fields: present({
        cidr: vpc.CidrBlock,
        cidrs: associated(vpc.CidrBlockAssociationSet, ({ CidrBlock }) => CidrBlock, 'CidrBlockState'),
        ipv6_cidrs: associated(vpc.Ipv6CidrBlockAssociationSet, (set) => set.Ipv6CidrBlock, 'Ipv6CidrBlockState'),
        default: first,
        tenancy: vpc.InstanceTenancy,
        dhcp_options_id: vpc.DhcpOptionsId,
        provider_owned: first,
      }),
      metadata: metadataOf(vpc, ['Tags'], {
        CidrBlockAssociationSet: sortedBy(vpc.CidrBlockAssociationSet, (set) => set.AssociationId),
        Ipv6CidrBlockAssociationSet: sortedBy(vpc.Ipv6CidrBlockAssociationSet, (set) => set.AssociationId),
      }),
    };
  },
});

/** A range that was taken away is shown for a while. */
function associated<
  K extends string,
  T extends { readonly [key in K]?: { readonly State?: string | undefined } | undefined },
>(sets: readonly T[] | undefined, cidr: (set: T) => string | undefined, state: K): string[] {
  return refList(...(sets ?? []).filter((set) => set[state]?.State !== 'disassociated').map(cidr));
}
