/** Reads a unit's resources a page at a time: the next page is under way while one is worked on, details run side by side. */
import { codeOf, elavaError } from '../../lib/errors.ts';
import type { Detailed, Gap, Mapped, Page, ResourceType } from './resource-type.ts';

export interface Found {
  readonly mapped: Mapped;
  readonly gaps: readonly Gap[];
}

/** Details of one unit that are read at once. */
const DETAILS = 8;
/** More pages than any unit has: 10 million resources at ten a page. What goes on after that goes round in circles. */
const MAX_PAGES = 1_000_000;

/** Yields every page's resources. Throws what the listing throws; a detail that fails is a gap in its resource. */
export async function* readPages<C, Item>(
  type: ResourceType<C, Item>,
  context: C,
  signal: AbortSignal,
): AsyncGenerator<readonly Found[]> {
  let ahead: Promise<Page<Item>> | undefined = type.list(context, undefined);
  let token: string | undefined;
  for (let pages = 0; ahead !== undefined; pages++) {
    const page: Page<Item> = await ahead;
    const next: string | undefined = page.next || undefined;
    if (next !== undefined && (next === token || pages >= MAX_PAGES)) {
      throw elavaError('AWS_RESPONSE_INVALID', `the listing of ${type.type} gives the same page token again`);
    }
    token = next;
    ahead = next === undefined ? undefined : type.list(context, next);
    // Should the page at hand fail first, nobody waits for the next one any more.
    ahead?.catch(() => undefined);
    yield await detailed(type, context, page.items, signal);
  }
}

async function detailed<C, Item>(
  type: ResourceType<C, Item>,
  context: C,
  items: readonly Item[],
  signal: AbortSignal,
): Promise<readonly Found[]> {
  if (!type.detail) return items.map((item) => ({ mapped: type.map(item, context), gaps: none }));
  const found: (Found | undefined)[] = [];
  let at = 0;
  const worker = async (): Promise<void> => {
    while (at < items.length && !signal.aborted) {
      const mine = at++;
      const got: Detailed<Item> | undefined = await type.detail?.(context, items[mine] as Item);
      if (got) found[mine] = { mapped: type.map(got.item, context), gaps: got.gaps };
    }
  };
  await Promise.all(Array.from({ length: Math.min(DETAILS, items.length) }, worker));
  return found.filter((one) => one !== undefined);
}
const none: readonly Gap[] = [];

/** Codes that say nothing of one resource but of the whole unit: going on would only repeat them. */
const fatal: ReadonlySet<string> = new Set([
  'CANCELLED',
  'DEADLINE_EXCEEDED',
  'AWS_CREDENTIALS_INVALID',
  'AWS_CREDENTIALS_EXPIRED',
  'AWS_CREDENTIALS_MISSING',
  'AWS_REGION_DISABLED',
  'AWS_UNREACHABLE',
  'INTERNAL',
]);

/** Turns a failed detail into a gap. Throws on when the failure is not the resource's own. */
export function gapOf(fields: readonly string[], error: unknown): Gap {
  if (fatal.has(codeOf(error))) throw error;
  return { fields, error };
}
