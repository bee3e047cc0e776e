/** How far the log of one account and region was read, and reading what is missing of it. */
import type { TrailCursor } from '../history/history.contract.ts';
import { LATE_MS, type Looking, type LookupParts, lookUp } from './cloudtrail.ts';
import { type Interval, joinNear, missingOf, readIntervals, since, withInterval, writeIntervals } from './intervals.ts';
import type { LogPlace } from './sources.ts';

/** Demands that are this close are read as one. */
const NEAR_MS = 10 * 60_000;
/** Nobody asks for what is longer ago: an answer is final a day after its change, whose span is a day at most. */
const KEPT_MS = 3 * 24 * 3_600_000;
/** What is said of a log of more calls than LookupEvents can tell, and what to do. */
export const OUTRUN = 'its log fills faster than LookupEvents tells it';
export const REMEDY = 'set attribution.bucket to read its trail from S3, or attribution.queue';
/** Less of a log says nothing about how fast it fills. */
const TELLING_MS = 5 * 60_000;

export interface PlaceState {
  readonly events: number;
  readonly error: string;
  readonly detail: string;
  /** Reading takes longer than it takes the log to fill. */
  readonly outrun: boolean;
}

export class PlaceLog {
  readonly place: LogPlace;
  /** Read, and so long after that nothing of it can still be on its way. */
  #safe: readonly Interval[];
  /** Read in this run, late events or not. */
  #fresh: readonly Interval[] = [];
  #state: PlaceState = { events: 0, error: '', detail: '', outrun: false };
  #touched = false;

  constructor(place: LogPlace, cursor: TrailCursor | undefined) {
    this.place = place;
    this.#safe = readIntervals(cursor?.position ?? '');
  }

  /** Everything of the span was read, and no event of it can come any more. */
  covers(span: Interval): boolean {
    return missingOf(this.#safe, span).length === 0;
  }

  get state(): PlaceState {
    return this.#state;
  }

  /** Whether this run looked at it at all. */
  get touched(): boolean {
    return this.#touched;
  }

  /** What of these spans is neither safe nor was read in this run. */
  missing(spans: readonly Interval[]): Interval[] {
    const known = this.#fresh.reduce<Interval[]>(withInterval, [...this.#safe]);
    return joinNear(
      joinNear(spans, 0).flatMap((span) => missingOf(known, span)),
      NEAR_MS,
    );
  }

  /** Reads what is missing, the newest first. Stops at the first failure, which `state` has then. */
  async read(
    spans: readonly Interval[],
    parts: LookupParts & { readonly now: number; readonly elapsed: () => number },
    looking: Omit<Looking, 'span'> = {},
  ): Promise<void> {
    const begun = parts.elapsed();
    let covered = 0;
    let events = 0;
    let [error, detail] = ['', ''];
    for (const span of this.missing(spans).reverse()) {
      const found = await lookUp(this.place, { ...looking, span }, parts);
      this.#touched = true;
      events += found.events;
      covered += found.read.to - found.read.from;
      this.#took(found.read, parts.now);
      [error, detail] = [found.error, found.detail];
      if (error !== '' || found.read.from > span.from) break;
    }
    const outrun = this.#state.outrun || (covered >= TELLING_MS && parts.elapsed() - begun > covered);
    this.#state = { events: this.#state.events + events, error, detail, outrun };
  }

  #took(read: Interval, now: number): void {
    this.#fresh = withInterval(this.#fresh, read);
    this.#safe = withInterval(this.#safe, { from: read.from, to: Math.min(read.to, now - LATE_MS) });
  }

  /** As it is kept. `source` tells what was read: all writes, or the calls of one name. */
  cursor(source: string, now: number): TrailCursor {
    const { events, error, detail, outrun } = this.#state;
    const kept = since(this.#safe, now - KEPT_MS);
    return {
      ...this.place,
      source,
      position: writeIntervals(kept),
      upto: new Date(kept.at(-1)?.to ?? 0).toISOString(),
      state: error === '' && !outrun ? 'current' : outrun ? 'behind' : 'failed',
      error,
      detail: error === '' && outrun ? `${OUTRUN}; ${REMEDY}` : detail,
      events,
    };
  }
}
