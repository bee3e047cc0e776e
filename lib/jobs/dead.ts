/** Jobs that were given up, kept for a month: to look at, to try again, to drop. */
import type { JetStreamManager, StoredMsg } from 'nats';
import type { DeadJob, DeadLetters } from '../jobs.ts';
import { apiCodeOf } from '../nats.ts';
import { readDead } from './message.ts';
import { deadStream, deadSubject } from './queue.ts';

interface DeadParts {
  readonly prefix: string;
  readonly open: () => Promise<{ readonly jsm: JetStreamManager }>;
  readonly requeue: (topic: string, id: string, job: object) => Promise<boolean>;
}

/** "no message found" */
const NO_MESSAGE = 10_037;
const LIMIT = 100;

export class JetStreamDead implements DeadLetters {
  readonly #parts: DeadParts;

  constructor(parts: DeadParts) {
    this.#parts = parts;
  }

  async list({ topic, limit = LIMIT }: { topic?: string; limit?: number } = {}): Promise<DeadJob[]> {
    const { jsm } = await this.#parts.open();
    const subjects = await this.#subjects(topic);
    const found = await Promise.all(subjects.slice(0, limit).map((subject) => this.#get(jsm, subject)));
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
      await this.#parts.requeue(topic, id, readDead(header, data).job);
    });
  }

  drop(topic: string, id: string): Promise<boolean> {
    return this.#take(topic, id, async () => {});
  }

  async #take(topic: string, id: string, before: (message: StoredMsg) => Promise<void>): Promise<boolean> {
    const { jsm } = await this.#parts.open();
    const message = await this.#get(jsm, deadSubject(this.#parts.prefix, topic, id));
    if (!message) return false;
    await before(message);
    return jsm.streams.deleteMessage(deadStream(this.#parts.prefix), message.seq, false);
  }

  async #subjects(topic: string | undefined): Promise<string[]> {
    const { jsm } = await this.#parts.open();
    const { prefix } = this.#parts;
    const filter = topic === undefined ? `${prefix}.dead.>` : `${prefix}.dead.${topic}.*`;
    const { state } = await jsm.streams.info(deadStream(prefix), { subjects_filter: filter });
    return Object.keys(state.subjects ?? {});
  }

  async #get(jsm: JetStreamManager, subject: string): Promise<StoredMsg | undefined> {
    try {
      return await jsm.streams.getMessage(deadStream(this.#parts.prefix), { last_by_subj: subject });
    } catch (error) {
      if (apiCodeOf(error) === NO_MESSAGE) return undefined;
      throw error;
    }
  }
}
