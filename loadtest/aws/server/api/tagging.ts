/** Resource Groups Tagging: everything in a region that has tags, whatever its type. */
import type {
  GetResourcesInput,
  GetResourcesOutput,
  ResourceTagMapping,
  TagFilter,
} from '@aws-sdk/client-resource-groups-tagging-api';
import type { Tags } from '../../world/entity.ts';
import type { ResourceType } from '../../world/estate.ts';
import { kinds } from '../../world/kinds/index.ts';
import { tagList } from '../../world/tags.ts';
import { ApiError, type Call, type Handlers } from '../call.ts';
import { pageLimit, pageOf, sliceOf, unitsOf } from '../paging.ts';
import { taggingChanges } from './changes.ts';

/** The API knows nothing of them. */
const unknownHere: ReadonlySet<ResourceType> = new Set(['iam_role', 'asg']);

interface Tagged {
  readonly arn: string;
  readonly tags: Tags;
}

/** At most a hundred a page; the last one has an empty token. The long tail comes after what the world models. */
function getResources(call: Call<GetResourcesInput>): GetResourcesOutput {
  const { ResourcesPerPage, ResourceARNList, PaginationToken = '' } = call.input;
  if (ResourceARNList && ResourceARNList.length > 0) {
    throw new ApiError('InvalidParameterException', 'The simulator does not look resources up by ARN here.');
  }
  const limit = pageLimit(ResourcesPerPage, 100);
  const { mappings, next } = PaginationToken.startsWith(tail) ? tailPage(call, limit) : modelledPage(call, limit);
  return { ResourceTagMappingList: mappings.map(mapping), PaginationToken: next ?? '' };
}

interface Found {
  readonly mappings: readonly Tagged[];
  readonly next?: string | undefined;
}
const tail = 'tail.';

function modelledPage(call: Call<GetResourcesInput>, limit: number): Found {
  const types = call.world.types.filter(
    (type) => !unknownHere.has(type) && (type !== 'route53' || call.region === 'us-east-1'),
  );
  const units = types.flatMap((type) => unitsOf(call, type));
  const wanted = filterOf(call.input);
  const page = pageOf(call, units, {
    limit,
    token: call.input.PaginationToken,
    badToken: 'PaginationTokenExpiredException',
    accept: (entity, unit) => wanted({ arn: kinds[unit.type].arn(unit, entity), tags: entity.tags }),
  });
  const mappings = page.places.map(([unit, entity]) => ({
    arn: kinds[unit.type].arn(unit, entity),
    tags: entity.tags,
  }));
  if (page.next !== undefined || call.lists === 'nothing') return { mappings, next: page.next };
  return { mappings, next: longTailOf(call).some(wanted) ? tail : undefined };
}

function longTailOf({ world, caller, region }: Call<unknown>): Tagged[] {
  return [...world.longTail({ account: caller.account.id, region })];
}

function tailPage(call: Call<GetResourcesInput>, limit: number): Found {
  const token = call.input.PaginationToken?.slice(tail.length) ?? '';
  const page = sliceOf(longTailOf(call).filter(filterOf(call.input)), { limit, token });
  return { mappings: page.items, next: page.next === undefined ? undefined : tail + page.next };
}

/** Only what has tags, of the types and with the tags that are asked for. */
function filterOf({ ResourceTypeFilters = [], TagFilters = [] }: GetResourcesInput) {
  return ({ arn, tags }: Tagged): boolean => {
    if (Object.keys(tags).length === 0) return false;
    const known = ResourceTypeFilters.length === 0 || ResourceTypeFilters.some((name) => isOf(arn, name));
    return known && TagFilters.every((filter) => hasTag(tags, filter));
  };
}

/** `ec2` or `ec2:instance`. */
function isOf(arn: string, name: string): boolean {
  const [, , service, , , ...rest] = arn.split(':');
  const kind = rest.join(':').split(/[:/]/)[0] as string;
  return name === service || name === `${service}:${kind}`;
}

function hasTag(tags: Tags, { Key = '', Values = [] }: TagFilter): boolean {
  const value = tags[Key];
  return value !== undefined && (Values.length === 0 || Values.includes(value));
}

function mapping({ arn, tags }: Tagged): ResourceTagMapping {
  return { ResourceARN: arn, Tags: tagList(tags) };
}

export const tagging: Handlers = { GetResources: getResources, ...taggingChanges };
