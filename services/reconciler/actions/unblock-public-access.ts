import { defineAction, type StepContext, shortId } from '../action.ts';
import type { ActionParams } from '../reconciler.schema.ts';
import { type Block, blockOf, sameBlock } from './public-access.ts';

const beforeOf = (params: ActionParams): Block | undefined => params['before'] as Block | undefined;

async function restore({ resource, params, aws }: StepContext): Promise<void> {
  const Bucket = shortId(resource);
  const before = beforeOf(params);
  if (before) await aws.change(['s3', 'PutPublicAccessBlock'], { Bucket, PublicAccessBlockConfiguration: before });
  else await aws.change(['s3', 'DeletePublicAccessBlock'], { Bucket });
}

/** Puts back what `block_public_access` replaced. No policy may open a bucket. */
export const unblockPublicAccess = defineAction({
  type: 'unblock_public_access',
  title: "Put a bucket's public access block back",
  cost: 'recoverable',
  resources: ['s3'],
  proposable: false,
  params: ({ before }) => (before ? { before } : {}),
  check: () => undefined,
  would: (_resource, params) =>
    beforeOf(params) ? 'give it the public access block it had' : 'take its public access block away',
  inverse: () => ({ action: 'block_public_access', params: {} }),
  steps: [
    {
      name: 'restore',
      role: 'protect',
      iam: ['s3:PutBucketPublicAccessBlock', 's3:GetBucketPublicAccessBlock'],
      call: restore,
      happened: async (context) => sameBlock(await blockOf(context), beforeOf(context.params)),
    },
  ],
});
