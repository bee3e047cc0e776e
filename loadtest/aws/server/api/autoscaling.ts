import type {
  AutoScalingGroup,
  AutoScalingGroupNamesType,
  AutoScalingGroupsType,
  DescribeTagsType,
  TagsType,
} from '@aws-sdk/client-auto-scaling';
import { ApiError, type Call, type Handlers } from '../call.ts';
import { autoscalingChanges } from './changes.ts';
import { listUnit, lookUp, tokenAs } from './unit-list.ts';

/** At most a hundred a page, fifty unasked. */
function page(call: Call<{ MaxRecords?: number | undefined; NextToken?: string | undefined }>) {
  const { MaxRecords, NextToken } = call.input;
  if (MaxRecords !== undefined && (MaxRecords < 1 || MaxRecords > 100)) {
    throw new ApiError('ValidationError', 'The specified MaxRecords is not valid. Valid Range: [1 - 100]');
  }
  const badToken = 'InvalidNextToken';
  const request = { type: 'asg', asked: MaxRecords, most: 100, usual: 50, token: NextToken, badToken } as const;
  return listUnit<never, AutoScalingGroup>(call, request);
}

function describeAutoScalingGroups(call: Call<AutoScalingGroupNamesType>): AutoScalingGroupsType {
  const { AutoScalingGroupNames: names } = call.input;
  if (names && names.length > 0) {
    const found = names.flatMap((name) => {
      const place = lookUp(call, 'asg', name);
      return place ? [call.world.describe(...place) as AutoScalingGroup] : [];
    });
    return { AutoScalingGroups: found };
  }
  const { items, next } = page(call);
  return { AutoScalingGroups: items, ...tokenAs('NextToken', next) };
}

/** The tags of a page of groups, in one list. */
function describeTags(call: Call<DescribeTagsType>): TagsType {
  const { items, next } = page(call);
  return { Tags: items.flatMap(({ Tags = [] }) => Tags), ...tokenAs('NextToken', next) };
}

export const autoscaling: Handlers = {
  DescribeAutoScalingGroups: describeAutoScalingGroups,
  DescribeTags: describeTags,
  ...autoscalingChanges,
};
