/** Which fields of a resource changed: paths with old and new values, bounded in number and in size. */
import { isObject } from '../../lib/is-object.ts';
import type { FieldChange } from '../../lib/resource.ts';

/** More changed paths than this are summed up in one entry: nobody reads them, and each is stored. */
export const MAX_FIELDS = 100;
/** Characters of JSON that one old or new value may take; a longer one is cut and says so. */
export const MAX_VALUE = 2000;
const MAX_DEPTH = 40;

type Fields = Readonly<Record<string, unknown>>;

/** Names that identify an element of a list, the first that all elements of both lists have and that is unique. */
const keyNames = [
  'id',
  'key',
  'Key',
  'Id',
  'arn',
  'Arn',
  'name',
  'Name',
  'rule_id',
  'GroupId',
  'VolumeId',
  'DeviceName',
] as const;

/**
 * Compares two resources. `metadata` repeats the flat fields, so what is told of a flat field is not told again.
 * Elements of lists are matched by their key where they have one; otherwise what the lists have in common is set aside
 * whatever its position, so an element put in front changes one path and not all of them. Time is linear in the
 * documents' size.
 */
export function diffResources(before: Fields, after: Fields): FieldChange[] {
  const out = new Collector();
  eachName(before, after, (name) => {
    if (name !== 'metadata') compare(name, before[name], after[name], { out, depth: 1 });
  });
  compareMetadata(before, after, out);
  return out.finish();
}

function compareMetadata(before: Fields, after: Fields, out: Collector): void {
  const old = asFields(before.metadata);
  const now = asFields(after.metadata);
  eachName(old, now, (name) => {
    if (same(old[name], now[name])) return;
    if (repeats(before, old, name) && repeats(after, now, name)) return;
    compare(`metadata.${name}`, old[name], now[name], { out, depth: 2 });
  });
}

function repeats(resource: Fields, metadata: Fields, name: string): boolean {
  return name !== 'metadata' && name in resource === name in metadata && same(resource[name], metadata[name]);
}

interface Place {
  readonly out: Collector;
  readonly depth: number;
}

function compare(path: string, before: unknown, after: unknown, { out, depth }: Place): void {
  // What is absent and what is null are told apart by nobody who reads a change.
  if ((before ?? null) === (after ?? null)) return;
  const inner = { out, depth: depth + 1 };
  if (depth >= MAX_DEPTH) {
    if (!same(before, after)) out.add(path, before, after);
  } else if (Array.isArray(before) && Array.isArray(after)) compareLists(path, before, after, inner);
  else if (isObject(before) && isObject(after)) {
    eachName(before, after, (name) => compare(`${path}.${name}`, before[name], after[name], inner));
  } else out.add(path, before, after);
}

function compareLists(path: string, before: readonly unknown[], after: readonly unknown[], place: Place): void {
  if (same(before, after)) return;
  const key = keyOf(before, after);
  if (key === undefined) {
    compareUnkeyed(path, before, after, place);
    return;
  }
  const old = byKey(before, key);
  const now = byKey(after, key);
  for (const name of new Set([...old.keys(), ...now.keys()])) {
    compare(`${path}.${name}`, old.get(name), now.get(name), place);
  }
}

/** Equal elements cancel out by their text; what is left is paired in order, so a changed element is one change. */
function compareUnkeyed(path: string, before: readonly unknown[], after: readonly unknown[], place: Place): void {
  const oldTexts = before.map(canonical);
  const newTexts = after.map(canonical);
  const old = leftOver(oldTexts, newTexts);
  const now = leftOver(newTexts, oldTexts);
  for (let i = 0; i < Math.max(old.length, now.length); i += 1) {
    const [from, to] = [old[i], now[i]];
    compare(
      `${path}.${to ?? from}`,
      from === undefined ? undefined : before[from],
      to === undefined ? undefined : after[to],
      place,
    );
  }
}

/** Places of the texts that the other list does not have, each as often as it lacks them. */
function leftOver(texts: readonly string[], others: readonly string[]): number[] {
  const counts = new Map<string, number>();
  for (const text of others) add(counts, text, 1);
  return texts.flatMap((text, index) => (take(counts, text) ? [] : index));
}

function add(counts: Map<string, number>, text: string, by: number): void {
  counts.set(text, (counts.get(text) ?? 0) + by);
}

function take(counts: Map<string, number>, text: string): boolean {
  const count = counts.get(text) ?? 0;
  if (count === 0) return false;
  counts.set(text, count - 1);
  return true;
}

function keyOf(before: readonly unknown[], after: readonly unknown[]): string | undefined {
  const items = [...before, ...after];
  if (items.length === 0 || !items.every(isObject)) return undefined;
  return keyNames.find((name) => isKey(before as Fields[], name) && isKey(after as Fields[], name));
}

function isKey(items: readonly Fields[], name: string): boolean {
  const values = new Set<unknown>();
  for (const item of items) {
    const value = item[name];
    if (typeof value !== 'string' && typeof value !== 'number') return false;
    values.add(value);
  }
  return values.size === items.length;
}

function byKey(items: readonly unknown[], key: string): Map<string, unknown> {
  return new Map(items.map((item) => [String((item as Fields)[key]), item]));
}

function asFields(value: unknown): Fields {
  return isObject(value) ? value : {};
}

/** Equal but for the order of names. What JSON leaves out, it takes for absent. */
function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item, i) => same(item, b[i]));
  if (!isObject(a) || !isObject(b)) return false;
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => name in b && same(a[name], b[name]));
}

function eachName(before: Fields, after: Fields, visit: (name: string) => void): void {
  for (const name of Object.keys(before)) visit(name);
  for (const name of Object.keys(after)) if (!(name in before)) visit(name);
}

/** JSON with the names in order, so that the order in which an API wrote them makes no change. */
function canonical(value: unknown): string {
  return (
    JSON.stringify(value, (_, item: unknown) =>
      isObject(item) ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1))) : item,
    ) ?? 'null'
  );
}

/** Takes what fits and counts the rest. */
class Collector {
  readonly #found: FieldChange[] = [];
  #more = 0;

  add(path: string, before: unknown, after: unknown): void {
    if (this.#found.length < MAX_FIELDS) this.#found.push({ path, old: bounded(before), new: bounded(after) });
    else this.#more += 1;
  }

  finish(): FieldChange[] {
    if (this.#more > 0) this.#found.push({ path: '…', old: null, new: `${this.#more} more fields changed` });
    return this.#found;
  }
}

function bounded(value: unknown): unknown {
  if (value === undefined) return null;
  const text = JSON.stringify(value) ?? 'null';
  return text.length <= MAX_VALUE ? value : `${text.slice(0, MAX_VALUE)}… (${text.length} characters)`;
}
