/** EC2's Filter.N: names with wildcards in their values; all filters must match, any of a filter's values will do. */
import type { Filter } from '@aws-sdk/client-ec2';
import type { Tags } from '../world/entity.ts';
import { ApiError } from './call.ts';

/** The values that a resource has under a filter's name. */
export type FilterFields<T> = Readonly<Record<string, (item: T) => readonly string[]>>;

/** A test for the filters. Throws InvalidParameterValue for a filter that the call does not know. */
export function filterTest<T extends { readonly tags: Tags }>(
  filters: readonly Filter[] | undefined,
  fields: FilterFields<T>,
): ((item: T) => boolean) | undefined {
  if (!filters || filters.length === 0) return undefined;
  const tests = filters.map(({ Name = '', Values = [] }) => {
    const read = Name.startsWith('tag:') ? tagValue(Name.slice(4)) : Name === 'tag-key' ? tagKeys : fields[Name];
    if (!read) throw new ApiError('InvalidParameterValue', `The filter '${Name}' is invalid`);
    const patterns = Values.map(wildcard);
    return (item: T) => read(item).some((value) => patterns.some((pattern) => pattern.test(value)));
  });
  return (item) => tests.every((test) => test(item));
}

function tagValue(key: string) {
  return ({ tags }: { readonly tags: Tags }): readonly string[] => (tags[key] === undefined ? [] : [tags[key]]);
}

function tagKeys({ tags }: { readonly tags: Tags }): readonly string[] {
  return Object.keys(tags);
}

function wildcard(text: string): RegExp {
  const source = text
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's');
}
