/**
 * A trail's objects in S3: `prefix/AWSLogs/[o-org/]account/CloudTrail/region/yyyy/mm/dd/*.json.gz`, each `{Records: […]}`;
 * an organisation's trail has its id in the keys, which is looked up once (CloudTrail User Guide, "Finding your log files").
 * Keys of a day sort by time, so the last key that was read is the cursor; late objects of the day before are listed again.
 */
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { codeOf, elavaError, messageOf } from '../../lib/errors.ts';
import { type AuditRecord, readRecord } from './record.ts';
import type { LogPlace } from './sources.ts';

/** What of S3 is used; a test can give objects of its own. */
export interface TrailBucket {
  list(prefix: string, after: string, signal: AbortSignal): Promise<{ keys: string[]; more: boolean }>;
  /** Names of the folders right under a prefix that ends with a slash. */
  folders(prefix: string, signal: AbortSignal): Promise<string[]>;
  get(key: string, signal: AbortSignal): Promise<Uint8Array>;
  close(): void;
}
export interface TrailSettings {
  readonly bucket: string;
  readonly bucket_region: string;
  readonly prefix: string;
}

const unzip = promisify(gunzip);
/** CloudTrail closes an object at 50 MB of records; a bomb is stopped there. */
const MOST_BYTES = 64 * 1024 * 1024;
const MOST_OBJECTS = 2000;
const DAY_MS = 86_400_000;

/** With the caller's own credentials: the bucket belongs to one log account. */
export function trailBucket({ bucket, bucket_region }: TrailSettings): TrailBucket {
  const client = new S3Client({ region: bucket_region, forcePathStyle: true });
  return {
    async list(prefix, after, signal) {
      const command = new ListObjectsV2Command({
        Bucket: bucket,
        Prefix: prefix,
        MaxKeys: 1000,
        ...(after && { StartAfter: after }),
      });
      const { Contents = [], IsTruncated = false } = await client.send(command, { abortSignal: signal });
      return { keys: Contents.flatMap(({ Key }) => Key ?? []), more: IsTruncated };
    },
    async folders(prefix, signal) {
      const command = new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, Delimiter: '/', MaxKeys: 1000 });
      const { CommonPrefixes = [] } = await client.send(command, { abortSignal: signal });
      return CommonPrefixes.flatMap(({ Prefix = '' }) => Prefix.slice(prefix.length).replace(/\/$/, '') || []);
    },
    async get(key, signal) {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }), { abortSignal: signal });
      return (await Body?.transformToByteArray()) ?? new Uint8Array();
    },
    close: () => client.destroy(),
  };
}

export interface TrailParts {
  readonly bucket: TrailBucket;
  readonly prefix: string;
  readonly store: (records: readonly AuditRecord[]) => Promise<void>;
  readonly now: number;
  readonly lookbackMs: number;
  readonly signal: AbortSignal;
}
export interface TrailRead {
  /** The last key that was read. */
  readonly position: string;
  readonly events: number;
  readonly error: string;
  readonly detail: string;
}

/** What the keys of a bucket begin with, asked for once: an organisation's trail puts its id before the accounts. */
const roots = new WeakMap<TrailBucket, Promise<string>>();

function rootOf({ bucket, prefix, signal }: Pick<TrailParts, 'bucket' | 'prefix' | 'signal'>): Promise<string> {
  const known = roots.get(bucket);
  if (known) return known;
  const top = `${prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`}AWSLogs/`;
  const asked = bucket.folders(top, signal).then((names) => {
    const organization = names.find((name) => /^o-[a-z0-9]{10,32}$/.test(name));
    return organization === undefined ? top : `${top}${organization}/`;
  });
  roots.set(bucket, asked);
  asked.catch(() => roots.delete(bucket));
  return asked;
}

/** Prefixes of the days from the cursor's on, or of the lookback. `root` ends with a slash. Pure. */
export function dayPrefixes(
  place: LogPlace,
  { root, position, now, lookbackMs }: { root: string; position: string; now: number; lookbackMs: number },
) {
  const [, y, m, d] = /\/(\d{4})\/(\d{2})\/(\d{2})\/[^/]+$/.exec(position) ?? [];
  const from = y ? Date.parse(`${y}-${m}-${d}T00:00:00Z`) : now - lookbackMs;
  const days: string[] = [];
  for (let day = Math.floor(from / DAY_MS) * DAY_MS; day <= now; day += DAY_MS) {
    const date = new Date(day).toISOString().slice(0, 10).replaceAll('-', '/');
    days.push(`${root}${place.account}/CloudTrail/${place.region}/${date}/`);
  }
  return days;
}

/** Reads new objects of one account and region. What was read stays read when it fails. Never rejects. */
export async function readTrail(place: LogPlace, position: string, parts: TrailParts): Promise<TrailRead> {
  const progress = { position, events: 0, objects: 0 };
  try {
    const root = await rootOf(parts);
    for (const day of dayPrefixes(place, { ...parts, root, position })) await readDay(day, parts, progress);
    return { position: progress.position, events: progress.events, error: '', detail: '' };
  } catch (error) {
    const late = parts.signal.aborted;
    const said = {
      error: late ? 'DEADLINE_EXCEEDED' : codeOf(error),
      detail: late ? 'the time for reading was up' : messageOf(error),
    };
    return { position: progress.position, events: progress.events, ...said };
  }
}

async function readDay(
  day: string,
  parts: TrailParts,
  progress: { position: string; events: number; objects: number },
) {
  const { bucket, signal, store } = parts;
  for (let more = true; more; ) {
    signal.throwIfAborted();
    const page = await bucket.list(day, progress.position.startsWith(day) ? progress.position : '', signal);
    for (const key of page.keys.filter((name) => name.endsWith('.json.gz'))) {
      if (progress.objects++ >= MOST_OBJECTS)
        throw elavaError('DEADLINE_EXCEEDED', `more than ${MOST_OBJECTS} objects at once`);
      const records = await recordsOf(await bucket.get(key, signal));
      await store(records);
      progress.events += records.length;
      progress.position = key;
    }
    more = page.more && page.keys.length > 0;
    if (more && !progress.position.startsWith(day)) break;
  }
}

/** The records of one object that changed something or opened a session; the reads of an account are most of it. */
async function recordsOf(object: Uint8Array): Promise<AuditRecord[]> {
  const text = (await unzip(object, { maxOutputLength: MOST_BYTES })).toString();
  const { Records } = JSON.parse(text) as { Records?: unknown };
  if (!Array.isArray(Records)) throw elavaError('AWS_RESPONSE_INVALID', 'the object of the trail has no Records');
  return Records.filter(isWanted).flatMap((record) => readRecord(JSON.stringify(record)) ?? []);
}

function isWanted(record: unknown): boolean {
  const { readOnly, eventName } = (record ?? {}) as { readOnly?: unknown; eventName?: unknown };
  return !(readOnly === true || readOnly === 'true') || /^(AssumeRole|GetFederationToken)/.test(String(eventName));
}
