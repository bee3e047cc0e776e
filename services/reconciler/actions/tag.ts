import { defineAction } from '../action.ts';
import type { ActionParams } from '../reconciler.schema.ts';
import { hasTags, setTags, tagRights } from './common.ts';

/** AWS's limits for keys and values of tags. */
const MAX_KEY = 128;
const MAX_VALUE = 256;

function tagsOf(params: ActionParams): Record<string, string> {
  return (params['tags'] ?? {}) as Record<string, string>;
}

/** Sets tags. One that has another value already is somebody's word and stays, unless `overwrite` is asked for. */
export const tag = defineAction({
  type: 'tag',
  title: 'Set tags',
  cost: 'reversible',
  resources: [],
  proposable: true,
  params({ tags, overwrite }) {
    const wrong = faultOf(tags);
    if (wrong !== undefined) return wrong;
    return { tags, ...(overwrite === true ? { overwrite } : {}) };
  },
  check({ tags }, params) {
    const wanted = Object.entries(tagsOf(params));
    if (wanted.every(([key, value]) => tags[key] === value)) return 'it has these tags already';
    const taken = wanted.filter(([key, value]) => tags[key] !== undefined && tags[key] !== value).map(([key]) => key);
    if (taken.length === 0) return undefined;
    if (params['overwrite'] !== true) return `it has another ${taken.join(', ')} already`;
    return taken.length < wanted.length ? 'it would overwrite some tags and add others: do one at a time' : undefined;
  },
  would: (_resource, params) =>
    `tag it ${Object.entries(tagsOf(params))
      .map(([key, value]) => `${key}=${value}`)
      .join(', ')}`,
  inverse({ tags }, params) {
    const keys = Object.keys(tagsOf(params));
    const before = Object.fromEntries(keys.flatMap((key) => (tags[key] === undefined ? [] : [[key, tags[key]]])));
    if (Object.keys(before).length > 0) return { action: 'tag', params: { tags: before, overwrite: true } };
    return { action: 'untag', params: { keys, only: tagsOf(params) } };
  },
  steps: [
    {
      name: 'tag',
      role: 'tag',
      iam: tagRights,
      call: (context) => setTags(context, tagsOf(context.params)),
      happened: async ({ read, params }) => hasTags(await read(), tagsOf(params)),
    },
  ],
});

function faultOf(tags: unknown): string | undefined {
  if (typeof tags !== 'object' || tags === null || Array.isArray(tags)) return 'tags is no object of keys and values';
  const entries = Object.entries(tags);
  if (entries.length === 0 || entries.length > 20) return 'it takes 1 to 20 tags';
  const bad = entries.find(([key, value]) => !isKey(key) || typeof value !== 'string' || value.length > MAX_VALUE);
  return bad ? `the tag ${JSON.stringify(bad[0]).slice(0, 60)} is not one that AWS takes` : undefined;
}

export function isKey(key: unknown): key is string {
  return typeof key === 'string' && key.length > 0 && key.length <= MAX_KEY && !/^aws:/i.test(key);
}
