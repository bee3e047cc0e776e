/** A memory on a directory of its own, and resources to put into it, for tests. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { storeUnderTest } from '../../lib/clickhouse/testing.ts';
import type { Coverage, ObservationState, Resource, Unit } from '../../lib/resource.ts';
import type { Clock } from '../../lib/time.ts';
import { ingest, observe } from './actions-write.ts';
import { type Memory, openMemory } from './memory.ts';

export const DAY_MS = 86_400_000;
export const unit: Unit = { account: '111111111111', region: 'eu-west-1', type: 'ec2' };

export interface TestMemory {
  readonly memory: Memory;
  readonly dir: string;
  readonly clock: Clock & { set(iso: string): void };
  readonly news: { unit: Unit; scan: string; revision: string; versions: number; gone: number }[];
  readonly observed: Coverage[];
  /** Closes and opens again on the same directory. */
  reopen(): Promise<Memory>;
  close(): Promise<void>;
}

export function storageOf(dir: string) {
  return {
    path: dir,
    url: '',
    database: 'elava',
    username: '',
    password: '',
    memory: 512,
    sessions: 3,
    minFreeDisk: 1,
  };
}

export async function testMemory(dir?: string): Promise<TestMemory> {
  const root = dir ?? (await mkdtemp(path.join(os.tmpdir(), 'elava-history-')));
  let now = Date.parse('2026-11-20T12:00:00.000Z');
  const clock = { now: () => now, set: (iso: string) => void (now = Date.parse(iso)) };
  const news: TestMemory['news'] = [];
  const observed: Coverage[] = [];
  const open = async () =>
    openMemory({
      storage: await store.open(),
      clock,
      retentionMs: 30 * DAY_MS,
      decisionRetentionMs: 400 * DAY_MS,
      ownerTags: ['owner', 'team'],
      heard: { changed: (item) => void news.push(item), observed: (item) => void observed.push(item) },
    });
  const store = storeUnderTest(storageOf(root));
  let memory = await open();
  return {
    get memory() {
      return memory;
    },
    dir: root,
    clock,
    news,
    observed,
    async reopen() {
      await memory.close();
      await store.close();
      memory = await open();
      return memory;
    },
    async close() {
      await memory.close();
      await store.close();
      await rm(root, { recursive: true, force: true });
    },
  };
}

export function resource(
  name: string,
  fields: Partial<Resource> & Record<string, unknown> = {},
  of: Unit = unit,
): Resource {
  return {
    id: `arn:aws:ec2:${of.region}:${of.account}:instance/${name}`,
    provider: 'aws',
    ...of,
    name,
    status: 'running',
    tags: {},
    created_at: '2026-01-01T00:00:00.000Z',
    refs: [],
    metadata: {},
    ...fields,
  };
}

/** A hash that differs whenever the content does. */
export function hashOf(item: Resource): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of Buffer.from(JSON.stringify(item)))
    hash = ((hash ^ BigInt(byte)) * 0x100000001b3n) & 0xffffffffffffffffn;
  return hash.toString(16).padStart(16, '0');
}

export interface Scan {
  readonly scan: string;
  readonly at: string;
  readonly unit?: Unit;
  readonly seen?: readonly Resource[];
  readonly absent?: readonly string[];
  readonly state?: ObservationState;
}

type Closed = Parameters<typeof observe>[1];

/** A complete observation that began and ended at an instant and found nothing, but for what is given. */
export function observation(at: string, fields: Partial<Closed> = {}): Closed {
  return {
    scan: 's',
    unit,
    started: at,
    finished: at,
    state: 'complete',
    error: '',
    detail: '',
    count: 0,
    absent: [],
    ...fields,
  };
}

/** One scan of one unit: what is new goes in, then the observation is closed. */
export async function scan(
  memory: Memory,
  { scan: id, at, unit: of = unit, seen = [], absent = [], state = 'complete' }: Scan,
): Promise<Coverage> {
  await ingest(memory, {
    batch: `${id}/${of.type}/0`,
    scan: id,
    unit: of,
    at,
    resources: seen.map((item) => ({ hash: hashOf(item), resource: item })),
  });
  const error = state === 'complete' ? '' : 'AWS_ACCESS_DENIED';
  const found = { count: seen.length, absent: [...absent] };
  return observe(memory, observation(at, { scan: id, unit: of, state, error, ...found }));
}
