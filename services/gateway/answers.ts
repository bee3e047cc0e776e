/**
 * Counts of the whole estate are asked by every page that is open, and are the same for all until the store moves on: the
 * first who asks at a revision has them counted.
 */
import type { Clock } from '../../lib/time.ts';
import type { Services } from './route.ts';
import { Together } from './together.ts';

/** Answers of one revision, of a few hundred kilobytes at most; a page asks a dozen questions. */
const MOST_HELD = 64;
/** What is asked from "7 days ago" on moves with the clock. */
const MINUTE_MS = 60_000;

export class Answers {
  readonly #revision: () => Promise<string>;
  readonly #clock: Clock;
  readonly #together = new Together();
  #moment = '';
  readonly #held = new Map<string, Promise<unknown>>();

  constructor(revision: () => Promise<string>, clock: Clock) {
    this.#revision = revision;
    this.#clock = clock;
  }

  /**
   * `key` names the whole question, of which nothing may depend on who asks. An answer is never older than the revision
   * that the store had when it was asked for; a failure is not kept.
   */
  async ask<T>(key: string, ask: () => Promise<T>): Promise<T> {
    const revision = await this.#together.ask('revision', this.#revision);
    const moment = `${revision} ${Math.floor(this.#clock.now() / MINUTE_MS)}`;
    if (moment !== this.#moment) this.#held.clear();
    this.#moment = moment;
    const known = this.#held.get(key) as Promise<T> | undefined;
    if (known) return known;
    const answer = ask();
    if (this.#held.size < MOST_HELD) this.#held.set(key, answer);
    answer.catch(() => this.#held.get(key) === answer && this.#held.delete(key));
    return answer;
  }
}

const shared = new WeakMap<Services, Answers>();

/** One for all routes of a gateway. */
export function answersOf(services: Services): Answers {
  const known = shared.get(services);
  if (known) return known;
  const { history, clock } = services;
  const answers = new Answers(async () => (await history.status({})).revision, clock);
  shared.set(services, answers);
  return answers;
}
