import { defineAction, inState, shortId } from '../action.ts';
import { attachmentOf } from './detach.ts';

/** Puts a volume back where `detach` took it from. */
export const attach = defineAction({
  type: 'attach',
  title: 'Attach a volume again',
  cost: 'reversible',
  resources: ['ebs'],
  proposable: false,
  params({ instance, device }) {
    return typeof instance === 'string' && typeof device === 'string'
      ? { instance, device }
      : 'instance and device are missing';
  },
  check: (resource) => inState(resource, 'available'),
  would: (_resource, { instance, device }) => `attach it to ${String(instance)} as ${String(device)}`,
  inverse: () => ({ action: 'detach', params: {} }),
  steps: [
    {
      name: 'attach',
      role: 'network',
      iam: ['ec2:AttachVolume'],
      call: async ({ resource, params, aws }) => {
        const place = { InstanceId: String(params['instance']), Device: String(params['device']) };
        await aws.change(['ec2', 'AttachVolume'], { VolumeId: shortId(resource), ...place });
      },
      async happened({ read, params }) {
        const now = await read();
        return now !== undefined && attachmentOf(now)?.InstanceId === params['instance'];
      },
    },
  ],
});
