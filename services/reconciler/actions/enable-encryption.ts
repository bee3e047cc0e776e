import { defineAction, noParams, type StepContext, shortId } from '../action.ts';
import { flat, orMissing } from './common.ts';

/** The algorithm that new objects are encrypted with, undefined when there is no default. */
export async function algorithmOf({ aws, resource }: StepContext): Promise<string | undefined> {
  const answer = await orMissing(aws.read(['s3', 'GetBucketEncryption'], { Bucket: shortId(resource) }));
  return answer?.ServerSideEncryptionConfiguration?.Rules?.[0]?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm;
}

/** Makes encryption a bucket's default. Objects that are there stay as they are. */
export const enableEncryption = defineAction({
  type: 'enable_encryption',
  title: 'Encrypt new objects of a bucket by default',
  cost: 'reversible',
  resources: ['s3'],
  proposable: true,
  params: noParams,
  check: (resource) => (flat<boolean>(resource, 'encrypted') === true ? 'it encrypts already' : undefined),
  would: () => 'encrypt its new objects by default (AES256)',
  inverse: () => ({ action: 'disable_encryption', params: {} }),
  steps: [
    {
      name: 'encrypt',
      role: 'protect',
      iam: ['s3:PutEncryptionConfiguration', 's3:GetEncryptionConfiguration'],
      call: async ({ resource, aws }) => {
        const Rules = [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' as const } }];
        await aws.change(['s3', 'PutBucketEncryption'], {
          Bucket: shortId(resource),
          ServerSideEncryptionConfiguration: { Rules },
        });
      },
      happened: async (context) => (await algorithmOf(context)) !== undefined,
    },
  ],
});
