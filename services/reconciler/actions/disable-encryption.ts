import { defineAction, noParams, shortId } from '../action.ts';
import { flat } from './common.ts';
import { algorithmOf } from './enable-encryption.ts';

/** Takes back what `enable_encryption` set. No policy may ask for it. */
export const disableEncryption = defineAction({
  type: 'disable_encryption',
  title: 'Take the default encryption of a bucket back',
  cost: 'reversible',
  resources: ['s3'],
  proposable: false,
  params: noParams,
  check: (resource) => (flat<boolean>(resource, 'encrypted') === true ? undefined : 'it has no default encryption'),
  would: () => 'take its default encryption away',
  inverse: () => ({ action: 'enable_encryption', params: {} }),
  steps: [
    {
      name: 'restore',
      role: 'protect',
      iam: ['s3:PutEncryptionConfiguration', 's3:GetEncryptionConfiguration'],
      call: async ({ resource, aws }) => {
        await aws.change(['s3', 'DeleteBucketEncryption'], { Bucket: shortId(resource) });
      },
      happened: async (context) => (await algorithmOf(context)) === undefined,
    },
  ],
});
