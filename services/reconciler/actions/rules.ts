/** Rules of security groups, as the scan keeps them and as EC2 takes them. */
import type { IpPermission } from '@aws-sdk/client-ec2';
import type { Resource } from '../../../lib/resource.ts';
import type { ActionParams } from '../reconciler.schema.ts';
import { flat } from './common.ts';

export interface Rule {
  readonly protocol: string;
  readonly from_port: number;
  readonly to_port: number;
  readonly source: string;
}

/** The rule that is meant, or why it is none. Only rules that let traffic in: what a group lets out is another matter. */
export function ruleOf({
  protocol,
  from_port,
  to_port,
  source,
}: Readonly<Record<string, unknown>>): ActionParams | string {
  const ports = [from_port, to_port];
  if (typeof protocol !== 'string' || typeof source !== 'string' || source === '')
    return 'protocol and source are missing';
  if (!ports.every((port) => Number.isInteger(port))) return 'from_port and to_port are no whole numbers';
  return { protocol, from_port, to_port, source };
}

export function hasRule(resource: Resource | undefined, params: ActionParams): boolean {
  const rules = (resource && flat<readonly (Rule & { readonly direction: string })[]>(resource, 'rules')) ?? [];
  const wanted = params as unknown as Rule;
  return rules.some((rule) => rule.direction === 'ingress' && ruleText(rule) === ruleText(wanted));
}

export function ruleText({ protocol, from_port, to_port, source }: Rule): string {
  const name =
    protocol === '-1' ? 'all traffic' : `${protocol} ${from_port === to_port ? from_port : `${from_port}-${to_port}`}`;
  return `${name} from ${source}`;
}

export function permissionOf(params: ActionParams): IpPermission {
  const { protocol, from_port, to_port, source } = params as unknown as Rule;
  return {
    IpProtocol: protocol,
    ...(protocol === '-1' ? {} : { FromPort: from_port, ToPort: to_port }),
    ...sourceOf(source),
  };
}

function sourceOf(source: string): Partial<IpPermission> {
  if (source.startsWith('sg-')) return { UserIdGroupPairs: [{ GroupId: source }] };
  if (source.startsWith('pl-')) return { PrefixListIds: [{ PrefixListId: source }] };
  return source.includes(':') ? { Ipv6Ranges: [{ CidrIpv6: source }] } : { IpRanges: [{ CidrIp: source }] };
}
