/** How a topic lives in JetStream: one stream a topic, one subject a job, one durable consumer for all its workers. */
import { createHash } from 'node:crypto';
import {
  AckPolicy,
  type ConsumerConfig,
  DiscardPolicy,
  type JetStreamManager,
  nanos,
  RetentionPolicy,
  type StreamConfig,
} from 'nats';
import { apiCodeOf } from '../nats.ts';

export interface QueueSettings {
  /** Before every stream and subject: two installations may share servers. */
  readonly prefix: string;
  /** Servers that hold each stream. */
  readonly replicas: number;
  /** Jobs that may wait in a topic. */
  readonly capacity: number;
  /** A job of which nothing is heard for so long is delivered again. */
  readonly ackWaitMs: number;
}
export interface Queue {
  readonly topic: string;
  readonly stream: string;
  /** Published to, empty and without an answer, when jobs come in. */
  readonly hint: string;
  subjectOf(id: string): string;
}

export const DURABLE = 'workers';
/** Jobs that all workers of a topic together may hold unacknowledged. */
const MAX_IN_FLIGHT = 5000;
const DEAD_AGE_MS = 30 * 86_400_000;
const MAX_DEAD = 100_000;

export function queueOf(prefix: string, topic: string): Queue {
  return {
    topic,
    stream: `${prefix}-jobs-${topic.replaceAll(/[^A-Za-z0-9_-]/g, '_')}`,
    hint: `${prefix}.hint.${topic}`,
    subjectOf: (id) => `${prefix}.jobs.${topic}.${tokenOf(id)}`,
  };
}

export function deadStream(prefix: string): string {
  return `${prefix}-dead`;
}
export function deadSubject(prefix: string, topic: string, id: string): string {
  return `${prefix}.dead.${topic}.${tokenOf(id)}`;
}

/** Ids hold what no subject may. */
function tokenOf(id: string): string {
  return createHash('sha256').update(id).digest('base64url').slice(0, 22);
}

/**
 * A subject holds one message at most, so the server itself refuses a second job of an id that waits or runs, and takes it
 * again as soon as the first one is acknowledged: no window of time in which an id is remembered, none in which it is not.
 */
export async function ensureQueue(jsm: JetStreamManager, queue: Queue, settings: QueueSettings): Promise<void> {
  const { prefix, replicas, capacity, ackWaitMs } = settings;
  await ensureStream(jsm, {
    name: queue.stream,
    subjects: [`${prefix}.jobs.${queue.topic}.*`],
    retention: RetentionPolicy.Workqueue,
    discard: DiscardPolicy.New,
    discard_new_per_subject: true,
    max_msgs_per_subject: 1,
    max_msgs: capacity,
    num_replicas: replicas,
    duplicate_window: nanos(120_000),
  });
  await ensureConsumer(jsm, queue.stream, {
    durable_name: DURABLE,
    ack_policy: AckPolicy.Explicit,
    ack_wait: nanos(ackWaitMs),
    // Counted by the worker, which also knows why: here it would only stop being delivered.
    max_deliver: -1,
    max_ack_pending: MAX_IN_FLIGHT,
  });
}

export function ensureDead(jsm: JetStreamManager, { prefix, replicas }: QueueSettings): Promise<void> {
  return ensureStream(jsm, {
    name: deadStream(prefix),
    subjects: [`${prefix}.dead.>`],
    retention: RetentionPolicy.Limits,
    discard: DiscardPolicy.Old,
    max_msgs_per_subject: 1,
    max_msgs: MAX_DEAD,
    max_age: nanos(DEAD_AGE_MS),
    num_replicas: replicas,
  });
}

/** "stream name already in use": with other settings, which an update brings to ours. */
const STREAM_EXISTS = 10_058;
/** "consumer already exists", and "consumer name already in use". */
const CONSUMER_EXISTS: readonly (number | undefined)[] = [10_148, 10_013];

async function ensureStream(jsm: JetStreamManager, config: Partial<StreamConfig> & { name: string }): Promise<void> {
  try {
    await jsm.streams.add(config);
  } catch (error) {
    if (apiCodeOf(error) !== STREAM_EXISTS) throw error;
    await jsm.streams.update(config.name, config);
  }
}

async function ensureConsumer(jsm: JetStreamManager, stream: string, config: Partial<ConsumerConfig>): Promise<void> {
  try {
    await jsm.consumers.add(stream, config);
  } catch (error) {
    if (!CONSUMER_EXISTS.includes(apiCodeOf(error))) throw error;
    await jsm.consumers.update(stream, DURABLE, config);
  }
}
