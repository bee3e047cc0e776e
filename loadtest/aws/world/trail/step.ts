/** From a resource's change to the API calls that AWS would have logged for it, in CloudTrail's own words and casing. */
import type { Calls, Entity, Log, LoggedCall, Step, Tags } from '../entity.ts';
import type { Unit } from '../estate.ts';

export type { LoggedCall, Step };

/** The state that tells most about a step's resource. */
export function subject<E extends Entity>(step: Step<E>): E {
  return (step.after ?? step.before) as E;
}

type Told = Omit<LoggedCall, 'of'>;

/** A call, or several, for each resource. */
export function each<E extends Entity>(tell: (entity: E, step: Step<E>) => Told | readonly Told[]): Log<E> {
  return (steps) =>
    steps.flatMap((step) => [tell(subject(step), step)].flat().map((call) => ({ ...call, of: [step as Step] })));
}

/** One call for all the resources of a batch. */
export function together<E extends Entity>(
  tell: (entities: readonly E[], first: Step<E>, steps: readonly Step<E>[]) => Told,
): Log<E> {
  return (steps) => [{ ...tell(steps.map(subject), steps[0] as Step<E>, steps), of: steps }];
}

export interface TagApi<E extends Entity> {
  readonly tag: string;
  readonly untag: string;
  /** The parameter that names the resource, and what it holds. */
  readonly by: string;
  readonly ref: (entity: E, unit: Unit) => unknown;
  readonly form?: 'list' | 'map' | 'TagKey';
  /** The parameters of the tags and of the keys. */
  readonly tags?: string;
  readonly keys?: string;
}

/** Calls that set and remove tags of one resource, as most services have them. */
export function tagCalls<E extends Entity>(api: TagApi<E>): Calls<E> {
  const { form = 'list', tags = 'tags', keys = 'tagKeys' } = api;
  const written = (set: Tags = {}) => {
    if (form === 'map') return set;
    const [key, value] = form === 'TagKey' ? ['tagKey', 'tagValue'] : ['key', 'value'];
    return Object.entries(set).map(([k, v]) => ({ [key]: k, [value]: v }));
  };
  return {
    tag: each((entity, { unit, set }) => ({
      name: api.tag,
      request: { [api.by]: api.ref(entity, unit), [tags]: written(set) },
    })),
    untag: each((entity, { unit, unset = [] }) => ({
      name: api.untag,
      request: { [api.by]: api.ref(entity, unit), [keys]: [...unset] },
    })),
  };
}

/** EC2 writes lists as `{items: […]}`. */
export function items<T>(list: readonly T[]): { items: readonly T[] } {
  return { items: list };
}

/** EC2's tags: one call for any number of resources, of any of its types. */
export function ec2TagCalls<E extends Entity>(): Calls<E> {
  const resourcesSet = (entities: readonly E[]) => items(entities.map(({ id }) => ({ resourceId: id })));
  const tagged = (name: string, entities: readonly E[], tagSet: readonly object[]) => ({
    name,
    request: { resourcesSet: resourcesSet(entities), tagSet: items(tagSet) },
    response: { _return: true },
  });
  return {
    tag: together((entities, { set = {} }) =>
      tagged(
        'CreateTags',
        entities,
        Object.entries(set).map(([key, value]) => ({ key, value })),
      ),
    ),
    untag: together((entities, { unset = [] }) =>
      tagged(
        'DeleteTags',
        entities,
        unset.map((key) => ({ key })),
      ),
    ),
  };
}

/** `tagSpecificationSet` of EC2's creating calls. */
export function tagSpecification(resourceType: string, tags: Tags): object {
  const own = Object.entries(tags).filter(([key]) => !key.startsWith('aws:'));
  if (own.length === 0) return {};
  const list = own.map(([key, value]) => ({ key, value }));
  return { tagSpecificationSet: items([{ resourceType, tags: list }]) };
}
