/** Checkpoints of long listings in NATS KV: ids as they were seen, part by part, and the token with which it goes on. */
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { KV } from 'nats';
import { lazily } from './lazily.ts';
import type { NatsLink } from './nats.ts';

export interface Part {
  readonly token: string;
  /** Seen since the part before. */
  readonly ids: readonly string[];
  readonly anyWhole: boolean;
  /** Of what could not be read so far; "" when all could. */
  readonly gapCode: string;
  readonly gapMessage: string;
}
/** All parts together. */
export type Kept = Part;

export interface Checkpoints {
  load(key: string): Promise<Kept | undefined>;
  add(key: string, part: Part): Promise<void>;
  clear(key: string): Promise<void>;
}

interface Head extends Omit<Part, 'ids'> {
  readonly parts: number;
}
export interface CheckpointsOptions {
  readonly link: NatsLink;
  readonly prefix: string;
  readonly replicas: number;
}

/** A job that nobody took up again for so long is planned anew. */
const AGE_MS = 6 * 3_600_000;
const pack = promisify(gzip);
const unpack = promisify(gunzip);

export class KvCheckpoints implements Checkpoints {
  readonly #options: CheckpointsOptions;
  readonly #parts = new Map<string, number>();
  readonly #bucket: () => Promise<KV>;

  constructor(options: CheckpointsOptions) {
    this.#options = options;
    this.#bucket = lazily(() => this.#open());
  }

  async load(key: string): Promise<Kept | undefined> {
    const kv = await this.#bucket();
    const name = nameOf(key);
    const head = await read<Head>(kv, name);
    if (!head) return undefined;
    const ids: string[] = [];
    for (let i = 0; i < head.parts; i += 1) {
      const part = await kv.get(`${name}.${i}`);
      // Half a checkpoint is none: what it does not name would be taken for gone.
      if (!part || part.operation !== 'PUT') return undefined;
      ids.push(...(JSON.parse((await unpack(part.value)).toString()) as string[]));
    }
    this.#parts.set(key, head.parts);
    return { ...head, ids };
  }

  async add(key: string, { ids, ...rest }: Part): Promise<void> {
    const kv = await this.#bucket();
    const name = nameOf(key);
    const index = this.#parts.get(key) ?? 0;
    // The head names the part, so it comes last.
    await kv.put(`${name}.${index}`, await pack(JSON.stringify(ids)));
    await kv.put(name, JSON.stringify({ ...rest, parts: index + 1 } satisfies Head));
    this.#parts.set(key, index + 1);
  }

  async clear(key: string): Promise<void> {
    const parts = this.#parts.get(key);
    if (parts === undefined) return;
    this.#parts.delete(key);
    const kv = await this.#bucket();
    const name = nameOf(key);
    await kv.purge(name);
    for (let i = 0; i < parts; i += 1) await kv.purge(`${name}.${i}`);
  }

  async #open(): Promise<KV> {
    const { link, prefix, replicas } = this.#options;
    const js = (await link.connection()).jetstream({ timeout: 5000 });
    return js.views.kv(`${prefix}-checkpoints`, { ttl: AGE_MS, history: 1, replicas });
  }
}

function nameOf(key: string): string {
  return createHash('sha256').update(key).digest('base64url').slice(0, 22);
}

async function read<T>(kv: KV, name: string): Promise<T | undefined> {
  const entry = await kv.get(name);
  return entry?.operation === 'PUT' ? (JSON.parse(new TextDecoder().decode(entry.value)) as T) : undefined;
}
