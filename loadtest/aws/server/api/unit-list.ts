/** What most list calls share: a page of one unit, and one resource by its name or ARN. */
import type { Entity } from '../../world/entity.ts';
import type { ResourceType, Unit } from '../../world/estate.ts';
import { ApiError, type Call } from '../call.ts';
import { type PageRequest, pageLimit, pageOf, unitsOf } from '../paging.ts';

export interface ListRequest extends Omit<PageRequest, 'limit'> {
  readonly type: ResourceType;
  /** What was asked for, and the most that the service gives; `usual` where it gives fewer unasked. */
  readonly asked?: number | undefined;
  readonly most: number;
  readonly usual?: number;
}

/** A page of the caller's unit, each resource as the API tells it. */
export function listUnit<E extends Entity, T extends object>(
  call: Call<unknown>,
  { type, asked, most, usual = most, ...request }: ListRequest,
): { readonly entities: readonly E[]; readonly items: T[]; readonly next?: string } {
  const units = unitsOf(call, type);
  const page = pageOf<E>(call, units, { ...request, limit: pageLimit(asked ?? usual, most) });
  return { ...page, items: page.entities.map((entity) => call.world.describe(units[0] as Unit, entity) as T) };
}

/** `{[name]: next}` where there is a next page. */
export function tokenAs<N extends string>(name: N, next: string | undefined): { readonly [K in N]?: string } {
  return (next === undefined ? {} : { [name]: next }) as { readonly [K in N]?: string };
}

/** The resource of an id in the caller's region, undefined when there is none. */
export function lookUp<E extends Entity>(
  call: Call<unknown>,
  type: ResourceType,
  id: string,
): readonly [Unit, E] | undefined {
  const [unit] = unitsOf(call, type);
  const entity = unit && call.world.find(unit, id);
  return unit && entity ? [unit, entity as E] : undefined;
}

/** The resource of an id. Throws the service's error when there is none. */
export function needOne<E extends Entity>(
  call: Call<unknown>,
  type: ResourceType,
  id: string,
  otherwise: readonly [code: string, message: string, status?: number],
): readonly [Unit, E] {
  const found = lookUp<E>(call, type, id);
  if (!found) throw new ApiError(...otherwise);
  return found;
}
