/**
 * One listener: what the hub gives goes out at once while it can, waits while the listener is slow, and is lost by a
 * bound, which the listener is told. The transport is a WebSocket or an event stream.
 */
import type { Metrics } from '../../../lib/metrics.ts';
import { gapMessage, messagesOf } from './frames.ts';
import type { Entry, Hub, Listener, Missed } from './hub.ts';
import { Outbox } from './outbox.ts';
import type { StreamQuestion } from './question.ts';

export interface Transport {
  /** Sends one message; `entry` is what it is of. */
  send(text: string, entry: Entry | undefined): void;
  /** More would only wait in the socket. */
  isFull(): boolean;
  /** Ends the stream because its reader does not read. */
  giveUp(): void;
}

export interface SubscriptionOptions {
  readonly hub: Hub;
  readonly question: StreamQuestion;
  readonly transport: Transport;
  readonly metrics: Pick<Metrics, 'eventsDelivered' | 'eventsDropped'>;
  readonly consumer: 'websocket' | 'sse';
  /** A reader that has taken nothing for so long while it loses events is let go; 30,000 ms. */
  readonly patienceMs?: number;
}

export class Subscription implements Listener {
  readonly tenants: StreamQuestion['tenants'];
  readonly #options: Required<SubscriptionOptions>;
  readonly #outbox = new Outbox();
  readonly #stop: () => void;
  readonly #timer: NodeJS.Timeout;
  #progress = performance.now();
  #closed = false;

  constructor(options: SubscriptionOptions) {
    this.#options = { patienceMs: 30_000, ...options };
    this.tenants = options.question.tenants;
    this.#resume();
    this.#stop = options.hub.listen(this);
    this.#timer = setInterval(() => this.#pump(), 100);
    this.#timer.unref();
  }

  take(entry: Entry): void {
    if (this.#outbox.size === 0 && !this.#options.transport.isFull()) return this.#send(entry);
    const before = this.#outbox.dropped;
    if (!this.#outbox.push(entry)) return;
    this.#options.metrics.eventsDropped.labels(this.#options.consumer).inc(this.#outbox.dropped - before);
    if (performance.now() - this.#progress > this.#options.patienceMs) this.#options.transport.giveUp();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#timer);
    this.#stop();
    this.#options.metrics.eventsDropped.labels(this.#options.consumer).inc(this.#outbox.abandon());
  }

  /** Sends what waits as far as the reader takes it. */
  #pump(): void {
    const { transport } = this.#options;
    if (transport.isFull()) return;
    this.#progress = performance.now();
    if (this.#outbox.size === 0) return;
    const { missed, entries } = this.#outbox.take();
    for (const one of missed) transport.send(gapMessage(one), undefined);
    for (const entry of entries) this.take(entry);
  }

  #send(entry: Entry): void {
    const { transport, question, metrics, consumer } = this.#options;
    for (const text of messagesOf(entry, question.kind)) {
      if (question.types && !question.types.has(typeOf(text))) continue;
      transport.send(text, entry);
    }
    metrics.eventsDelivered.labels(consumer).inc();
  }

  #resume(): void {
    const { hub, question, transport } = this.#options;
    const [tenant] = question.tenants === '*' ? [] : question.tenants;
    if (question.since === undefined || tenant === undefined) return;
    const isOther = question.epoch !== undefined && question.epoch !== hub.epoch;
    const { entries, missed } = isOther
      ? { entries: [], missed: unknownGap(tenant, hub) }
      : hub.since(tenant, question.since);
    if (missed) transport.send(gapMessage(missed), undefined);
    for (const entry of entries) this.take(entry);
  }
}

/** The numbers are of another process: what lies between cannot be said, only that something may. */
function unknownGap(tenant: string, hub: Hub): Missed | undefined {
  const last = hub.last(tenant);
  return last === 0 ? undefined : { tenant, from: 1, to: last };
}

/** The type stands in a message that we wrote ourselves. */
function typeOf(text: string): string {
  return /"type":"(?:dev\.elava\.)?(policy\.[a-z_]+)"/.exec(text)?.[1] ?? '';
}
