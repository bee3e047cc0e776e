/**
 * A detail that could not be read must not look like a change: were `public_read` to vanish for want of a permission, the
 * rule about it would fall silent. So the fields of a gap keep the values that the memory holds.
 */
import type { Resource, Unit } from '../../lib/resource.ts';
import type { Memory } from './memory.ts';
import { everything, type Gap, type Mapped } from './resource-type.ts';

export interface Partly {
  readonly mapped: Mapped;
  readonly gaps: readonly Gap[];
}
export interface CarryFrom {
  readonly memory: Pick<Memory, 'resources'>;
  readonly known: ReadonlyMap<string, string>;
  readonly unit: Unit;
  readonly make: (mapped: Mapped) => Resource;
}
export interface Carried {
  readonly resources: readonly Resource[];
  /** Resources that are there, but of which nothing more was read: they stay as they are. */
  readonly kept: readonly string[];
}

/** The resources of a page with gaps, their unknown fields filled from the memory where it has them. */
export async function carryOver(found: readonly Partly[], from: CarryFrom): Promise<Carried> {
  const unread = found.filter(isUnread);
  const partly = found.filter((one) => !isUnread(one));
  const before = await stored(
    partly.map(({ mapped }) => mapped.id).filter((id) => from.known.has(id)),
    from,
  );
  return {
    kept: unread.map(({ mapped }) => mapped.id),
    resources: partly.map(({ mapped, gaps }) => {
      const resource = from.make(mapped);
      const old = before.get(resource.id);
      return old
        ? filled(
            resource,
            old,
            gaps.flatMap(({ fields }) => fields),
          )
        : resource;
    }),
  };
}

function isUnread({ gaps }: Partly): boolean {
  return gaps.some(({ fields }) => fields.includes(everything));
}

/** A page has at most a thousand resources, which is what one question may name. */
async function stored(ids: readonly string[], { memory, unit }: CarryFrom): Promise<Map<string, Resource>> {
  const found = new Map<string, Resource>();
  for (let at = 0; at < ids.length; at += 1000) {
    const { account, region, type } = unit;
    const some = ids.slice(at, at + 1000);
    const filter = { accounts: [account], regions: [region], types: [type], ids: some };
    const { resources } = await memory.resources({ filter, limit: 1000 });
    for (const resource of resources) found.set(resource.id, resource);
  }
  return found;
}

function filled(resource: Resource, old: Resource, fields: readonly string[]): Resource {
  const flat: Record<string, unknown> = {};
  const metadata: Record<string, unknown> = { ...resource.metadata };
  for (const field of fields) {
    if (field in old) flat[field] = (old as Readonly<Record<string, unknown>>)[field];
    if (field in old.metadata) metadata[field] = old.metadata[field];
  }
  return { ...resource, ...flat, metadata };
}
