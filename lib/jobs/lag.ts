/** How much waits in each queue of the installation, whoever works it. */
import type { JetStreamManager } from 'nats';
import { DURABLE, deadStream } from './queue.ts';

export interface Lag {
  readonly topic: string;
  readonly waiting: number;
  readonly dead: number;
}

export async function queueLags(jsm: JetStreamManager, prefix: string): Promise<Lag[]> {
  const dead = await deadByTopic(jsm, prefix);
  const lags: Lag[] = [];
  for await (const { topic, stream, messages } of queues(jsm, prefix)) {
    const { num_ack_pending: running } = await jsm.consumers.info(stream, DURABLE);
    lags.push({ topic, waiting: Math.max(0, messages - running), dead: dead.get(topic) ?? 0 });
    dead.delete(topic);
  }
  return [...lags, ...[...dead].map(([topic, count]) => ({ topic, waiting: 0, dead: count }))];
}

/** Those that have a queue or a dead job, sorted. */
export async function queueTopics(jsm: JetStreamManager, prefix: string): Promise<string[]> {
  const topics = new Set((await deadByTopic(jsm, prefix)).keys());
  for await (const { topic } of queues(jsm, prefix)) topics.add(topic);
  return [...topics].toSorted();
}

async function* queues(jsm: JetStreamManager, prefix: string) {
  const before = `${prefix}.jobs.`;
  for await (const { config, state } of jsm.streams.list(`${before}>`)) {
    const topic = (config.subjects[0] ?? '').slice(before.length).replace(/\.\*$/, '');
    yield { topic, stream: config.name, messages: state.messages };
  }
}

async function deadByTopic(jsm: JetStreamManager, prefix: string): Promise<Map<string, number>> {
  const { state } = await jsm.streams.info(deadStream(prefix), { subjects_filter: `${prefix}.dead.>` });
  const counts = new Map<string, number>();
  for (const subject of Object.keys(state.subjects ?? {})) {
    const topic = subject.slice(`${prefix}.dead.`.length).split('.').slice(0, -1).join('.');
    counts.set(topic, (counts.get(topic) ?? 0) + 1);
  }
  return counts;
}
