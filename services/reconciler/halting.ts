/** Stops a policy whose actions fail, are objected to, or are far more than usual. */
import type { Clock } from '../../lib/time.ts';
import type { Book } from './book.ts';
import { haltOf, type Outcome } from './canary.ts';
import type { Item } from './reconciler.schema.ts';
import type { ReconcilerSettings } from './settings.ts';
import type { ItemEvent } from './state.ts';

export interface HaltingParts {
  readonly book: Book;
  readonly clock: Clock;
  readonly settings: Pick<ReconcilerSettings, 'canary'>;
  readonly name: string;
}

const DAY_MS = 86_400_000;
/** What counts is at most so old, and since the policy was last let go on. */
const LOOK_BACK_DAYS = 30;
/** An item may be so much older than what happens to it. */
const OPEN_DAYS = 120;

/** Resolves with why it was stopped, undefined when it was not. */
export async function haltIfNeeded(
  policy: string,
  { book, clock, settings, name }: HaltingParts,
): Promise<string | undefined> {
  const now = clock.now();
  const moved = (await book.switches([policy])).get(policy);
  if (policy === '' || moved?.stopped) return undefined;
  const from = Math.max(moved?.at ?? 0, now - LOOK_BACK_DAYS * DAY_MS);
  const reason = haltOf(await outcomesOf(policy, from, book), now, settings.canary);
  if (reason !== undefined) await book.turn(policy, { stopped: true, reason, by: name, at: now });
  return reason;
}

async function outcomesOf(policy: string, from: number, book: Book): Promise<Outcome[]> {
  const items = await book.all(from - OPEN_DAYS * DAY_MS);
  return items
    .filter(({ item }) => item.policy === policy)
    .flatMap(({ item, events }) => events.filter(({ at }) => at > from).flatMap((event) => outcomeIn(item, event)))
    .sort((a, b) => a.at - b.at);
}

function outcomeIn(item: Item, event: ItemEvent): Outcome[] {
  const { at, kind } = event;
  if (kind === 'failed') return [{ at, kind: 'failed' }];
  if (kind === 'cancelled') return [{ at, kind: 'objected' }];
  if (kind !== 'done') return [];
  // Taking a mark off belongs to the cancelling, which counts by itself.
  if (item.undoes?.endsWith('.0')) return [];
  return [{ at, kind: item.undoes === undefined ? 'done' : 'objected' }];
}
