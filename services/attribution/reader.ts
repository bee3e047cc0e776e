/** Reads of the audit logs what open changes need, as far as the time allows, and keeps what was read. */
import type { Client } from '../../lib/contract.ts';
import { elavaError } from '../../lib/errors.ts';
import type { Logger } from '../../lib/log.ts';
import type { ResourceFilter } from '../../lib/resource.ts';
import type { historyContract, TrailCursor } from '../history/history.contract.ts';
import { type AuditQuestion, LATE_MS, OPENING } from './cloudtrail.ts';
import type { Interval } from './intervals.ts';
import { OUTRUN, PlaceLog, REMEDY } from './place-log.ts';
import { type AuditRecord, grantOf } from './record.ts';
import { readTrail, type TrailBucket } from './s3-trail.ts';
import { type LogPlace, placeKey, storedEvent } from './sources.ts';

export type History = Pick<
  Client<typeof historyContract>,
  'trail' | 'events' | 'cursors' | 'cursor' | 'open' | 'attributed' | 'coverage'
>;
export interface ReaderParts {
  readonly history: History;
  readonly ask: (question: AuditQuestion) => Promise<{ records: string[]; next?: string }>;
  /** false: nothing is read, only what is pushed is known. */
  readonly lookup: boolean;
  readonly bucket: TrailBucket | undefined;
  readonly prefix: string;
  readonly lookbackMs: number;
  readonly log: Pick<Logger, 'warn'>;
}
export interface Reading {
  readonly filter: ResourceFilter | undefined;
  /** Milliseconds. */
  readonly now: number;
  readonly signal: AbortSignal;
}
/** The span of a log in which a change happened. */
export interface Demand extends Interval {
  readonly place: LogPlace;
}
/** A session's key, and the span in which it was handed out. */
export interface OpeningDemand extends Demand {
  readonly key: string;
}
export interface Behind extends LogPlace {
  readonly error: string;
  readonly detail: string;
}

/** Each place has its own request limit, so they do not wait for one another. */
const CONCURRENCY = 32;
const MOST_AT_ONCE = 1000;

/** One run's view of all logs. */
export class LogReader {
  readonly #parts: ReaderParts;
  readonly #reading: Reading;
  readonly #cursors: ReadonlyMap<string, TrailCursor>;
  readonly #logs = new Map<string, PlaceLog>();
  readonly #trails = new Map<string, TrailCursor>();
  readonly #accounts = new Map<string, Promise<boolean>>();

  private constructor(parts: ReaderParts, reading: Reading, cursors: readonly TrailCursor[]) {
    this.#parts = parts;
    this.#reading = reading;
    this.#cursors = new Map(cursors.map((cursor) => [`${cursor.source} ${placeKey(cursor)}`, cursor]));
  }

  static async open(parts: ReaderParts, reading: Reading): Promise<LogReader> {
    const { cursors } = await parts.history.cursors({});
    return new LogReader(parts, reading, cursors);
  }

