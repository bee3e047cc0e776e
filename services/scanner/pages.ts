/** Reads a unit's resources a page at a time: the next page is under way while one is worked on, details run side by side. */
import { codeOf, elavaError } from '../../lib/errors.ts';
import type { Cursor } from './checkpoint.ts';
import type { Gap, Page, ResourceType } from './resource-type.ts';

/** Items are mapped one at a time by whoever reads them: a page of mapped resources would outlive what is done with each. */
export interface Found<Item> {
  readonly item: Item;
  readonly gaps: readonly Gap[];
}

/** Details of one unit that are read at once. */
const DETAILS = 8;
/** More pages than any unit has: 10 million resources at ten a page. What goes on after that goes round in circles. */
const MAX_PAGES = 1_000_000;

/**
 * Yields every page's resources, from where the cursor stands; with each page it moves on. Throws what the listing throws; a
 * detail that fails is a gap in its resource.
 */
export async function* readPages<C, Item>(
  type: ResourceType<C, Item>,
  context: C,
  signal: AbortSignal,
  cursor: Cursor = {},
): AsyncGenerator<readonly Found<Item>[]> {
  let token: string | undefined = cursor.token;
  let ahead: Promise<Page<Item>> | undefined = type.list(context, token);
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
    const found = await detailed(type, context, page.items, signal);
    cursor.token = next;
    yield found;
  }
}

async function detailed<C, Item>(
  type: ResourceType<C, Item>,
  context: C,
  items: readonly Item[],
  signal: AbortSignal,
): Promise<readonly Found<Item>[]> {
  if (!type.detail) return items.map((item) => ({ item, gaps: none }));
  const found: (Found<Item> | undefined)[] = [];
  let at = 0;
  const worker = async (): Promise<void> => {
    while (at < items.length && !signal.aborted) {
      const mine = at++;
      found[mine] = await type.detail?.(context, items[mine] as Item);
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(DETAILS, items.length) }, worker));
  } finally {
    // After a failure the others end with what they have at hand.
    at = items.length;
  }
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
  'AWS_ACCOUNT_SUSPENDED',
  'AWS_UNREACHABLE',
  'INTERNAL',
]);

/** Turns a failed detail into a gap. Throws on when the failure is not the resource's own. */
export function gapOf(fields: readonly string[], error: unknown): Gap {
  if (fatal.has(codeOf(error))) throw error;
  return { fields, error };
}
