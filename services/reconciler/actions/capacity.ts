/** How many of something run: of a scaling group's instances, of a service's tasks. */
import type { Resource } from '../../../lib/resource.ts';
import { type StepContext, shortId } from '../action.ts';
import { flat } from './common.ts';

export const scaled = ['asg', 'ecs_service'];

export interface Capacity {
  readonly min: number;
  readonly desired: number;
}

export function capacityOf(resource: Resource): Capacity {
  const count = (field: string): number => flat<number>(resource, field) ?? 0;
  if (resource.type === 'asg') return { min: count('min_size'), desired: count('desired_capacity') };
  return { min: 0, desired: count('desired_count') };
}

export async function scaleTo({ resource, aws }: StepContext, { min, desired }: Capacity): Promise<void> {
  if (resource.type === 'asg') {
    const AutoScalingGroupName = shortId(resource);
    const sizes = { MinSize: min, DesiredCapacity: desired };
    await aws.change(['autoscaling', 'UpdateAutoScalingGroup'], { AutoScalingGroupName, ...sizes });
  } else {
    const [, cluster, service] = resource.id.split('/');
    await aws.change(['ecs', 'UpdateService'], {
      cluster,
      service: service ?? shortId(resource),
      desiredCount: desired,
    });
  }
}

export function hasCapacity(resource: Resource | undefined, { min, desired }: Capacity): boolean {
  if (!resource) return false;
  const now = capacityOf(resource);
  return now.min === min && now.desired === desired;
}
