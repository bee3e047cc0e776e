/**
 * Durable events in JetStream: all but `policy.evaluated`, of which there are too many to keep. A subject is
 * `<namespace>.policy-events.<type>.<tenant>`; an event that is sent twice is kept once, by its id.
 */
import { DeliverPolicy, type JetStreamClient, type NatsConnection, RetentionPolicy } from 'nats';
import { elavaError, messageOf } from '../../lib/errors.ts';
import { lazily } from '../../lib/lazily.ts';
import type { Envelope } from '../../lib/policy-event/envelope.ts';
import type { Sink } from './consumer.ts';

export interface DurableOptions {
  /** The process's connection. */
  readonly connection: () => Promise<NatsConnection>;
  readonly namespace: string;
  readonly replicas: number;
  readonly timeoutMs: number;
}

const keepMs = 30 * 86_400_000;
const maxBytes = 1024 * 1024 * 1024;
const nanos = 1_000_000;

export interface Replay {
  readonly since: string;
  readonly tenants?: readonly string[] | undefined;
  readonly types?: readonly string[] | undefined;
  readonly limit: number;
}

export class DurableEvents implements Sink {
  readonly name = 'jetstream';
  readonly width = 64;
  readonly #options: DurableOptions;
  readonly #open: () => Promise<JetStreamClient>;

  constructor(options: DurableOptions) {
    this.#options = options;
    this.#open = lazily(() =>
      this.#prepare().catch((cause: unknown) => {
        throw elavaError('NATS_UNAVAILABLE', `the stream of events cannot be opened: ${messageOf(cause)}`, { cause });
      }),
    );
  }

  wants({ type }: Envelope): boolean {
    return type !== 'policy.evaluated';
  }

  /** Errors: NATS_UNAVAILABLE. */
  async deliver(event: Envelope): Promise<void> {
    const client = await this.#open();
    const tenant = typeof event.payload['tenant_id'] === 'string' ? event.payload['tenant_id'] : '_';
    const subject = `${this.#prefix}.${event.type.slice('policy.'.length)}.${tenant}`;
    const timeout = this.#options.timeoutMs;
    await client.publish(subject, JSON.stringify(event), { msgID: event.id, timeout }).catch((cause: unknown) => {
      throw elavaError('NATS_UNAVAILABLE', `an event could not be kept: ${messageOf(cause)}`, { cause });
    });
  }

  /** Oldest first; `complete` is false where there are more than `limit`. Errors: NATS_UNAVAILABLE. */
  async replay(replay: Replay): Promise<{ events: Envelope[]; complete: boolean }> {
    try {
      return await this.#replay(replay);
    } catch (cause) {
      throw elavaError('NATS_UNAVAILABLE', `events cannot be replayed: ${messageOf(cause)}`, { cause });
    }
  }

  async #replay({ since, tenants, types, limit }: Replay): Promise<{ events: Envelope[]; complete: boolean }> {
    const client = await this.#open();
    const consumer = await client.consumers.get(this.#stream, {
      deliver_policy: DeliverPolicy.StartTime,
      opt_start_time: since,
      filterSubjects: this.#subjects(tenants, types),
    });
    const { num_pending: pending } = await consumer.info();
    const wanted = Math.min(limit, pending);
    const events: Envelope[] = [];
    if (wanted === 0) return { events, complete: true };
    const messages = await consumer.fetch({ max_messages: wanted, expires: this.#options.timeoutMs });
    for await (const message of messages) {
      events.push(message.json<Envelope>());
      if (events.length >= wanted) break;
    }
    return { events, complete: events.length >= pending };
  }

  get #prefix(): string {
    return `${this.#options.namespace}.policy-events`;
  }

  get #stream(): string {
    return `${this.#options.namespace}_policy_events`;
  }

  #subjects(tenants: readonly string[] = ['*'], types: readonly string[] = ['*']): string[] {
    return types.flatMap((type) =>
      tenants.map((tenant) => `${this.#prefix}.${type.replace(/^policy\./, '')}.${tenant}`),
    );
  }

  async #prepare(): Promise<JetStreamClient> {
    const connection = await this.#options.connection();
    const manager = await connection.jetstreamManager();
    const settings = {
      name: this.#stream,
      subjects: [`${this.#prefix}.>`],
      retention: RetentionPolicy.Limits,
      max_age: keepMs * nanos,
      max_bytes: maxBytes,
      num_replicas: this.#options.replicas,
      duplicate_window: 120_000 * nanos,
    };
    await manager.streams.add(settings).catch(() => manager.streams.update(this.#stream, settings));
    return connection.jetstream();
  }
}
