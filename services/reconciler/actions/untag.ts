import { defineAction } from '../action.ts';
import type { ActionParams } from '../reconciler.schema.ts';
import { removeTags, untagRights } from './common.ts';
import { isKey } from './tag.ts';

const keysOf = (params: ActionParams): string[] => (params['keys'] ?? []) as string[];
const onlyOf = (params: ActionParams): Record<string, string> => (params['only'] ?? {}) as Record<string, string>;

/** Removes tags; with `only`, as an undo has it, those alone that still have the value that was set. */
export const untag = defineAction({
  type: 'untag',
  title: 'Remove tags',
  cost: 'reversible',
  resources: [],
  proposable: true,
  params({ keys, only }) {
    if (!Array.isArray(keys) || keys.length === 0 || keys.length > 20 || !keys.every(isKey)) {
      return 'keys is no list of 1 to 20 tags';
    }
    return { keys, ...(typeof only === 'object' && only !== null ? { only } : {}) };
  },
  check({ tags }, params) {
    const keys = keysOf(params);
    if (keys.every((key) => tags[key] === undefined)) return 'it has none of these tags';
    const changed = keys.find((key) => key in onlyOf(params) && tags[key] !== onlyOf(params)[key]);
    return changed === undefined ? undefined : `${changed} was changed since`;
  },
  would: (_resource, params) => `remove its tags ${keysOf(params).join(', ')}`,
  inverse({ tags }, params) {
    const before = Object.fromEntries(
      keysOf(params).flatMap((key) => (tags[key] === undefined ? [] : [[key, tags[key]]])),
    );
    return { action: 'tag', params: { tags: before } };
  },
  steps: [
    {
      name: 'untag',
      role: 'tag',
      iam: untagRights,
      call: (context) => removeTags(context, keysOf(context.params)),
      async happened({ read, params }) {
        const now = await read();
        return now !== undefined && keysOf(params).every((key) => now.tags[key] === undefined);
      },
    },
  ],
});
