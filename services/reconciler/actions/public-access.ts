/** The public access block of a bucket. */
import { type StepContext, shortId } from '../action.ts';
import { orMissing } from './common.ts';

export interface Block {
  readonly BlockPublicAcls?: boolean | undefined;
  readonly IgnorePublicAcls?: boolean | undefined;
  readonly BlockPublicPolicy?: boolean | undefined;
  readonly RestrictPublicBuckets?: boolean | undefined;
}
export const everything: Block = {
  BlockPublicAcls: true,
  IgnorePublicAcls: true,
  BlockPublicPolicy: true,
  RestrictPublicBuckets: true,
};

/** What the bucket has, undefined when it has none. */
export async function blockOf({ aws, resource }: StepContext): Promise<Block | undefined> {
  const answer = await orMissing(aws.read(['s3', 'GetPublicAccessBlock'], { Bucket: shortId(resource) }));
  return answer?.PublicAccessBlockConfiguration;
}

export function sameBlock(a: Block | undefined, b: Block | undefined): boolean {
  const keys = Object.keys(everything) as (keyof Block)[];
  return (a === undefined) === (b === undefined) && keys.every((key) => (a?.[key] ?? false) === (b?.[key] ?? false));
}
