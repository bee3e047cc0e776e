/** Which of the waiting writes go into one revision. Pure. */
import { type Unit, unitKey } from '../../lib/resource.ts';

/** What the queue must know of a write. */
export interface Waiting {
  readonly kind: 'ingest' | 'observe' | 'judged' | 'attributed';
  readonly unit: Unit;
  /** Instant of the versions that it writes, in milliseconds. */
  readonly at: number;
  /** Rows that it may write. */
  readonly rows: number;
  /** Ids of its resources; two batches of one revision may not share any. */
  readonly ids: () => Iterable<string>;
}

/** One insert takes up to this many rows: more would keep the event loop busy for long (0.1 s for 10,000). */
export const GROUP_ROWS = 5000;
const GROUP_ITEMS = 1000;
const WEEK_MS = 7 * 86_400_000;

/** toMonday as a number: 1970-01-01 was a Thursday. */
export function weekOf(at: number): number {
  return Math.floor((at + 3 * 86_400_000) / WEEK_MS);
}

/**
 * Takes from the front what can be written together: writes of one week (one part of the log, so all or nothing), no
 * resource twice, and an observation only where no batch of its unit goes before it in the same revision. The order of
 * a unit's writes is kept. Takes one at least.
 */
export function takeGroup<T extends Waiting>(waiting: T[]): T[] {
  const group: T[] = [];
  const rest: T[] = [];
  const blocked = new Set<string>();
  const seen = new Seen();
  let rows = 0;
  for (const [i, item] of waiting.entries()) {
    const key = unitKey(item.unit);
    const fits =
      group.length === 0 ||
      (rows + item.rows <= GROUP_ROWS && group.length < GROUP_ITEMS && !blocked.has(key) && sameWeek(group, item));
    if (fits && seen.add(item, key)) {
      group.push(item);
      rows += item.rows;
    } else {
      rest.push(item);
      blocked.add(key);
    }
    if (rows >= GROUP_ROWS || group.length >= GROUP_ITEMS) {
      rest.push(...waiting.slice(i + 1));
      break;
    }
  }
  waiting.splice(0, waiting.length, ...rest);
  return group;
}

function sameWeek(group: readonly Waiting[], item: Waiting): boolean {
  return group[0] === undefined || weekOf(group[0].at) === weekOf(item.at);
}

/** What the group holds already. */
class Seen {
  readonly #ids = new Map<string, Set<string>>();
  readonly #observed = new Set<string>();

  /** False when the item must wait for the next revision. */
  add(item: Waiting, key: string): boolean {
    if (this.#observed.has(key)) return false;
    const slot = `${item.kind} ${key}`;
    const ids = this.#ids.get(slot);
    if (item.kind !== 'ingest') {
      if (this.#ids.has(`ingest ${key}`) || ids) return false;
      this.#observed.add(key);
      return true;
    }
    const own = [...item.ids()];
    if (ids && own.some((id) => ids.has(id))) return false;
    this.#ids.set(slot, new Set([...(ids ?? []), ...own]));
    return true;
  }
}
