import type { Resource } from '../../../lib/resource.ts';
import { defineAction, inState, noParams, shortId } from '../action.ts';
import { meta } from './common.ts';

interface Attachment {
  readonly InstanceId?: string;
  readonly Device?: string;
}

export function attachmentOf(resource: Resource): Attachment | undefined {
  return meta<readonly Attachment[]>(resource, 'Attachments')?.[0];
}

/** Detaches a data volume. A root volume is not detached: its instance could not start again. */
export const detach = defineAction({
  type: 'detach',
  title: 'Detach a volume',
  cost: 'recoverable',
  resources: ['ebs'],
  proposable: true,
  params: noParams,
  check(resource) {
    const held = attachmentOf(resource);
    if (!held) return 'it is attached to nothing';
    return /^\/dev\/(xvda|sda1)$/.test(held.Device ?? '') ? 'it is a root volume' : inState(resource, 'in-use');
  },
  would: (resource) => `detach it from ${attachmentOf(resource)?.InstanceId ?? 'its instance'}`,
  inverse(resource) {
    const { InstanceId, Device } = attachmentOf(resource) ?? {};
    return InstanceId && Device ? { action: 'attach', params: { instance: InstanceId, device: Device } } : undefined;
  },
  steps: [
    {
      name: 'detach',
      role: 'network',
      iam: ['ec2:DetachVolume'],
      call: async ({ resource, aws }) => {
        await aws.change(['ec2', 'DetachVolume'], { VolumeId: shortId(resource) });
      },
      async happened({ read }) {
        const now = await read();
        return now !== undefined && attachmentOf(now) === undefined;
      },
    },
  ],
});
