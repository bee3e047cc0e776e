/** Events of one account and region in the order of their time, and the pages that LookupEvents gives of them. */
import type { TrailEvent } from './event.ts';

/** LookupEvents gives nothing older. */
const keptMs = 90 * 86_400_000;
/** Most events that an account and region keeps; the oldest go first. */
const mostEvents = 400_000;

export interface Lookup {
  /** Milliseconds, both inclusive. */
  readonly from: number;
  readonly to: number;
  /** The world's clock. */
  readonly now: number;
  readonly accept: (event: TrailEvent) => boolean;
  readonly limit: number;
  /** Goes on after this event. */
  readonly after?: { readonly at: number; readonly seq: number } | undefined;
}

export class EventLog {
  #events: TrailEvent[] = [];

  get size(): number {
    return this.#events.length;
  }

  /** Behind all events of its instant: their order is that of their numbers. */
  add(event: TrailEvent): void {
    const events = this.#events;
    const at = this.#last(event.at) + 1;
    if (at === events.length) events.push(event);
    else events.splice(at, 0, event);
    if (events.length > mostEvents) this.#events = events.slice(mostEvents / 8);
  }

  /** Newest first. `more` when another page follows. */
  lookup({ from, to, now, accept, limit, after }: Lookup): { events: TrailEvent[]; more: boolean } {
    const found: TrailEvent[] = [];
    const oldest = Math.max(from, now - keptMs);
    const wanted = (event: TrailEvent) =>
      event.availableAt <= now && event.at <= to && isBehind(event, after) && accept(event);
    for (let i = this.#last(after ? after.at : to); i >= 0; i--) {
      const event = this.#events[i] as TrailEvent;
      if (event.at < oldest) break;
      if (!wanted(event)) continue;
      if (found.length === limit) return { events: found, more: true };
      found.push(event);
    }
    return { events: found, more: false };
  }

  /** Every event that is there by `now`, oldest first. */
  *available(now: number): Generator<TrailEvent> {
    for (const event of this.#events) if (event.availableAt <= now) yield event;
  }

  /** The index of the last event at or before an instant. */
  #last(at: number): number {
    let [low, high] = [0, this.#events.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#events[middle] as TrailEvent).at <= at) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}

/** Events of one instant are told apart by their numbers, so that a page can go on in the middle of it. */
function isBehind(event: TrailEvent, after: Lookup['after']): boolean {
  return !after || event.at !== after.at || event.seq < after.seq;
}
