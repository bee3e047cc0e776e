import type {
  DescribeLogGroupsRequest,
  DescribeLogGroupsResponse,
  ListTagsForResourceRequest,
  ListTagsForResourceResponse,
  LogGroup,
} from '@aws-sdk/client-cloudwatch-logs';
import type { Call, Handlers } from '../call.ts';
import { listUnit, needOne, tokenAs } from './unit-list.ts';

/** At most fifty a page. */
function describeLogGroups(call: Call<DescribeLogGroupsRequest>): DescribeLogGroupsResponse {
  const { limit, nextToken, logGroupNamePrefix: prefix } = call.input;
  const page = listUnit<never, LogGroup>(call, {
    type: 'log_group',
    asked: limit,
    most: 50,
    token: nextToken,
    badToken: 'InvalidParameterException',
    ...(prefix === undefined ? {} : { accept: ({ id }) => id.startsWith(prefix) }),
  });
  return { logGroups: page.items, ...tokenAs('nextToken', page.next) };
}

function listTagsForResource(call: Call<ListTagsForResourceRequest>): ListTagsForResourceResponse {
  const name = call.input.resourceArn?.split(':log-group:')[1]?.replace(/:\*$/, '') ?? '';
  const missing = ['ResourceNotFoundException', 'The specified log group does not exist.'] as const;
  return { tags: { ...needOne(call, 'log_group', name, missing)[1].tags } };
}

export const logs: Handlers = { DescribeLogGroups: describeLogGroups, ListTagsForResource: listTagsForResource };
