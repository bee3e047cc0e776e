import type {
  GetQueueAttributesRequest,
  GetQueueAttributesResult,
  ListQueuesRequest,
  ListQueuesResult,
  ListQueueTagsRequest,
  ListQueueTagsResult,
} from '@aws-sdk/client-sqs';
import type { Unit } from '../../world/estate.ts';
import { queueUrl } from '../../world/kinds/queue.ts';
import type { Call, Handlers } from '../call.ts';
import { unitsOf } from '../paging.ts';
import { listUnit, needOne, tokenAs } from './unit-list.ts';

/** Without MaxResults the first thousand come, and no token. */
function listQueues(call: Call<ListQueuesRequest>): ListQueuesResult {
  const { MaxResults, NextToken, QueueNamePrefix: prefix } = call.input;
  const page = listUnit(call, {
    type: 'sqs',
    asked: MaxResults,
    most: 1000,
    token: NextToken,
    badToken: 'InvalidParameterValue',
    ...(prefix === undefined ? {} : { accept: ({ id }) => id.startsWith(prefix) }),
  });
  const [unit] = unitsOf(call, 'sqs');
  const paged = MaxResults !== undefined || call.lists !== 'all';
  return {
    QueueUrls: page.entities.map(({ id }) => queueUrl(unit as Unit, id)),
    ...(paged ? tokenAs('NextToken', page.next) : {}),
  };
}

function queue(call: Call<unknown>, url = '') {
  const code = 'AWS.SimpleQueueService.NonExistentQueue';
  return needOne(call, 'sqs', url.split('/').pop() ?? '', [code, 'The specified queue does not exist.']);
}

function getQueueAttributes(call: Call<GetQueueAttributesRequest>): GetQueueAttributesResult {
  const { QueueUrl, AttributeNames = [] } = call.input;
  const all = call.world.describe(...queue(call, QueueUrl)) as Record<string, string>;
  const wanted = (name: string) => AttributeNames.includes('All') || AttributeNames.includes(name as 'All');
  const found = Object.entries(all).filter(([name]) => wanted(name));
  return found.length > 0 ? { Attributes: Object.fromEntries(found) } : {};
}

function listQueueTags(call: Call<ListQueueTagsRequest>): ListQueueTagsResult {
  const [, { tags }] = queue(call, call.input.QueueUrl);
  return Object.keys(tags).length > 0 ? { Tags: { ...tags } } : {};
}

export const sqs: Handlers = {
  ListQueues: listQueues,
  GetQueueAttributes: getQueueAttributes,
  ListQueueTags: listQueueTags,
};