  /** Reads what of these spans is not known yet; a place where nothing changed is not asked at all. */
  async ensure(demands: readonly Demand[]): Promise<void> {
    if (!this.#parts.lookup) return;
    const places = Map.groupBy(
      demands.filter(({ place }) => this.#isWanted(place)),
      ({ place }) => placeKey(place),
    );
    await inParallel([...places.values()], (own) => {
      const [first] = own;
      if (!first) return Promise.resolve();
      return this.#parts.bucket ? this.#readTrail(first.place, own) : this.#lookUp(first.place, own);
    });
  }

  /** Reads the calls that opened sessions, where their log has them. */
  async openings(demands: readonly OpeningDemand[]): Promise<void> {
    if (!this.#parts.lookup) return;
    if (this.#parts.bucket) return this.ensure(demands);
    const places = Map.groupBy(demands, ({ place }) => placeKey(place));
    await inParallel([...places.values()], async (own) => {
      const keys = new Set(own.map(({ key }) => key));
      const enough = (records: readonly AuditRecord[]) => {
        for (const record of records) keys.delete(grantOf(record));
        return keys.size === 0;
      };
      const [first] = own;
      if (first) await this.#read(first.place, own, { source: 'opening', name: OPENING, enough });
    });
  }

  /** Whether an account belongs to the estate; a call may come from any other. */
  knows(account: string): Promise<boolean> {
    const known = this.#accounts.get(account);
    if (known) return known;
    const asked = this.#parts.history
      .coverage({ filter: { accounts: [account] } })
      .then(({ units }) => units.length > 0);
    this.#accounts.set(account, asked);
    return asked;
  }

  covers(place: LogPlace, span: Interval): boolean {
    if (!this.#parts.bucket) return this.#log('lookup', place).covers(span);
    return Date.parse(this.#trail(place)?.upto ?? '') >= span.to;
  }

  /** Why the log of a place is not known, "" when it is. */
  gap(place: LogPlace): string {
    if (!this.#parts.lookup) return 'no audit log is read';
    const { error } = this.#parts.bucket ? (this.#trail(place) ?? never) : this.#log('lookup', place).state;
    return error === '' ? '' : 'its audit log was not read';
  }

  get events(): number {
    const read = [...this.#logs.values()].reduce((sum, { state }) => sum + state.events, 0);
    return [...this.#trails.values()].reduce((sum, { events }) => sum + events, read);
  }

  get behind(): Behind[] {
    const logs = [...this.#logs.values()].map(({ place, state: { error, detail, outrun } }) => ({
      ...place,
      error: error === '' && outrun ? 'DEADLINE_EXCEEDED' : error,
      detail: outrun ? `${OUTRUN}; ${REMEDY}` : detail,
    }));
    return [...logs, ...this.#trails.values()].flatMap(({ account, region, error, detail }) =>
      error === '' ? [] : [{ account, region, error, detail }],
    );
  }

  #isWanted({ account, region }: LogPlace): boolean {
    const { accounts, regions } = this.#reading.filter ?? {};
    return (accounts?.includes(account) ?? true) && (regions?.includes(region) ?? region !== '');
  }

  #log(source: 'lookup' | 'opening', place: LogPlace): PlaceLog {
    const key = `${source} ${placeKey(place)}`;
    const known = this.#logs.get(key);
    if (known) return known;
    const made = new PlaceLog(place, this.#cursors.get(key));
    this.#logs.set(key, made);
    return made;
  }

  #lookUp(place: LogPlace, spans: readonly Interval[]): Promise<void> {
    return this.#read(place, spans, { source: 'lookup' });
  }

  async #read(
    place: LogPlace,
    spans: readonly Interval[],
    {
      source,
      ...looking
    }: { source: 'lookup' | 'opening'; name?: string; enough?: (records: readonly AuditRecord[]) => boolean },
  ): Promise<void> {
    const { history, ask, log } = this.#parts;
    const { now, signal } = this.#reading;
    const own = this.#log(source, place);
    if (own.missing(spans).length === 0) return;
    const parts = { ask, store: storeTo(history), signal, now, elapsed: () => performance.now() };
    await own.read(spans, parts, looking);
    const cursor = own.cursor(source, now);
    await history.cursor(cursor);
    const { error, detail, outrun } = own.state;
    if (error !== '') log.warn({ ...place, code: error, reason: detail }, 'the audit log was not read up to now');
    else if (outrun)
      log.warn({ ...place, reason: OUTRUN, next: REMEDY }, 'the audit log is longer than it can be read');
  }

  #trail(place: LogPlace): TrailCursor | undefined {
    const key = placeKey(place);
    return this.#trails.get(key) ?? this.#cursors.get(`s3 ${key}`);
  }

  async #readTrail(place: LogPlace, spans: readonly Interval[]): Promise<void> {
    const known = this.#trail(place);
    const upto = Date.parse(known?.upto ?? '') || 0;
    // A place is read once a run, to its end.
    if (this.#trails.has(placeKey(place)) || spans.every(({ to }) => to <= upto)) return;
    const { history, log } = this.#parts;
    const cursor = await this.#trailCursor(place, known?.position ?? '', upto);
    this.#trails.set(placeKey(place), cursor);
    await history.cursor(cursor);
    const { error, detail } = cursor;
    if (error !== '') log.warn({ ...place, code: error, reason: detail }, 'the audit log was not read up to now');
  }

  async #trailCursor(place: LogPlace, position: string, upto: number): Promise<TrailCursor> {
    const { bucket, prefix, history, lookbackMs } = this.#parts;
    const { now, signal } = this.#reading;
    if (!bucket) throw elavaError('INTERNAL', 'there is no bucket to read');
    const read = await readTrail(place, position, { bucket, prefix, store: storeTo(history), now, lookbackMs, signal });
    const whole = read.error === '';
    // A trail delivers within 15 minutes, as a rule: what is older is there when nothing failed.
    const reached = new Date(whole ? now - LATE_MS : upto).toISOString();
    return { ...place, ...read, source: 's3', upto: reached, state: whole ? 'current' : 'failed' };
  }
}

const never = { error: 'NOT_FOUND' } as const;

async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = items.values();
  const worker = async (): Promise<void> => {
    for (const item of waiting) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(CONCURRENCY, items.length) }, worker));
}

/** Stores records in parts that the memory takes at once. */
export function storeTo(history: Pick<History, 'trail'>) {
  return async (records: readonly AuditRecord[]): Promise<void> => {
    for (let i = 0; i < records.length; i += MOST_AT_ONCE) {
      await history.trail({ events: records.slice(i, i + MOST_AT_ONCE).map(storedEvent) });
    }
  };
}
