/** Jobs in JetStream: they outlive every process, and any worker of the topic takes them. At least once, never twice at a time. */
import type { JetStreamClient, JetStreamManager, JsMsg, NatsConnection } from 'nats';
import { nuid } from 'nats';
import { elavaError, messageOf } from '../errors.ts';
import type { Delivery, JobOptions, Jobs, TopicStats, Worker, WorkOptions } from '../jobs.ts';
import { lazily } from '../lazily.ts';
import type { Logger } from '../log.ts';
import { apiCodeOf, type NatsLink } from '../nats.ts';
import { sleep } from '../time.ts';
import { JetStreamDead } from './dead.ts';
import { type Failure, JetStreamWorker, type WorkerParts } from './jetstream-worker.ts';
import { queueTopics } from './lag.ts';
import { deadHeaders, encodeJob, type JobHeaders, jobHeaders } from './message.ts';
import { DURABLE, deadSubject, ensureDead, ensureQueue, type Queue, type QueueSettings, queueOf } from './queue.ts';

export type Outcome = 'done' | 'dead' | 'again' | 'stale';

export interface JetStreamJobsOptions extends QueueSettings {
  readonly link: NatsLink;
  readonly log: Logger;
  /** How long a publisher waits for the server's answer before it gives up. */
  readonly timeoutMs: number;
  /** Term of the lead that this process has; its jobs carry it. */
  readonly fence?: () => number | undefined;
  readonly isStale?: (fence: number) => boolean;
  readonly onSettled?: (topic: string, outcome: Outcome) => void;
  readonly trace?: () => Readonly<Record<string, string>>;
  readonly traced?: (topic: string, head: JobHeaders, work: () => Promise<void>) => Promise<void>;
}

interface Opened {
  readonly connection: NatsConnection;
  readonly js: JetStreamClient;
  readonly jsm: JetStreamManager;
}

/** "maximum messages exceeded", in the stream or of one subject. */
const FULL = 10_077;
/** A server that was just started answers the next try; what it was asked while it was away is lost. */
const ANSWER_MS = 1500;
/** How often a hint goes out at most: it only says that asking is worth while. */
const HINT_MS = 20;

export class JetStreamJobs implements Jobs {
  readonly dead: JetStreamDead;
  /** Connects and makes what all topics share. Error: NATS_UNAVAILABLE. */
  readonly open: () => Promise<Opened>;
  readonly #options: JetStreamJobsOptions;
  readonly #queues = new Map<string, Promise<Queue>>();
  readonly #workers = new Map<string, { worker?: JetStreamWorker; done: number }>();
  readonly #hints = new Map<string, NodeJS.Timeout>();
  readonly #stopping = new AbortController();

