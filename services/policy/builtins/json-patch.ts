/** JSON Patch (RFC 6902) on Rego's values: a path may also be a list, and lead into sets. */
import type { RegoObject, RegoValue } from '../host/values.ts';
import { equalValues, valueAt } from './subset.ts';

/** Undefined stands for a patch that does not fit; nothing of it counts then. */
export function applyPatch(source: RegoValue, patches: RegoValue | undefined): RegoValue | undefined {
  if (!Array.isArray(patches)) return undefined;
  let value: RegoValue | undefined = source;
  for (const patch of patches) {
    if (value === undefined || !(patch instanceof Map)) return undefined;
    value = applyOne(value, patch);
  }
  return value;
}

interface Patch {
  readonly path: readonly RegoValue[];
  readonly from: readonly RegoValue[] | undefined;
  readonly given: RegoValue | undefined;
}
type Operation = (value: RegoValue, patch: Patch) => RegoValue | undefined;

const operations: Readonly<Record<string, Operation>> = {
  add: (value, { path, given }) => (given === undefined ? undefined : insert(value, path, given)),
  remove: (value, { path }) => remove(value, path),
  replace: (value, { path, given }) => (given === undefined ? undefined : replace(value, path, given)),
  copy: (value, { path, from }) => from && move(value, value, { from, path }),
  move: (value, { path, from }) => from && move(value, remove(value, from), { from, path }),
  test: (value, { path, given }) => (equalValues(find(value, path), given) ? value : undefined),
};

function applyOne(value: RegoValue, patch: RegoObject): RegoValue | undefined {
  const path = pathOf(patch.get('path'));
  const name = patch.get('op');
  const operation = typeof name === 'string' && Object.hasOwn(operations, name) ? operations[name] : undefined;
  if (!path || !operation) return undefined;
  return operation(value, { path, from: pathOf(patch.get('from')), given: patch.get('value') });
}

function replace(value: RegoValue, path: readonly RegoValue[], given: RegoValue): RegoValue | undefined {
  if (path.length === 0) return given;
  const rest = remove(value, path);
  return rest === undefined ? undefined : insert(rest, path, given);
}

function move(
  value: RegoValue,
  rest: RegoValue | undefined,
  { from, path }: { readonly from: readonly RegoValue[]; readonly path: readonly RegoValue[] },
): RegoValue | undefined {
  const chunk = find(value, from);
  return chunk === undefined || rest === undefined ? undefined : insert(rest, path, chunk);
}

function pathOf(path: RegoValue | undefined): readonly RegoValue[] | undefined {
  if (Array.isArray(path)) return path;
  if (typeof path !== 'string') return undefined;
  if (path === '') return [];
  return path
    .replace(/^\/+/, '')
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** Where in a list; `-` is behind its end. */
function indexOf(key: RegoValue, length: number): number | undefined {
  if (key === '-') return length;
  if (typeof key === 'string') return /^(0|-?[1-9][0-9]{0,8})$/.test(key) ? Number(key) : undefined;
  return typeof key === 'number' ? key : undefined;
}

function child(value: RegoValue, key: RegoValue): RegoValue | undefined {
  if (value instanceof Map) return valueAt(value, key);
  if (value instanceof Set) return [...value].find((one) => equalValues(one, key));
  return Array.isArray(value) ? value[indexOf(key, value.length) ?? -1] : undefined;
}

function find(value: RegoValue, path: readonly RegoValue[]): RegoValue | undefined {
  let at: RegoValue | undefined = value;
  for (const key of path) at = at === undefined ? undefined : child(at, key);
  return at;
}

/** A copy with what `change` makes of the value that holds the path's last key. */
function edit(
  value: RegoValue,
  path: readonly RegoValue[],
  change: (holder: RegoValue, key: RegoValue) => RegoValue | undefined,
): RegoValue | undefined {
  const [key, ...rest] = path;
  if (key === undefined) return undefined;
  if (rest.length === 0) return change(value, key);
  const below = child(value, key);
  const changed = below === undefined ? undefined : edit(below, rest, change);
  return changed === undefined ? undefined : swap(value, key, changed);
}

function swap(value: RegoValue, key: RegoValue, changed: RegoValue): RegoValue | undefined {
  if (value instanceof Map) return withEntry(value, key, changed);
  if (value instanceof Set) return new Set([...withoutElement(value, key), changed]);
  if (!Array.isArray(value)) return undefined;
  return value.with(indexOf(key, value.length) ?? 0, changed);
}

function insert(value: RegoValue, path: readonly RegoValue[], given: RegoValue): RegoValue | undefined {
  if (path.length === 0) return given;
  return edit(value, path, (holder, key) => {
    if (holder instanceof Map) return withEntry(holder, key, given);
    if (holder instanceof Set)
      return equalValues(key, given) ? new Set([...withoutElement(holder, key), given]) : undefined;
    if (!Array.isArray(holder)) return undefined;
    const index = indexOf(key, holder.length);
    return index === undefined || index < 0 || index > holder.length ? undefined : holder.toSpliced(index, 0, given);
  });
}

function remove(value: RegoValue, path: readonly RegoValue[]): RegoValue | undefined {
  return edit(value, path, (holder, key) => {
    if (child(holder, key) === undefined) return undefined;
    if (holder instanceof Map) return new Map([...holder].filter(([other]) => !equalValues(other, key)));
    if (holder instanceof Set) return withoutElement(holder, key);
    return Array.isArray(holder) ? holder.toSpliced(indexOf(key, holder.length) ?? 0, 1) : undefined;
  });
}

function withEntry(object: RegoObject, key: RegoValue, value: RegoValue): RegoObject {
  return new Map([...[...object].filter(([other]) => !equalValues(other, key)), [key, value]]);
}

function withoutElement(set: ReadonlySet<RegoValue>, element: RegoValue): Set<RegoValue> {
  return new Set([...set].filter((one) => !equalValues(one, element)));
}
