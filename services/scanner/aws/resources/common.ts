/** What several types' files use to put AWS's answers into our words. */
import Type from 'typebox';

/** On types of which AWS makes some by itself: they are nobody's to own, tag or remove, and are no findings. */
export const providerOwned = Type.Boolean({ description: 'Made by AWS itself, not by the account.' });

/** The rules of its security groups, put into the input of policies. */
export const groupJoin = {
  field: 'security_groups',
  ids: 'security_group_ids',
  type: 'security_group',
  take: 'rules',
} as const;

/** What a load balancer of either generation listens to. */
export const Listener = Type.Object({
  port: Type.Integer(),
  protocol: Type.String(),
  tls: Type.Boolean(),
  ssl_policy: Type.Optional(Type.String()),
  certificate: Type.Optional(Type.String({ description: 'ARN.' })),
  redirects: Type.Optional(Type.Boolean({ description: 'To HTTPS.' })),
});

/**
 * Items of one page of EC2, of which it gives up to a thousand: about half a megabyte. Larger pages cost more CPU an item,
 * as what is read of them outlives the young generation of the heap (500 instances a page: 8.2k/CPU-s, 200: 11.6k).
 */
export const pageSize = { large: 200, small: 500 } as const;

interface Tag {
  readonly Key?: string | undefined;
  readonly Value?: string | undefined;
}

/** Every tag; one without a value is there with "". */
export function tagMap(tags: readonly Tag[] | undefined): Record<string, string> {
  const map: Record<string, string> = {};
  for (const { Key, Value } of tags ?? []) if (Key !== undefined) map[Key] = Value ?? '';
  return map;
}

interface LowerTag {
  readonly key?: string | undefined;
  readonly value?: string | undefined;
}

/** The same where the API writes them with small letters. */
export function lowerTagMap(tags: readonly LowerTag[] | undefined): Record<string, string> {
  return tagMap(tags?.map(({ key, value }) => ({ Key: key, Value: value })));
}

/** References without those that are not set, each once, sorted. */
export function refList(...ids: readonly (string | undefined | false)[]): string[] {
  return [...new Set(ids.filter((id) => typeof id === 'string' && id !== '') as string[])].sort();
}

/** A copy in the order of a text of each item, for lists whose order AWS does not promise. */
export function sortedBy<T>(items: readonly T[] | undefined, text: (item: T) => string | undefined): T[] {
  if (!items) return [];
  if (items.length < 2) return [...items];
  return [...items].sort((a, b) => compare(text(a) ?? '', text(b) ?? ''));
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** The fields that are set. */
export function present(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const set: Record<string, unknown> = {};
  for (const key of Object.keys(fields)) if (fields[key] !== undefined) set[key] = fields[key];
  return set;
}

/**
 * The answer as metadata, without what stands elsewhere on the resource. It is changed, not copied: an answer belongs to
 * whoever maps it, and `{ Tags, ...rest }` of a thousand instances costs as much as half of reading them.
 */
export function metadataOf(answer: object, without: readonly string[], others: object): Record<string, unknown> {
  for (const key of without) Reflect.deleteProperty(answer, key);
  return Object.assign(answer as Record<string, unknown>, others);
}

/** An instant as ISO 8601 in UTC, "" for none and for text that is no instant. Lambda writes its zone as +0000. */
export function instant(text: string | undefined): string {
  if (!text) return '';
  const at = Date.parse(text.replace(/([+-]\d\d)(\d\d)$/, '$1:$2'));
  return Number.isNaN(at) ? '' : new Date(at).toISOString();
}

/** The JSON of a policy document, which IAM encodes for URLs; its text where it is none. */
export function policyDocument(text: string | undefined): unknown {
  if (!text) return undefined;
  try {
    return JSON.parse(text.startsWith('%') ? decodeURIComponent(text) : text);
  } catch {
    return text;
  }
}

/** Narrows one of EC2's listings to some ids. Not by the parameter for ids: one that is gone would make it an error. */
export function onlyIds(filter: string, ids: readonly string[] | undefined) {
  return ids ? { Filters: [{ Name: filter, Values: [...ids] }] } : {};
}
