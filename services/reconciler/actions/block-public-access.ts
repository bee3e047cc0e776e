import type { Resource } from '../../../lib/resource.ts';
import { defineAction, noParams, shortId } from '../action.ts';
import { flat } from './common.ts';
import { type Block, blockOf, everything, sameBlock } from './public-access.ts';

/** Undefined where nothing is blocked, which is what a bucket without the setting has. */
function before(resource: Resource): Block | undefined {
  const is = (field: string): boolean => flat<boolean>(resource, field) === true;
  const block = {
    BlockPublicAcls: is('block_public_acls'),
    IgnorePublicAcls: is('ignore_public_acls'),
    BlockPublicPolicy: is('block_public_policy'),
    RestrictPublicBuckets: is('restrict_public_buckets'),
  };
  return Object.values(block).some(Boolean) ? block : undefined;
}

/** Shuts a bucket for the public, whatever its ACL and policy say. These stay as they are. */
export const blockPublicAccess = defineAction({
  type: 'block_public_access',
  title: 'Block public access to a bucket',
  cost: 'recoverable',
  resources: ['s3'],
  proposable: true,
  params: noParams,
  check: (resource) => (sameBlock(before(resource), everything) ? 'all of it is blocked already' : undefined),
  would: () => 'block all public access to it',
  inverse: (resource) => ({ action: 'unblock_public_access', params: { before: before(resource) } }),
  steps: [
    {
      name: 'block',
      role: 'protect',
      iam: ['s3:PutBucketPublicAccessBlock', 's3:GetBucketPublicAccessBlock'],
      call: async ({ resource, aws }) => {
        const input = { Bucket: shortId(resource), PublicAccessBlockConfiguration: everything };
        await aws.change(['s3', 'PutPublicAccessBlock'], input);
      },
      happened: async (context) => sameBlock(await blockOf(context), everything),
    },
  ],
});
