/**
 * Works one topic: asks for as many jobs as it has room for and no more, so that nothing waits here while another process
 * is idle, and a crash counts against those jobs only that ran.
 */
import type { JetStreamClient, JsMsg, NatsConnection, Subscription } from 'nats';
import { codeOf, elavaError } from '../errors.ts';
import type { Delivery, Worker, WorkOptions } from '../jobs.ts';
import type { Logger } from '../log.ts';
import { linked, sleep } from '../time.ts';
import { decodeJob, type JobHeaders, readJobHeaders } from './message.ts';
import { DURABLE, type Queue } from './queue.ts';
import { Slots } from './slots.ts';

export interface Failure {
  readonly error: unknown;
  readonly attempts: number;
}
export interface WorkerParts {
  readonly connection: NatsConnection;
  readonly js: JetStreamClient;
  readonly queue: Queue;
  readonly ackWaitMs: number;
  readonly options: WorkOptions;
  readonly handle: (job: object, delivery: Delivery) => Promise<void>;
  readonly log: Logger;
  /** A job of this term is of a leader that leads no more. */
  readonly isStale: (fence: number) => boolean;
  /** Resolves when the dead letter is stored. */
  readonly bury: (message: JsMsg, id: string, failure: Failure) => Promise<void>;
  readonly settled: (outcome: 'done' | 'dead' | 'again' | 'stale') => void;
  /** Wraps the work in a span. */
  readonly traced: (head: JobHeaders, work: () => Promise<void>) => Promise<void>;
}

const ATTEMPTS = 3;
/** Deliveries beyond `attempts` that a job gets alone, when processes died while they worked on it. */
const ALONE = 2;
/** Messages of one pull. */
const MAX_PULL = 256;
const PULL_MS = 2000;
/** Without a hint a topic is asked this often: for what was given back, and for hints that got lost. */
const IDLE_MS = 2000;
const AFTER_FAILURE_MS = 1000;
/** Tries in one delivery while somebody is away: some ten minutes. */
const AWAY_ROUNDS = 70;
const AWAY_MS = 10_000;

export class JetStreamWorker implements Worker {
  readonly #parts: WorkerParts;
  readonly #slots: Slots;
  readonly #stopping = new AbortController();
  readonly #running = new Map<JsMsg, Promise<void>>();
  readonly #hints: Subscription;
  readonly #heart: NodeJS.Timeout;
  #wake: (() => void) | undefined;
  #hinted = false;
  readonly #loop: Promise<void>;

