/** Jobs in this process. `publish` waits while the topic is full, so a fast planner is slowed, not remembered. */
import { codeOf, elavaError, messageOf } from './errors.ts';
import type { DeadJob, DeadLetters, Delivery, JobOptions, Jobs, TopicStats, Worker, WorkOptions } from './jobs.ts';
import { linked } from './time.ts';

type Handle = (job: object, delivery: Delivery) => Promise<void>;

interface Queued {
  readonly id: string;
  readonly job: object;
  readonly attempt: number;
}
interface Working {
  readonly options: WorkOptions;
  readonly handle: Handle;
  closing: boolean;
  /** Asked for a slot and not told of one yet. */
  waiting: boolean;
}
interface Topic {
  readonly name: string;
  readonly waiting: Queued[];
  readonly ids: Set<string>;
  running: number;
  done: number;
  dead: number;
  worker: Working | undefined;
  /** Who waits for the last running job to end, and who waits for room. */
  readonly idle: (() => void)[];
  readonly room: (() => void)[];
}

export interface MemoryJobsOptions {
  /** Jobs that may wait a topic; publishers wait for room, a second as many of them are refused. */
  readonly capacity?: number;
  readonly onDead?: (topic: string, id: string, error: unknown) => void;
}

const defaultAttempts = 3;
/** Dead jobs that are remembered; they go with the process. */
const MAX_DEAD = 1000;

export class MemoryJobs implements Jobs {
  readonly #topics = new Map<string, Topic>();
  readonly #stopping = new AbortController();
  readonly #capacity: number;
  readonly #onDead: (topic: string, id: string, error: unknown) => void;
  readonly #dead = new Map<string, DeadJob>();
  readonly dead: DeadLetters = {
    list: async ({ topic, limit = 100 } = {}) =>
      [...this.#dead.values()].filter((one) => topic === undefined || one.topic === topic).slice(0, limit),
    retry: async (topic, id) => {
      const found = this.#dead.get(`${topic} ${id}`);
      this.#dead.delete(`${topic} ${id}`);
      if (found) await this.publish(topic, found.job, { id });
      return found !== undefined;
    },
    drop: async (topic, id) => this.#dead.delete(`${topic} ${id}`),
  };

  constructor({ capacity = 10_000, onDead = () => {} }: MemoryJobsOptions = {}) {
    this.#capacity = capacity;
    this.#onDead = onDead;
  }

  async publish(name: string, job: object, { id }: JobOptions): Promise<boolean> {
    const topic = this.#topic(name);
    if (topic.ids.has(id)) return false;
    if (topic.room.length >= this.#capacity) {
      throw elavaError('QUEUE_FULL', `topic ${name} is full and so is its queue of publishers`);
    }
    topic.ids.add(id);
    if (topic.waiting.length >= this.#capacity) await new Promise<void>((resolve) => topic.room.push(resolve));
    if (this.#stopping.signal.aborted) throw elavaError('CANCELLED', 'the process is stopping');
    topic.waiting.push({ id, job, attempt: 1 });
    this.#pump(topic);
    return true;
  }

  work<T extends object>(
    name: string,
    options: WorkOptions,
    handle: (job: T, delivery: Delivery) => Promise<void>,
  ): Worker {
    const topic = this.#topic(name);
    if (topic.worker) throw elavaError('INTERNAL', `topic ${name} has a worker already`);
    topic.worker = { options, handle: handle as Handle, closing: false, waiting: false };
    queueMicrotask(() => this.#pump(topic));
    return { close: () => closeTopic(topic) };
  }

  stats(name: string): TopicStats {
    const { waiting, running, done, dead } = this.#topic(name);
    return { waiting: waiting.length, running, done, dead };
  }

  async topics(): Promise<string[]> {
    return [...this.#topics.keys()].toSorted();
  }

  async close(): Promise<void> {
    this.#stopping.abort();
    const topics = [...this.#topics.values()];
    for (const topic of topics) for (const resolve of topic.room.splice(0)) resolve();
    await Promise.all(topics.map(closeTopic));
  }

  #topic(name: string): Topic {
    const found = this.#topics.get(name);
    if (found) return found;
    const made: Topic = {
      name,
      waiting: [],
      ids: new Set(),
      running: 0,
      done: 0,
      dead: 0,
      worker: undefined,
      idle: [],
      room: [],
    };
    this.#topics.set(name, made);
    return made;
  }

  #pump(topic: Topic): void {
    const { worker } = topic;
    while (worker && !worker.closing && topic.running < worker.options.concurrency && topic.waiting.length > 0) {
      if (!this.#slotFor(topic, worker)) break;
      const queued = topic.waiting.shift();
      if (!queued) break;
      topic.room.shift()?.();
      topic.running += 1;
      void this.#run(topic, worker, queued).finally(() => {
        topic.running -= 1;
        worker.options.slots?.give(1);
        this.#pump(topic);
      });
    }
    if (topic.running === 0) for (const resolve of topic.idle.splice(0)) resolve();
  }

  #slotFor(topic: Topic, worker: Working): boolean {
    if (worker.waiting) return false;
    const told = (): void => {
      worker.waiting = false;
      this.#pump(topic);
    };
    const taken = worker.options.slots?.takeOr(told) ?? true;
    worker.waiting = !taken;
    return taken;
  }

  async #run(topic: Topic, { options, handle }: Working, queued: Queued): Promise<void> {
    using limit = linked([this.#stopping.signal], options.deadlineMs);
    try {
      await handle(queued.job, { id: queued.id, attempt: queued.attempt, signal: limit.signal });
      topic.done += 1;
      topic.ids.delete(queued.id);
    } catch (error) {
      if (this.#again(queued, options, error)) {
        topic.waiting.push({ ...queued, attempt: queued.attempt + 1 });
        return;
      }
      topic.ids.delete(queued.id);
      // Cut short by a stop, it is not at fault; the store knows what is still to be done.
      if (topic.worker?.closing && codeOf(error) === 'CANCELLED') return;
      topic.dead += 1;
      this.#bury(topic.name, queued, error);
    }
  }

  #bury(topic: string, { id, job, attempt }: Queued, error: unknown): void {
    const dead = { topic, id, job, error: codeOf(error), detail: messageOf(error), attempts: attempt };
    this.#dead.set(`${topic} ${id}`, { ...dead, at: new Date().toISOString() });
    const [oldest] = this.#dead.keys();
    if (this.#dead.size > MAX_DEAD && oldest !== undefined) this.#dead.delete(oldest);
    this.#onDead(topic, id, error);
  }

  #again(queued: Queued, options: WorkOptions, error: unknown): boolean {
    if (this.#stopping.signal.aborted || codeOf(error) === 'CANCELLED') return false;
    return queued.attempt < (options.attempts ?? defaultAttempts);
  }
}

async function closeTopic(topic: Topic): Promise<void> {
  if (topic.worker) topic.worker.closing = true;
  if (topic.running > 0) await new Promise<void>((resolve) => topic.idle.push(resolve));
  topic.worker = undefined;
}
