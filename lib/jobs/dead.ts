/** Jobs that were given up, kept for a month: to look at, to try again, to drop. */
import type { JetStreamManager, StoredMsg } from 'nats';
import type { DeadJob, DeadLetters } from '../jobs.ts';
import { apiCodeOf } from '../nats.ts';
import { readDead, seqOf } from './message.ts';
import { deadStream, deadSubject, queueOf } from './queue.ts';

interface DeadParts {
  readonly prefix: string;
  readonly open: () => Promise<{ readonly jsm: JetStreamManager }>;
  readonly requeue: (topic: string, id: string, job: object) => Promise<boolean>;
}

/** "no message found", "stream not found" */
const NOTHING: readonly (number | undefined)[] = [10_037, 10_059];
const LIMIT = 100;

export class JetStreamDead implements DeadLetters {
  readonly #parts: DeadParts;

  constructor(parts: DeadParts) {
    this.#parts = parts;
  }

  async list({ topic, limit = LIMIT }: { topic?: string; limit?: number } = {}): Promise<DeadJob[]> {
    const { jsm } = await this.#parts.open();
    const subjects = await this.#subjects(topic);
    const stream = deadStream(this.#parts.prefix);
    const found = await Promise.all(subjects.slice(0, limit).map((subject) => this.#get(jsm, stream, subject)));
    return found
      .filter((message) => message !== undefined)
      .toSorted((a, b) => a.seq - b.seq)
      .map(({ header, data }) => readDead(header, data));
  }

  async count(topic: string): Promise<number> {
    return (await this.#subjects(topic)).length;
  }

  async retry(topic: string, id: string): Promise<boolean> {
    return this.#take(topic, id, async ({ header, data }) => {
      await this.#end(topic, id, seqOf(header));
      await this.#parts.requeue(topic, id, readDead(header, data).job);
    });
  }

  /** A job is buried before it leaves its queue: found there still, it would be taken for the new one, and be gone then. */
  async #end(topic: string, id: string, seq: number): Promise<void> {
    const { jsm } = await this.#parts.open();
    const queue = queueOf(this.#parts.prefix, topic);
    const stands = async () => (await this.#get(jsm, queue.stream, queue.subjectOf(id)))?.seq === seq;
    if (!(await stands())) return;
    try {
      await jsm.streams.deleteMessage(queue.stream, seq, false);
    } catch (error) {
      // Its worker was quicker.
      if (await stands()) throw error;
    }
  }

  drop(topic: string, id: string): Promise<boolean> {
    return this.#take(topic, id, async () => {});
  }

  async #take(topic: string, id: string, before: (message: StoredMsg) => Promise<void>): Promise<boolean> {
    const { jsm } = await this.#parts.open();
    const { prefix } = this.#parts;
    const message = await this.#get(jsm, deadStream(prefix), deadSubject(prefix, topic, id));
    if (!message) return false;
    await before(message);
    return jsm.streams.deleteMessage(deadStream(prefix), message.seq, false);
  }

  async #subjects(topic: string | undefined): Promise<string[]> {
    const { jsm } = await this.#parts.open();
    const { prefix } = this.#parts;
    const filter = topic === undefined ? `${prefix}.dead.>` : `${prefix}.dead.${topic}.*`;
    const { state } = await jsm.streams.info(deadStream(prefix), { subjects_filter: filter });
    return Object.keys(state.subjects ?? {});
  }

  async #get(jsm: JetStreamManager, stream: string, subject: string): Promise<StoredMsg | undefined> {
    try {
      return await jsm.streams.getMessage(stream, { last_by_subj: subject });
    } catch (error) {
      if (NOTHING.includes(apiCodeOf(error))) return undefined;
      throw error;
    }
  }
}
