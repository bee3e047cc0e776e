/** One consumer of events: a bounded queue and a worker that never holds anybody else up. */
import { codeOf } from '../../lib/errors.ts';
import type { Logger } from '../../lib/log.ts';
import type { Metrics } from '../../lib/metrics.ts';
import type { Envelope } from '../../lib/policy-event/envelope.ts';
import type { ConsumerState } from './events.contract.ts';

export interface Sink {
  /** `webhook:name`, `jetstream`, `broker`. */
  readonly name: string;
  wants(event: Envelope): boolean;
  /** Resolves when the event is there; what it rejects with is final. */
  deliver(event: Envelope, signal: AbortSignal): Promise<void>;
  /** Deliveries under way at once. */
  readonly width: number;
}

export interface ConsumerOptions {
  readonly sink: Sink;
  readonly log: Pick<Logger, 'warn'>;
  readonly metrics: Pick<Metrics, 'eventsDelivered' | 'eventsDropped'>;
  /** Events that may wait; 1,024. */
  readonly size?: number;
}

export class Consumer {
  readonly #options: Required<ConsumerOptions>;
  readonly #stopping = new AbortController();
  #waiting: Envelope[] = [];
  #running = 0;
  #delivered = 0;
  #dropped = 0;

  constructor(options: ConsumerOptions) {
    this.#options = { size: 1024, ...options };
  }

  get state(): ConsumerState {
    const { name } = this.#options.sink;
    return { name, waiting: this.#waiting.length + this.#running, delivered: this.#delivered, dropped: this.#dropped };
  }

  /** Never throws and never waits. */
  take(event: Envelope): void {
    if (this.#stopping.signal.aborted || !this.#options.sink.wants(event)) return;
    this.#waiting.push(event);
    if (this.#waiting.length > this.#options.size)
      this.#lose(this.#waiting.splice(0, 1 + this.#options.size / 8).length);
    this.#work();
  }

  /** What still waits is lost, and counted; deliveries under way have a second. */
  async close(): Promise<void> {
    const deadline = Date.now() + 1000;
    while (this.#running > 0 && Date.now() < deadline) await new Promise((go) => setTimeout(go, 10));
    this.#stopping.abort();
    this.#lose(this.#waiting.length);
    this.#waiting = [];
  }

  #work(): void {
    while (this.#running < this.#options.sink.width) {
      const event = this.#waiting.shift();
      if (!event) return;
      this.#running += 1;
      void this.#deliver(event);
    }
  }

  async #deliver(event: Envelope): Promise<void> {
    const { sink, log, metrics } = this.#options;
    try {
      await sink.deliver(event, this.#stopping.signal);
      this.#delivered += 1;
      metrics.eventsDelivered.labels(kindOf(sink)).inc();
    } catch (error) {
      this.#lose(1);
      log.warn(
        { consumer: sink.name, event: event.id, type: event.type, code: codeOf(error), error },
        'an event was lost',
      );
    } finally {
      this.#running -= 1;
      this.#work();
    }
  }

  #lose(count: number): void {
    if (count === 0) return;
    this.#dropped += count;
    this.#options.metrics.eventsDropped.labels(kindOf(this.#options.sink)).inc(count);
  }
}

/** A label has few values: webhooks are one. */
function kindOf({ name }: Sink): string {
  return name.split(':')[0] ?? name;
}
