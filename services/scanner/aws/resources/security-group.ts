/** Security groups, with their rules flat: one for each source, as policies look at them. */
import Type, { type Static } from 'typebox';
import { type Answer, awsType, listed } from '../context.ts';
import { metadataOf, onlyIds, pageSize, providerOwned, refList, sortedBy, tagMap } from './common.ts';

type Group = NonNullable<Answer<'ec2', 'DescribeSecurityGroups'>['SecurityGroups']>[number];
type Permission = NonNullable<Group['IpPermissions']>[number];

const Rule = Type.Object({
  direction: Type.Union([Type.Literal('ingress'), Type.Literal('egress')]),
  protocol: Type.String({ description: 'tcp, udp, icmp, icmpv6, a number, or "-1" for all.' }),
  from_port: Type.Integer({ description: '0 where all ports are meant; the type for ICMP, -1 for all types.' }),
  to_port: Type.Integer({ description: '65535 where all ports are meant; the code for ICMP.' }),
  source: Type.String({
    description: 'IPv4 or IPv6 range, id of a group or of a prefix list. For egress the destination.',
  }),
  description: Type.String(),
});
type Rule = Static<typeof Rule>;

export const securityGroup = awsType<Group>({
  type: 'security_group',
  alone: 'sg-',
  title: 'Security group',
  arns: 'ec2:security-group',
  service: 'ec2',
  global: false,
  actions: ['ec2:DescribeSecurityGroups'],
  fields: Type.Object({
    vpc_id: Type.String(),
    description: Type.String(),
    default: Type.Boolean({ description: 'The group that AWS makes with each VPC.' }),
    rules: Type.Array(Rule),
    provider_owned: providerOwned,
  }),

  async list(aws, token, only) {
    const page = await aws.call('ec2', 'DescribeSecurityGroups', {
      MaxResults: pageSize.large,
      ...onlyIds('group-id', only),
      ...(token ? { NextToken: token } : {}),
    });
    return { items: listed(page.SecurityGroups, 'ec2:DescribeSecurityGroups'), next: page.NextToken };
  },

  map(group, aws) {
    const { IpPermissions, IpPermissionsEgress } = group;
    const tags = tagMap(group.Tags);
    const id = group.GroupId ?? '';
    const ingress = rulesOf(IpPermissions, 'ingress');
    const rules = [...ingress, ...rulesOf(IpPermissionsEgress, 'egress')].sort(byText);
    const others = rules.filter(({ source }) => source.startsWith('sg-') && source !== id);
    return {
      id: aws.arn('ec2', `security-group/${id}`),
      name: group.GroupName ?? id,
      status: '',
      tags,
      created_at: '',
      refs: refList(
        !!group.VpcId && aws.arn('ec2', `vpc/${group.VpcId}`),
        ...others.map(({ source }) => aws.arn('ec2', `security-group/${source}`)),
      ),
      fields: {
        vpc_id: group.VpcId ?? '',
        description: group.Description ?? '',
        default: group.GroupName === 'default',
        rules,
        provider_owned: group.GroupName === 'default',
      },
      metadata: metadataOf(group, ['Tags', 'IpPermissions', 'IpPermissionsEgress'], {}),
    };
  },
});

function rulesOf(permissions: readonly Permission[] | undefined, direction: Rule['direction']): Rule[] {
  return sortedBy(permissions, (p) => `${p.IpProtocol} ${p.FromPort} ${p.ToPort}`).flatMap((permission) => {
    const protocol = permission.IpProtocol ?? '-1';
    const shared = { direction, protocol, ...portsOf(permission, protocol) };
    return sourcesOf(permission).map(([source, description]) => ({ ...shared, source, description }));
  });
}

function portsOf({ FromPort, ToPort }: Permission, protocol: string): Pick<Rule, 'from_port' | 'to_port'> {
  if (protocol.startsWith('icmp') || protocol === '1' || protocol === '58') {
    return { from_port: FromPort ?? -1, to_port: ToPort ?? -1 };
  }
  const all = FromPort === undefined || FromPort === -1;
  return all ? { from_port: 0, to_port: 65_535 } : { from_port: FromPort, to_port: ToPort ?? FromPort };
}

function sourcesOf(permission: Permission): [source: string, description: string][] {
  return [
    ...(permission.IpRanges ?? []).map((r) => [r.CidrIp ?? '', r.Description ?? ''] as [string, string]),
    ...(permission.Ipv6Ranges ?? []).map((r) => [r.CidrIpv6 ?? '', r.Description ?? ''] as [string, string]),
    ...(permission.UserIdGroupPairs ?? []).map((r) => [r.GroupId ?? '', r.Description ?? ''] as [string, string]),
    ...(permission.PrefixListIds ?? []).map((r) => [r.PrefixListId ?? '', r.Description ?? ''] as [string, string]),
  ];
}

/** AWS promises no order of permissions or of their ranges. */
function byText(a: Rule, b: Rule): number {
  const [x, y] = [textOf(a), textOf(b)];
  if (x === y) return 0;
  return x < y ? -1 : 1;
}

function textOf({ direction, protocol, from_port, to_port, source, description }: Rule): string {
  return `${direction === 'ingress' ? 0 : 1} ${protocol} ${from_port} ${to_port} ${source} ${description}`;
}
