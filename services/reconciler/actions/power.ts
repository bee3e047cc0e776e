/** What stop and start have in common: the calls of each type, and the states that they lead to. */
import type { Resource } from '../../../lib/resource.ts';
import { type StepContext, shortId } from '../action.ts';

export const powered = ['ec2', 'rds'];
export const on = ['running', 'available'];
export const off = ['stopped'];
const goingOn = ['pending', 'starting', ...on];
const goingOff = ['stopping', ...off];

export async function switchOff({ resource, aws }: StepContext): Promise<void> {
  if (resource.type === 'ec2') await aws.change(['ec2', 'StopInstances'], { InstanceIds: [shortId(resource)] });
  else await aws.change(['rds', 'StopDBInstance'], { DBInstanceIdentifier: shortId(resource) });
}

export async function switchOn({ resource, aws }: StepContext): Promise<void> {
  if (resource.type === 'ec2') await aws.change(['ec2', 'StartInstances'], { InstanceIds: [shortId(resource)] });
  else await aws.change(['rds', 'StartDBInstance'], { DBInstanceIdentifier: shortId(resource) });
}

export const isOff = (resource: Resource | undefined): boolean => goingOff.includes(resource?.status ?? '');
export const isOn = (resource: Resource | undefined): boolean => goingOn.includes(resource?.status ?? '');
