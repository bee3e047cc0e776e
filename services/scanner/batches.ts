/** Collects what changed and sends it in batches that are bounded by bytes and by number. */
import type { Resource, Unit } from '../../lib/resource.ts';
import { unitKey } from '../../lib/resource.ts';
import { hashText } from './hash.ts';

export interface Changed {
  readonly hash: string;
  readonly resource: Resource;
}
export interface Batch {
  readonly batch: string;
  readonly scan: string;
  readonly unit: Unit;
  readonly at: string;
  readonly resources: Changed[];
}
export interface BatchOptions {
  readonly scan: string;
  readonly unit: Unit;
  readonly now: () => number;
  readonly send: (batch: Batch) => Promise<unknown>;
}

/** Half a megabyte: NATS takes one message of a megabyte. */
export const MAX_BATCH_BYTES = 512 * 1024;
export const MAX_BATCH_COUNT = 1000;

export class Batches {
  readonly #options: BatchOptions;
  #items = new Map<string, Changed>();
  #bytes = 0;

  constructor(options: BatchOptions) {
    this.#options = options;
  }

  /** A promise when a batch went out: a reader that is faster than the store waits for it. */
  add(item: Changed, bytes: number): Promise<void> | undefined {
    const full = this.#items.size >= MAX_BATCH_COUNT || this.#bytes + bytes > MAX_BATCH_BYTES;
    const sending = full ? this.flush() : undefined;
    this.#items.set(item.resource.id, item);
    this.#bytes += bytes;
    return sending;
  }

  /** Sends what is held. */
  async flush(): Promise<void> {
    const held = this.take();
    if (!held) return;
    const { scan, unit, now, send } = this.#options;
    await send({ ...held, scan, unit, at: new Date(now()).toISOString() });
  }

  /** What is held, for the caller to send. The same content gives the same batch id, so a replay of the job changes nothing. */
  take(): Pick<Batch, 'batch' | 'resources'> | undefined {
    if (this.#items.size === 0) return undefined;
    const resources = [...this.#items.values()];
    this.#items = new Map();
    this.#bytes = 0;
    const { scan, unit } = this.#options;
    const content = hashText(resources.map(({ hash, resource }) => `${resource.id} ${hash}`).join('\n'));
    return { batch: `${scan}/${unitKey(unit)}/${content}`, resources };
  }
}
