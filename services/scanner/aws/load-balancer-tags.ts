/** Tags of load balancers and target groups, of which one call takes twenty. */
import { batched, type Lookup } from './batched.ts';
import { type AwsContext, listed } from './context.ts';
import { tagMap } from './resources/common.ts';

export type Tags = Readonly<Record<string, string>>;

const AT_ONCE = 20;

/** By ARN. `missing`: AWS's names for one that is gone by now. */
export function tagsByArn(aws: AwsContext, arns: readonly string[], missing: readonly string[]): Lookup<Tags> {
  const call = async (some: readonly string[]): Promise<Map<string, Tags>> => {
    const answer = await aws.call('elasticloadbalancing', 'DescribeTags', { ResourceArns: [...some] });
    const found = listed(answer.TagDescriptions, 'elasticloadbalancing:DescribeTags');
    return new Map(found.map(({ ResourceArn = '', Tags }) => [ResourceArn, tagMap(Tags)]));
  };
  return batched(arns, { size: AT_ONCE, gone: missing, call });
}
