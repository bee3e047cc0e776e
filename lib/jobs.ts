/**
 * Work that must be done, as one interface with two implementations: in this process (here), and durable over
 * JetStream in a cluster. The store is the record: a lost job can always be planned again from it.
 */
import { codeOf, elavaError } from './errors.ts';

export interface JobOptions {
  /** Jobs of one id that wait or run are one job. */
  readonly id: string;
}
export interface WorkOptions {
  readonly concurrency: number;
  /** Deliveries of one job before it is dead. */
  readonly attempts?: number;
  /** A handler that runs longer has its signal aborted and counts as failed. */
  readonly deadlineMs: number;
}
export interface Delivery {
  readonly id: string;
  readonly attempt: number;
  readonly signal: AbortSignal;
}
export interface TopicStats {
  readonly waiting: number;
  readonly running: number;
  readonly done: number;
  readonly dead: number;
}
export interface Worker {
  /** Stops taking jobs, waits for those that run. */
  close(): Promise<void>;
}
export interface Jobs {
  /** Resolves when the queue holds the job: true, or false when a job of that id is already waiting or running. */
  publish(topic: string, job: object, options: JobOptions): Promise<boolean>;
  /** One worker a topic and process; `handle` may run again for the same job and must be idempotent. */
  work<T extends object>(
    topic: string,
    options: WorkOptions,
    handle: (job: T, delivery: Delivery) => Promise<void>,
  ): Worker;
  stats(topic: string): TopicStats;
  close(): Promise<void>;
}

interface Queued {
  readonly id: string;
  readonly job: object;
  attempt: number;
}
interface Topic {
  readonly name: string;
  readonly waiting: Queued[];
  readonly ids: Set<string>;
  running: number;
  done: number;
  dead: number;
  worker?: { options: WorkOptions; handle: (job: object, delivery: Delivery) => Promise<void>; closing: boolean };
  idle: (() => void)[];
  room: (() => void)[];
}

export interface MemoryJobsOptions {
  /** Jobs that may wait a topic; publishers wait for room, a second as many of them are refused. */
  readonly capacity?: number;
  readonly onDead?: (topic: string, id: string, error: unknown) => void;
}

/** Jobs in this process. `publish` waits while the topic is full, so a fast planner is slowed, not remembered. */
export function memoryJobs({ capacity = 10_000, onDead = () => {} }: MemoryJobsOptions = {}): Jobs {
  const topics = new Map<string, Topic>();
  const stopping = new AbortController();
  const topicOf = (name: string): Topic => {
    const found = topics.get(name);
    if (found) return found;
    const made: Topic = { name, waiting: [], ids: new Set(), running: 0, done: 0, dead: 0, idle: [], room: [] };
    topics.set(name, made);
    return made;
  };

  const run = async (topic: Topic, queued: Queued): Promise<void> => {
    const worker = topic.worker;
    if (!worker) return;
    const signal = AbortSignal.any([stopping.signal, AbortSignal.timeout(worker.options.deadlineMs)]);
    try {
      await worker.handle(queued.job, { id: queued.id, attempt: queued.attempt, signal });
      topic.done += 1;
      topic.ids.delete(queued.id);
    } catch (error) {
      if (
        !stopping.signal.aborted &&
        codeOf(error) !== 'CANCELLED' &&
        queued.attempt < (worker.options.attempts ?? 3)
      ) {
        topic.waiting.push({ ...queued, attempt: queued.attempt + 1 });
      } else {
        topic.dead += 1;
        topic.ids.delete(queued.id);
        onDead(topic.name, queued.id, error);
      }
    }
  };

  const pump = (topic: Topic): void => {
    while (topic.worker && !topic.worker.closing && topic.running < topic.worker.options.concurrency) {
      const queued = topic.waiting.shift();
      if (!queued) break;
      topic.room.shift()?.();
      topic.running += 1;
      void run(topic, queued).finally(() => {
        topic.running -= 1;
        pump(topic);
      });
    }
    if (topic.running === 0 && (topic.waiting.length === 0 || topic.worker?.closing)) {
      for (const resolve of topic.idle.splice(0)) resolve();
    }
  };

  const closeTopic = async (topic: Topic): Promise<void> => {
    if (topic.worker) topic.worker.closing = true;
    if (topic.running > 0) await new Promise<void>((resolve) => topic.idle.push(resolve));
    delete topic.worker;
  };

  return {
    async publish(name, job, { id }) {
      const topic = topicOf(name);
      if (topic.ids.has(id)) return false;
      if (topic.room.length >= capacity)
        throw elavaError('QUEUE_FULL', `topic ${name} is full and so is its queue of publishers`);
      topic.ids.add(id);
      if (topic.waiting.length >= capacity) await new Promise<void>((resolve) => topic.room.push(resolve));
      if (stopping.signal.aborted) throw elavaError('CANCELLED', 'the process is stopping');
      topic.waiting.push({ id, job, attempt: 1 });
      pump(topic);
      return true;
    },
    work(name, options, handle) {
      const topic = topicOf(name);
      if (topic.worker) throw elavaError('INTERNAL', `topic ${name} has a worker already`);
      topic.worker = { options, handle: handle as (job: object, delivery: Delivery) => Promise<void>, closing: false };
      queueMicrotask(() => pump(topic));
      return { close: () => closeTopic(topic) };
    },
    stats(name) {
      const topic = topicOf(name);
      return { waiting: topic.waiting.length, running: topic.running, done: topic.done, dead: topic.dead };
    },
    async close() {
      stopping.abort();
      for (const topic of topics.values()) for (const resolve of topic.room.splice(0)) resolve();
      await Promise.all([...topics.values()].map(closeTopic));
    },
  };
}
