/** Reads the audit logs of all places of the estate, as far as the time allows, and keeps how far each was read. */
import type { Client } from '../../lib/contract.ts';
import type { Logger } from '../../lib/log.ts';
import type { Coverage, ResourceFilter } from '../../lib/resource.ts';
import type { historyContract, TrailCursor } from '../history/history.contract.ts';
import { type AuditQuestion, LATE_MS, type SweepParts, startOf, sweep, sweepOpenings } from './cloudtrail.ts';
import type { AuditRecord } from './record.ts';
import { readTrail, type TrailBucket } from './s3-trail.ts';
import { type LogPlace, placeKey, storedEvent } from './sources.ts';

export type History = Pick<
  Client<typeof historyContract>,
  'trail' | 'events' | 'cursors' | 'cursor' | 'open' | 'attributed' | 'coverage'
>;
export interface ReaderParts {
  readonly history: History;
  readonly ask: (question: AuditQuestion) => Promise<{ records: string[]; next?: string }>;
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
export interface ReadResult {
  readonly events: number;
  /** By placeKey: everything up to here was read, milliseconds. */
  readonly upto: ReadonlyMap<string, number>;
  readonly behind: readonly (LogPlace & { readonly error: string; readonly detail: string })[];
}

const CONCURRENCY = 8;
const MOST_AT_ONCE = 1000;
/** Longer behind than this, LookupEvents cannot follow the account: its trail must be read. */
const BEHIND_MS = 60 * 60_000;
const HOME = 'us-east-1';

/** Accounts × regions of the units; the global ones log at home, as sign-ins of every region do. Pure. */
function placesOf(units: readonly Pick<Coverage, 'account' | 'region'>[]): LogPlace[] {
  const places = new Map<string, LogPlace>();
  for (const { account, region } of units) {
    for (const place of [
      { account, region: region === 'global' ? HOME : region },
      { account, region: HOME },
    ]) {
      places.set(placeKey(place), place);
    }
  }
  return [...places.values()];
}

export async function readLogs(parts: ReaderParts, reading: Reading): Promise<ReadResult> {
  const { units } = await parts.history.coverage(reading.filter ? { filter: unitsOnly(reading.filter) } : {});
  const places = placesOf(units);
  const { cursors } = await parts.history.cursors({});
  const source = parts.bucket ? 's3' : 'lookup';
  const known = new Map(
    cursors.filter((cursor) => cursor.source === source).map((cursor) => [placeKey(cursor), cursor]),
  );
  const read: { place: LogPlace; cursor: TrailCursor }[] = [];
  const waiting = [...places];
  const work = async (): Promise<void> => {
    for (let place = waiting.shift(); place; place = waiting.shift()) {
      const cursor = await readPlace(place, known.get(placeKey(place)), { parts, reading });
      await parts.history.cursor(cursor);
      read.push({ place, cursor });
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
  return {
    events: read.reduce((sum, { cursor }) => sum + cursor.events, 0),
    upto: new Map(read.map(({ place, cursor }) => [placeKey(place), Date.parse(cursor.upto)])),
    behind: read.flatMap(({ place, cursor: { error, detail } }) => (error === '' ? [] : [{ ...place, error, detail }])),
  };
}

/** Coverage knows units only; a filter by tag or text still reads the logs of their places. */
function unitsOnly({ accounts, regions, types }: ResourceFilter): ResourceFilter {
  return { ...(accounts && { accounts }), ...(regions && { regions }), ...(types && { types }) };
}

interface Run {
  readonly parts: ReaderParts;
  readonly reading: Reading;
}

async function readPlace(place: LogPlace, known: TrailCursor | undefined, run: Run): Promise<TrailCursor> {
  const before = known && Date.parse(known.upto);
  const found = run.parts.bucket ? await fromBucket(place, known, run) : await fromLookup(place, before, run);
  const { now } = run.reading;
  const late = now - found.upto > BEHIND_MS;
  const detail = late && !run.parts.bucket ? `${found.detail}; set attribution.bucket to read its trail` : found.detail;
  if (found.error !== '')
    run.parts.log.warn({ ...place, code: found.error, reason: detail }, 'the audit log was not read up to now');
  return {
    ...place,
    source: run.parts.bucket ? 's3' : 'lookup',
    position: found.position,
    upto: new Date(found.upto).toISOString(),
    state: found.error === '' ? 'current' : late ? 'behind' : 'failed',
    error: found.error,
    detail,
    events: found.events,
  };
}

async function fromLookup(place: LogPlace, before: number | undefined, { parts, reading }: Run) {
  const store = storeTo(parts.history);
  const sweeping: SweepParts = {
    ask: parts.ask,
    store,
    lookbackMs: parts.lookbackMs,
    now: reading.now,
    signal: reading.signal,
  };
  const swept = await sweep(place, before, sweeping);
  if (swept.error !== '' || swept.events === 0) return { ...swept, position: '' };
  try {
    const from = startOf(before, sweeping);
    const events = await sweepOpenings(place, from, sweeping);
    return { ...swept, events: swept.events + events, position: '' };
  } catch {
    // Who opened the sessions stays unknown this time; the calls themselves are there.
    return { ...swept, position: '' };
  }
}

async function fromBucket(place: LogPlace, known: TrailCursor | undefined, { parts, reading }: Run) {
  const bucket = parts.bucket as TrailBucket;
  const read = await readTrail(place, known?.position ?? '', {
    bucket,
    prefix: parts.prefix,
    store: storeTo(parts.history),
    now: reading.now,
    lookbackMs: parts.lookbackMs,
    signal: reading.signal,
  });
  // A trail delivers within 15 minutes, as a rule: what is older is there when nothing failed.
  const upto =
    read.error === '' ? reading.now - LATE_MS : known ? Date.parse(known.upto) : reading.now - parts.lookbackMs;
  return { ...read, upto };
}

function storeTo(history: Pick<History, 'trail'>) {
  return async (records: readonly AuditRecord[]): Promise<void> => {
    for (let i = 0; i < records.length; i += MOST_AT_ONCE) {
      await history.trail({ events: records.slice(i, i + MOST_AT_ONCE).map(storedEvent) });
    }
  };
}