  constructor(parts: WorkerParts) {
    this.#parts = parts;
    this.#slots = parts.options.slots ?? new Slots(parts.options.concurrency);
    this.#hints = parts.connection.subscribe(parts.queue.hint, {
      callback: () => {
        this.#hinted = true;
        this.#wake?.();
      },
    });
    this.#heart = setInterval(() => {
      for (const message of this.#running.keys()) message.working();
    }, parts.ackWaitMs / 3);
    this.#loop = this.#work();
  }

  get running(): number {
    return this.#running.size;
  }

  async close(): Promise<void> {
    this.#stopping.abort();
    this.#wake?.();
    await this.#loop;
    await Promise.all(this.#running.values());
    clearInterval(this.#heart);
    const { connection } = this.#parts;
    if (connection.isClosed()) return;
    this.#hints.unsubscribe();
    // What was acknowledged must have left the process before it ends.
    await connection.flush().catch(() => undefined);
  }

  async #work(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const room = await this.#slots.take(Math.min(MAX_PULL, this.#parts.options.concurrency), signal);
      if (room === 0) return;
      this.#hinted = false;
      const pulled = await this.#pull(room);
      this.#slots.give(room - pulled.messages.length);
      for (const message of pulled.messages) this.#begin(message);
      if (pulled.messages.length === 0) await this.#idle(pulled.failed ? AFTER_FAILURE_MS : IDLE_MS);
    }
  }

  async #pull(batch: number): Promise<{ messages: JsMsg[]; failed: boolean }> {
    const messages: JsMsg[] = [];
    let late: NodeJS.Timeout | undefined;
    try {
      const found = this.#parts.js.fetch(this.#parts.queue.stream, DURABLE, { batch, no_wait: true });
      late = setTimeout(() => found.stop(), PULL_MS);
      for await (const message of found) messages.push(message);
      return { messages, failed: false };
    } catch (error) {
      this.#parts.log.warn({ error, topic: this.#parts.queue.topic }, 'the queue could not be asked');
      return { messages, failed: true };
    } finally {
      clearTimeout(late);
    }
  }

  /** Until jobs come in, or for a while that differs from process to process. */
  async #idle(ms: number): Promise<void> {
    if (this.#hinted) return;
    const woken = new AbortController();
    this.#wake = () => woken.abort();
    const signal = AbortSignal.any([this.#stopping.signal, woken.signal]);
    await sleep(ms * (0.75 + Math.random() / 2), signal, { unref: true }).catch(() => undefined);
    this.#wake = undefined;
  }

  #begin(message: JsMsg): void {
    const work = this.#settle(message)
      .catch((error: unknown) =>
        this.#parts.log.error({ error, topic: this.#parts.queue.topic }, 'job was not settled'),
      )
      .finally(() => {
        this.#running.delete(message);
        this.#slots.give(1);
      });
    this.#running.set(message, work);
  }

  async #settle(message: JsMsg): Promise<void> {
    const head = readJobHeaders(message.headers);
    const { isStale, settled, options } = this.#parts;
    if (head.fence !== undefined && isStale(head.fence)) {
      message.term('planned by a leader that leads no more');
      return settled('stale');
    }
    const attempt = message.info.redeliveryCount;
    const most = options.attempts ?? ATTEMPTS;
    if (attempt > most + ALONE) return this.#bury(message, head, unsettled(attempt));
    // More deliveries than tries: processes died of it, or beside it. Alone, it takes no other down with it.
    if (attempt > most) return this.#alone(message, () => this.#try(message, head, attempt));
    return this.#try(message, head, attempt);
  }

  async #try(message: JsMsg, head: JobHeaders, attempt: number): Promise<void> {
    const { options, handle, settled, traced } = this.#parts;
    for (let round = 1; ; round += 1) {
      using limit = linked([], options.deadlineMs);
      const { signal } = limit;
      try {
        const job = decodeJob(message.data);
        await traced(head, () => handle(job, { id: head.id, attempt, signal }));
        message.ack();
        return settled('done');
      } catch (error) {
        if (!isAway(error) || round >= AWAY_ROUNDS || this.#stopping.signal.aborted)
          return await this.#failed(message, head, { error, attempts: attempt });
        // It keeps its slot: while the store is away or slow, whoever reads for it must not run ahead.
        await sleep(Math.min(AWAY_MS, 250 * 2 ** round), this.#stopping.signal).catch(() => undefined);
      }
    }
  }

  async #failed(message: JsMsg, head: JobHeaders, failure: Failure): Promise<void> {
    const { options, settled } = this.#parts;
    // Who is told to stop gives the job to another, at once.
    const stopped = this.#stopping.signal.aborted && codeOf(failure.error) === 'CANCELLED';
    if (!stopped && failure.attempts >= (options.attempts ?? ATTEMPTS)) return this.#bury(message, head, failure);
    message.nak(stopped ? 0 : backoffMs(failure.attempts));
    settled('again');
  }

  async #bury(message: JsMsg, { id }: JobHeaders, failure: Failure): Promise<void> {
    await this.#parts.bury(message, id, failure);
    message.term('dead');
    this.#parts.settled('dead');
  }

  /** Runs when nothing else does in this process; what waits for room meanwhile waits. */
  async #alone(message: JsMsg, work: () => Promise<void>): Promise<void> {
    // Two that each kept their own slot would wait for one another for ever.
    this.#slots.give(1);
    const { held, release } = await this.#slots.takeAll(this.#stopping.signal);
    try {
      if (this.#stopping.signal.aborted) message.nak();
      else await work();
    } finally {
      this.#slots.give(held - 1);
      release();
    }
  }
}

/** Who the work needs is not there just now: no fault of the job's, and no reason to count a try. */
function isAway(error: unknown): boolean {
  return (error as { retryable?: unknown } | null)?.retryable === true || awayCodes.has(codeOf(error));
}
const awayCodes: ReadonlySet<string> = new Set(['STORE_UNAVAILABLE', 'STORE_FENCED', 'QUEUE_FULL', 'NATS_UNAVAILABLE']);

function backoffMs(attempt: number): number {
  return Math.min(60_000, 1000 * 2 ** (attempt - 1));
}

function unsettled(attempts: number): Failure {
  const error = elavaError('JOB_UNSETTLED', `${attempts - 1} processes began it and none ended it`);
  return { error, attempts };
}
