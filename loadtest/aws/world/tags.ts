import type { Tags } from './entity.ts';

/** `[{Key, Value}]`, the form that most APIs give tags in. */
export function tagList(tags: Tags): { Key: string; Value: string }[] {
  const list = [];
  for (const key in tags) list.push({ Key: key, Value: tags[key] as string });
  return list;
}
