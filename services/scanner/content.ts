/** From what a type maps to what is stored: the resource, the hash that tells whether it changed, and its size. */
import type { Resource, Unit } from '../../lib/resource.ts';
import { canonicalText, canonicalWith, hashText } from './hash.ts';
import type { Mapped } from './resource-type.ts';

export interface Content {
  readonly resource: Resource;
  readonly hash: string;
  /** What was hashed. */
  readonly text: string;
}
type Volatile = Readonly<Record<string, number>>;

/** The resource of a unit, its flat fields repeated in its metadata. */
export function resourceOf(provider: string, unit: Unit, mapped: Mapped): Resource {
  const { id, name, status, created_at, fields } = mapped;
  const { account, region, type } = unit;
  return {
    ...fields,
    id,
    provider,
    account,
    region,
    type,
    name,
    status,
    tags: mapped.tags,
    created_at,
    refs: mapped.refs as string[],
    metadata: Object.assign(mapped.metadata, fields),
  };
}

/** Hashes what the unit does not fix. The flat fields stand in the metadata too and are taken from there. */
export function contentOf(resource: Resource, volatile: Volatile | undefined): Content {
  const { id, name, status, tags, created_at, refs, metadata } = resource;
  const steady = volatile ? canonicalWith(metadata, steadily(volatile)) : canonicalText(metadata);
  const [made, own, called] = [canonicalText(created_at), canonicalText(id), canonicalText(name)];
  const [of, state, labels] = [canonicalText(refs), canonicalText(status), canonicalText(tags)];
  // The canonical text of an object of these seven, whose order need not be looked for.
  const text = `{10:created_at${made}2:id${own}8:metadata${steady}4:name${called}4:refs${of}6:status${state}4:tags${labels}}`;
  return { resource, hash: hashText(text), text };
}

const steadies = new WeakMap<Volatile, (field: string, value: unknown) => unknown>();

/** What of a field counts. Made once for each type. */
function steadily(volatile: Volatile): (field: string, value: unknown) => unknown {
  const known = steadies.get(volatile);
  if (known) return known;
  const grains = new Map(Object.entries(volatile));
  const made = (field: string, value: unknown): unknown => {
    const grain = grains.get(field);
    if (grain === undefined) return value;
    return grain === Number.POSITIVE_INFINITY ? undefined : coarse(value, grain);
  };
  steadies.set(volatile, made);
  return made;
}

/** An instant to its grain: how many of them have passed since 1970. */
function coarse(value: unknown, grain: number): unknown {
  const at = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(at) ? value : Math.floor(at / grain);
}

/** What JSON escapes and what real answers hold; a search for each is ten times as fast as a pattern for all. */
const escaped = ['"', '\\', '\n', '\t', '\r'];

/**
 * At least the bytes of the resource's JSON. It has quotes and separators where the canonical text has lengths, and the
 * flat fields stand in it twice; only escapes cannot be bounded, so that a text with some is measured.
 */
export function jsonBytes({ resource, text }: Content): number {
  if (escaped.some((part) => text.includes(part))) return Buffer.byteLength(JSON.stringify(resource));
  return Math.ceil(Buffer.byteLength(text) * 1.6) + 512;
}
