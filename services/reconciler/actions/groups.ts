/** Security groups of an instance, and the one that isolates. */
import type { Resource } from '../../../lib/resource.ts';
import { type StepContext, shortId } from '../action.ts';
import { flat, meta } from './common.ts';

export const ISOLATING = 'elava-quarantine';

export function groupsOf(resource: Resource): string[] {
  return (meta<readonly { GroupId?: string }[]>(resource, 'SecurityGroups') ?? [])
    .flatMap(({ GroupId }) => GroupId ?? [])
    .sort();
}

interface Isolating {
  readonly id: string;
  readonly closed: boolean;
}

/** The isolating group of the instance's VPC, undefined before it is made. */
export async function isolatingGroup({ aws, resource }: StepContext): Promise<Isolating | undefined> {
  const Filters = [
    { Name: 'group-name', Values: [ISOLATING] },
    { Name: 'vpc-id', Values: [flat<string>(resource, 'vpc_id') ?? ''] },
  ];
  const { SecurityGroups = [] } = await aws.read(['ec2', 'DescribeSecurityGroups'], { Filters });
  const [found] = SecurityGroups;
  if (!found?.GroupId) return undefined;
  const open = (found.IpPermissions?.length ?? 0) + (found.IpPermissionsEgress?.length ?? 0);
  return { id: found.GroupId, closed: open === 0 };
}

export async function moveTo({ resource, aws }: StepContext, groups: readonly string[]): Promise<void> {
  await aws.change(['ec2', 'ModifyInstanceAttribute'], { InstanceId: shortId(resource), Groups: [...groups] });
}

export function isIn(resource: Resource | undefined, groups: readonly string[]): boolean {
  return resource !== undefined && groupsOf(resource).join() === [...groups].sort().join();
}
