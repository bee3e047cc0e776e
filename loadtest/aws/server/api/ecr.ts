import type {
  DescribeRepositoriesRequest,
  DescribeRepositoriesResponse,
  ListTagsForResourceRequest,
  ListTagsForResourceResponse,
  Repository,
} from '@aws-sdk/client-ecr';
import { tagList } from '../../world/tags.ts';
import type { Call, Handlers } from '../call.ts';
import { listUnit, needOne, tokenAs } from './unit-list.ts';

function repository(call: Call<unknown>, name: string) {
  const message = `The repository with name '${name}' does not exist in the registry`;
  return needOne(call, 'ecr', name, ['RepositoryNotFoundException', message]);
}

function describeRepositories(call: Call<DescribeRepositoriesRequest>): DescribeRepositoriesResponse {
  const { repositoryNames, maxResults, nextToken } = call.input;
  if (repositoryNames && repositoryNames.length > 0) {
    return {
      repositories: repositoryNames.map((name) => call.world.describe(...repository(call, name)) as Repository),
    };
  }
  const badToken = 'InvalidParameterException';
  const request = { type: 'ecr', asked: maxResults, most: 1000, usual: 100, token: nextToken, badToken } as const;
  const page = listUnit<never, Repository>(call, request);
  return { repositories: page.items, ...tokenAs('nextToken', page.next) };
}

function listTagsForResource(call: Call<ListTagsForResourceRequest>): ListTagsForResourceResponse {
  const [, { tags }] = repository(call, call.input.resourceArn?.split(':repository/').pop() ?? '');
  return { tags: tagList(tags) };
}

export const ecr: Handlers = { DescribeRepositories: describeRepositories, ListTagsForResource: listTagsForResource };
