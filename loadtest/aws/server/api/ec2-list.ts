/** The part of EC2's describe calls that is alike. */
import type { Filter } from '@aws-sdk/client-ec2';
import type { Entity } from '../../world/entity.ts';
import type { ResourceType, Unit } from '../../world/estate.ts';
import { ApiError, type Call } from '../call.ts';
import { type FilterFields, filterTest } from '../filters.ts';
import { pageLimit, pageOf, unitsOf } from '../paging.ts';

export interface Listing<E> {
  readonly type: ResourceType;
  readonly ids: readonly string[] | undefined;
  readonly filters: readonly Filter[] | undefined;
  readonly fields: FilterFields<E>;
  /** What EC2 answers for an id that it does not know. */
  readonly notFound: string;
}
export interface Listed {
  readonly MaxResults?: number | undefined;
  readonly NextToken?: string | undefined;
}

/** The part of every describe call that is alike: by id, or a filtered page. */
export function listEc2<E extends Entity>(call: Call<Listed>, listing: Listing<E>) {
  const units = unitsOf(call, listing.type);
  const accept = filterTest(listing.filters, listing.fields) as ((entity: Entity) => boolean) | undefined;
  if (listing.ids && listing.ids.length > 0) {
    const found = byIds<E>(call, units[0], listing.ids, listing.notFound);
    return { unit: units[0], entities: accept ? found.filter(accept) : found };
  }
  const { MaxResults, NextToken } = call.input;
  if (MaxResults !== undefined && (MaxResults < 5 || MaxResults > 1000)) {
    throw new ApiError(
      'InvalidParameterValue',
      `Value ( ${MaxResults} ) for parameter maxResults is invalid. Expecting a value between 5 and 1000.`,
    );
  }
  // Without MaxResults EC2 pages by itself; the size is not documented, a thousand is customary.
  const page = pageOf<E>(call, units, {
    limit: pageLimit(MaxResults, 1000),
    token: NextToken,
    ...(accept ? { accept } : {}),
    badToken: 'InvalidNextToken',
  });
  return { unit: units[0], ...page };
}

function byIds<E extends Entity>(
  call: Call<Listed>,
  unit: Unit | undefined,
  ids: readonly string[],
  notFound: string,
): E[] {
  return ids.map((id) => {
    const entity = unit && call.world.find(unit, id);
    if (!entity) throw new ApiError(notFound, `The ID '${id}' does not exist`);
    return entity as E;
  });
}

export function token(next: string | undefined) {
  return next === undefined ? {} : { NextToken: next };
}