  constructor(options: JetStreamJobsOptions) {
    this.#options = options;
    this.open = lazily(() => this.#open());
    this.dead = new JetStreamDead({
      prefix: options.prefix,
      open: this.open,
      requeue: (topic, id, job) => this.publish(topic, job, { id }),
    });
  }

  /** Waits while the topic is full. Errors: CANCELLED at a stop, NATS_UNAVAILABLE when no server answers in time. */
  async publish(topic: string, job: object, { id }: JobOptions): Promise<boolean> {
    const queue = await this.#queue(topic);
    const data = encodeJob(job);
    const { fence, trace } = this.#options;
    const message = {
      msgID: nuid.next(),
      headers: jobHeaders({ id, fence: fence?.(), trace: trace?.() }),
    };
    for (let wait = 20; ; wait = Math.min(1000, wait * 2)) {
      const held = await this.#offer(queue, id, { data, ...message });
      if (held !== 'full') return held === 'held';
      await sleep(wait, this.#stopping.signal);
    }
  }

  work<T extends object>(
    topic: string,
    options: WorkOptions,
    handle: (job: T, delivery: Delivery) => Promise<void>,
  ): Worker {
    if (this.#workers.has(topic)) throw elavaError('INTERNAL', `topic ${topic} has a worker already`);
    const entry: { worker?: JetStreamWorker; done: number } = { done: 0 };
    this.#workers.set(topic, entry);
    const started = this.#startWorker(topic, entry, { options, handle: handle as WorkerParts['handle'] });
    return {
      close: async () => {
        this.#workers.delete(topic);
        await started;
        await entry.worker?.close();
      },
    };
  }

  async stats(topic: string): Promise<TopicStats> {
    const { jsm } = await this.open();
    const { stream } = await this.#queue(topic);
    const [{ state }, { num_ack_pending: inFlight }] = await Promise.all([
      jsm.streams.info(stream),
      jsm.consumers.info(stream, DURABLE),
    ]);
    return {
      waiting: Math.max(0, state.messages - inFlight),
      running: inFlight,
      done: this.#workers.get(topic)?.done ?? 0,
      dead: await this.dead.count(topic),
    };
  }

  async topics(): Promise<string[]> {
    const { jsm } = await this.open();
    return await queueTopics(jsm, this.#options.prefix);
  }

  async close(): Promise<void> {
    this.#stopping.abort();
    for (const timer of this.#hints.values()) clearTimeout(timer);
    await Promise.all([...this.#workers.values()].flatMap(({ worker }) => (worker ? [worker.close()] : [])));
  }

  async #open(): Promise<Opened> {
    const { link, timeoutMs } = this.#options;
    const connection = await link.connection();
    try {
      const jsm = await connection.jetstreamManager({ timeout: timeoutMs });
      await ensureDead(jsm, this.#options);
      return { connection, js: connection.jetstream({ timeout: Math.min(ANSWER_MS, timeoutMs / 4) }), jsm };
    } catch (cause) {
      throw elavaError('NATS_UNAVAILABLE', `JetStream: ${messageOf(cause)}`, { cause });
    }
  }

  #queue(topic: string): Promise<Queue> {
    const known = this.#queues.get(topic);
    if (known) return known;
    const made = this.#makeQueue(topic);
    this.#queues.set(topic, made);
    made.catch(() => this.#queues.delete(topic));
    return made;
  }

  async #makeQueue(topic: string): Promise<Queue> {
    const { jsm } = await this.open();
    const queue = queueOf(this.#options.prefix, topic);
    try {
      await ensureQueue(jsm, queue, this.#options);
    } catch (cause) {
      throw elavaError('NATS_UNAVAILABLE', `the queue ${topic} cannot be made: ${messageOf(cause)}`, { cause });
    }
    return queue;
  }

  /** Offers a job until a server has answered; a repetition of one that did arrive is the same job, by its message id. */
  async #offer(
    queue: Queue,
    id: string,
    message: { data: Uint8Array; msgID: string; headers: ReturnType<typeof jobHeaders> },
  ): Promise<'held' | 'known' | 'full'> {
    const { js, jsm } = await this.open();
    const subject = queue.subjectOf(id);
    const { data, ...options } = message;
    const until = performance.now() + this.#options.timeoutMs;
    for (;;) {
      try {
        await js.publish(subject, data, options);
        this.#hint(queue);
        return 'held';
      } catch (error) {
        if (apiCodeOf(error) === FULL) return (await isThere(jsm, queue, subject)) ? 'known' : 'full';
        if (this.#stopping.signal.aborted) throw elavaError('CANCELLED', 'the process is stopping', { cause: error });
        if (performance.now() > until)
          throw elavaError('NATS_UNAVAILABLE', `the queue ${queue.topic} does not answer: ${messageOf(error)}`, {
            cause: error,
          });
        await sleep(100, this.#stopping.signal);
      }
    }
  }

  #hint({ hint }: Queue): void {
    if (this.#hints.has(hint) || this.#stopping.signal.aborted) return;
    const timer = setTimeout(() => {
      this.#hints.delete(hint);
      void this.open().then(({ connection }) => !connection.isClosed() && connection.publish(hint));
    }, HINT_MS);
    this.#hints.set(hint, timer);
  }

  async #startWorker(
    topic: string,
    entry: { worker?: JetStreamWorker; done: number },
    { options, handle }: Pick<WorkerParts, 'options' | 'handle'>,
  ): Promise<void> {
    const { signal } = this.#stopping;
    while (this.#workers.get(topic) === entry && !signal.aborted) {
      try {
        const [{ connection, js }, queue] = await Promise.all([this.open(), this.#queue(topic)]);
        if (this.#workers.get(topic) !== entry || signal.aborted) return;
        entry.worker = new JetStreamWorker({
          ...this.#options,
          connection,
          js,
          queue,
          options,
          handle,
          isStale: this.#options.isStale ?? (() => false),
          bury: (message, id, failure) => this.#bury(topic, { message, id }, failure),
          settled: (outcome) => {
            if (outcome === 'done') entry.done += 1;
            this.#options.onSettled?.(topic, outcome);
          },
          traced: (head, work) => this.#options.traced?.(topic, head, work) ?? work(),
        });
        return;
      } catch (error) {
        this.#options.log.warn({ error, topic }, 'the queue cannot be worked yet');
        await sleep(1000, signal, { unref: true }).catch(() => undefined);
      }
    }
  }

  async #bury(topic: string, { message, id }: { message: JsMsg; id: string }, failure: Failure): Promise<void> {
    const { js } = await this.open();
    const { prefix, log } = this.#options;
    await js.publish(deadSubject(prefix, topic, id), message.data, {
      headers: deadHeaders(topic, { id, seq: message.seq, ...failure }),
    });
    log.error({ error: failure.error, topic, id }, 'job is dead');
  }
}

async function isThere(jsm: JetStreamManager, { stream }: Queue, subject: string): Promise<boolean> {
  const { state } = await jsm.streams.info(stream, { subjects_filter: subject });
  return (state.subjects?.[subject] ?? 0) > 0;
}
