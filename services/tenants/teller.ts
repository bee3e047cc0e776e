/**
 * Tells what was decided, in batches, beside the answers and never before them. It holds a bounded number of records:
 * when whoever carries them away is too slow, the oldest go and are counted.
 */
import type { PolicyRecord } from '../../lib/policy-event/record.ts';

export interface TellerOptions {
  /** Carries a batch away. A failure loses the batch, and is counted. */
  readonly tell: (records: readonly PolicyRecord[], lost: number) => Promise<void>;
  readonly onEmit: (count: number) => void;
  readonly onLost: (count: number) => void;
  readonly onError: (error: unknown) => void;
  /** Records that may wait; 8,192. */
  readonly size?: number;
  /** How long the first of a batch waits for others, in milliseconds; 5. */
  readonly delayMs?: number;
}

/** Makes the record when its turn has come: to write texts would cost the answer its time. */
export type Late = () => PolicyRecord;

const batchSize = 256;

export class Teller {
  readonly #options: Required<TellerOptions>;
  #waiting: Late[] = [];
  #lost = 0;
  #timer: NodeJS.Timeout | undefined;
  #telling: Promise<void> | undefined;

  constructor(options: TellerOptions) {
    this.#options = { size: 8192, delayMs: 5, ...options };
  }

  /** Never throws and never waits. */
  emit(record: Late): void {
    this.#options.onEmit(1);
    this.#waiting.push(record);
    if (this.#waiting.length > this.#options.size) this.#lose(this.#waiting.splice(0, batchSize).length);
    this.#timer ??= setTimeout(() => this.#flush(), this.#options.delayMs);
  }

  /** Tells what waits; waits no longer than a second for it. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#flush();
    await Promise.race([this.#telling, new Promise((go) => setTimeout(go, 1000).unref())]);
  }

  #flush(): void {
    this.#timer = undefined;
    this.#telling ??= this.#tell().finally(() => {
      this.#telling = undefined;
    });
  }

  async #tell(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, batchSize);
      const lost = this.#lost;
      this.#lost = 0;
      try {
        await this.#options.tell(this.#made(batch), lost);
      } catch (error) {
        this.#lose(batch.length);
        this.#options.onError(error);
      }
      // Requests that came meanwhile go first.
      await new Promise((go) => setImmediate(go));
    }
  }

  #made(batch: readonly Late[]): PolicyRecord[] {
    return batch.map((make) => make());
  }

  #lose(count: number): void {
    this.#lost += count;
    this.#options.onLost(count);
  }
}
