/** One resource as the cloud shows it now, mapped as a scan would; nothing is stored. */
import { elavaError } from '../../lib/errors.ts';
import type { Resource, Unit } from '../../lib/resource.ts';
import { resourceOf } from './content.ts';
import type { Provider } from './provider.ts';
import type { Page, ResourceType } from './resource-type.ts';

/** More pages than any unit has. */
const MAX_PAGES = 1_000_000;

/**
 * Lists the unit until the resource is found; only of what may be it are the details read. Undefined when a whole listing
 * does not show it. Errors: TYPE_UNKNOWN, those of the listing, and that of a detail that could not be read.
 */
export async function readOne(
  { unit, id }: { readonly unit: Unit; readonly id: string },
  provider: Provider,
  signal: AbortSignal,
): Promise<Resource | undefined> {
  const type = provider.types.get(unit.type);
  if (!type) throw elavaError('TYPE_UNKNOWN', `there is no resource type ${unit.type}`);
  const context = await provider.open(unit, signal);
  let token: string | undefined;
  for (let pages = 0; pages < MAX_PAGES; pages += 1) {
    const page: Page<unknown> = await type.list(context, token);
    for (const item of page.items.filter((one) => mayBe(one, id))) {
      const mapped = await mapOne(type, context, item);
      if (mapped?.mapped.id !== id) continue;
      if (mapped.gap) throw mapped.gap.error;
      const resource = resourceOf(provider.name, unit, mapped.mapped);
      // As the store gives it back: instants are text, and what is undefined is not there.
      return JSON.parse(JSON.stringify(resource)) as Resource;
    }
    token = page.next || undefined;
    if (token === undefined) return undefined;
  }
  throw elavaError('AWS_RESPONSE_INVALID', `the listing of ${unit.type} does not end`);
}

/** The last part of an id stands in every answer that is about it. */
function mayBe(item: unknown, id: string): boolean {
  const name = id.split(/[:/]/).at(-1) ?? id;
  return JSON.stringify(item).includes(JSON.stringify(name).slice(1, -1));
}

async function mapOne(type: ResourceType<unknown, unknown>, context: unknown, item: unknown) {
  const found = type.detail ? await type.detail(context, item) : { item, gaps: [] };
  return found && { mapped: type.map(found.item, context), gap: found.gaps[0] };
}
