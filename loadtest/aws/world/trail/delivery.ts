/**
 * A trail's files, as CloudTrail delivers them to a bucket: gzip'd JSON of the events of five minutes, under
 * `AWSLogs/<account>/CloudTrail/<region>/yyyy/mm/dd/`. They are made when they are asked for.
 */
import { gzipSync } from 'node:zlib';
import type { Account } from '../estate.ts';
import { recordOf, type TrailEvent } from './event.ts';
import { uuidOf } from './identity.ts';
import type { Trail } from './trail.ts';

export interface TrailFile {
  readonly key: string;
  /** Milliseconds. */
  readonly deliveredAt: number;
  readonly events: readonly TrailEvent[];
}

const interval = 300_000;

/** The files that are there by `now`, in the order of their keys. Only those whose key could begin with `prefix`. */
export function trailFiles(
  trail: Trail,
  places: { readonly accounts: readonly Account[]; readonly regions: readonly string[] },
  { now, prefix = '' }: { readonly now: number; readonly prefix?: string },
): TrailFile[] {
  const files: TrailFile[] = [];
  for (const { id } of places.accounts) {
    for (const region of places.regions) {
      const folder = `AWSLogs/${id}/CloudTrail/${region}/`;
      if (folder.startsWith(prefix) || prefix.startsWith(folder)) files.push(...filesOf(trail, { id, region, now }));
    }
  }
  const found = files.filter(({ key }) => key.startsWith(prefix));
  return found.sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** What a file holds. */
export function trailFileBody({ events }: TrailFile): Uint8Array {
  return gzipSync(JSON.stringify({ Records: events.map(recordOf) }));
}

function filesOf(trail: Trail, { id, region, now }: { id: string; region: string; now: number }): TrailFile[] {
  const slots = new Map<number, TrailEvent[]>();
  for (const event of trail.log(id, region).available(now)) {
    const slot = Math.ceil(event.availableAt / interval) * interval;
    if (slot > now) continue;
    const events = slots.get(slot) ?? [];
    events.push(event);
    slots.set(slot, events);
  }
  return [...slots].map(([deliveredAt, events]) => ({ key: keyOf(id, region, deliveredAt), deliveredAt, events }));
}

/** `210000000001_CloudTrail_us-east-1_20260601T0905Z_Ab12Cd34Ef56Gh78.json.gz` */
function keyOf(account: string, region: string, at: number): string {
  const iso = new Date(at).toISOString();
  const stamp = `${iso.slice(0, 16).replace(/[-:]/g, '')}Z`;
  const unique = uuidOf(`${account}/${region}/${at}`).replaceAll('-', '').slice(0, 16);
  const day = iso.slice(0, 10).replaceAll('-', '/');
  return `AWSLogs/${account}/CloudTrail/${region}/${day}/${account}_CloudTrail_${region}_${stamp}_${unique}.json.gz`;
}
