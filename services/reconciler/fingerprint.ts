/** Whether a resource is still the one that was judged: a digest of all that it is, but for Elava's own marks. Pure. */
import { createHash } from 'node:crypto';
import type { Resource } from '../../lib/resource.ts';

/** Tags that Elava puts on what it is about to act on; they are no change of the resource. */
export const markTags = { due: 'elava_due', item: 'elava_item' } as const;
const marks: ReadonlySet<string> = new Set(Object.values(markTags));

/** Fields that the memory adds, or that move by themselves. */
export interface Ignored {
  readonly volatile: readonly string[];
}
const remembered = ['first_seen', 'last_seen', 'state_since', 'revision'];

/** 32 hex digits, equal for equal content whatever the order of its keys. */
export function fingerprintOf(resource: Resource, { volatile }: Ignored): string {
  const left = new Set([...remembered, ...volatile]);
  const { metadata, tags, ...flat } = resource;
  const without = (from: object): object => Object.fromEntries(Object.entries(from).filter(([key]) => !left.has(key)));
  const own = Object.fromEntries(Object.entries(tags).filter(([key]) => !marks.has(key)));
  const text = canonicalJson({ ...without(flat), metadata: without(metadata), tags: own });
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

/** JSON with sorted keys and without undefined members, so that it can be signed and compared. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((one) => canonicalJson(one ?? null)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}
