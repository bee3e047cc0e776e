/** The fields in which two documents differ, by path. Pure. */
import type { FieldChange } from '../../../../lib/resource.ts';

const MOST = 2000;

/** Objects are gone into, arrays index by index; what only one has is told whole. */
export function differencesOf(before: unknown, after: unknown): FieldChange[] {
  const found: FieldChange[] = [];
  walk(before, after, '', found);
  return found;
}

function walk(before: unknown, after: unknown, path: string, found: FieldChange[]): void {
  if (found.length >= MOST || Object.is(before, after)) return;
  if (isObject(before) && isObject(after) && Array.isArray(before) === Array.isArray(after)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
    for (const key of keys) walk(before[key], after[key], path === '' ? key : `${path}.${key}`, found);
    return;
  }
  found.push({ path, old: before, new: after });
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
