/**
 * The shards that this process holds, by a lease each. Processes share them evenly: who has fewer than its share takes
 * what nobody holds, who has more gives some up. The one that leads leaves them to the others where there are any.
 */
import type { Terms } from '../../lib/clickhouse/terms.ts';
import { codeOf, elavaError } from '../../lib/errors.ts';
import type { Term } from '../../lib/lease.ts';
import type { Logger } from '../../lib/log.ts';
import { leadOf, SHARDS, shardOf } from '../../lib/shard.ts';
import { sleep } from '../../lib/time.ts';
import type { Holding } from './write-group.ts';

export interface ShardsParts {
  /** Nodes that may hold shards, this one among them or not; undefined while nobody leads the memory. */
  members(): readonly string[] | undefined;
  readonly me: string;
  holderOf(lead: string): string | undefined;
  /** Undefined where another was quicker. */
  take(lead: string): Promise<Term | undefined>;
  /** Keeps the last holders from writing, and completes what they left. */
  inherit(terms: Terms): Promise<unknown>;
  /** Told how many it holds. */
  onHeld(count: number): void;
  readonly log: Pick<Logger, 'info' | 'warn'>;
}

/** Between two looks at who is there, and after one that failed, milliseconds. */
const LOOK_MS = 250;
const AGAIN_MS = 2000;
/** Longer than a group takes to be written. */
const GIVE_MS = 20_000;

const all = Array.from({ length: SHARDS }, (_, shard) => shard);

export class Shards implements Holding {
  readonly #parts: ShardsParts;
  readonly #held = new Map<number, Term>();
  /** Those that take no more work. */
  readonly #giving = new Set<number>();
  /** Writes under way. */
  readonly #busy = new Map<number, number>();
  readonly #stopping = new AbortController();
  #going: Promise<void> | undefined;

  constructor(parts: ShardsParts) {
    this.#parts = parts;
  }

  get held(): number[] {
    return [...this.#held.keys()].toSorted((a, b) => a - b);
  }

  terms(): Terms {
    const own = [...this.#held].filter(([, { lost }]) => !lost.aborted);
    return Object.fromEntries(own.map(([shard, { token }]) => [leadOf(shard), token]));
  }

  isOf(terms: Terms, account: string): boolean {
    return leadOf(shardOf(account)) in terms;
  }

  /** Runs work on an account that this process writes. Error: NOT_LEADER, when it does not. */
  async run<T>(account: string, work: () => Promise<T>): Promise<T> {
    const shard = shardOf(account);
    if (this.#giving.has(shard) || this.#held.get(shard)?.lost.aborted !== false)
      throw elavaError('NOT_LEADER', `this process does not write account ${account}`);
    this.#busy.set(shard, (this.#busy.get(shard) ?? 0) + 1);
    try {
      return await work();
    } finally {
      this.#busy.set(shard, (this.#busy.get(shard) ?? 1) - 1);
    }
  }

  start(): void {
    this.#going ??= this.#go();
  }

  /** Gives all up, and takes none again. */
  async close(): Promise<void> {
    this.#stopping.abort();
    await this.#going;
    await this.#give(this.#held.size);
  }

  async #go(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const failed = await this.#look().then(
        () => false,
        (error: unknown) => {
          this.#parts.log.warn({ error, code: codeOf(error) }, 'shards could not be taken and will be tried again');
          return true;
        },
      );
      await sleep(failed ? AGAIN_MS : LOOK_MS, signal, { unref: true }).catch(() => undefined);
    }
  }

  async #look(): Promise<void> {
    for (const [shard, { lost }] of this.#held) if (lost.aborted) this.#drop(shard);
    const share = this.#share();
    if (share === undefined) return;
    if (this.#held.size > share) await this.#give(this.#held.size - share);
    if (this.#held.size < share) await this.#take(share - this.#held.size);
  }

  /** How many this process may hold; undefined while that is not known. */
  #share(): number | undefined {
    const members = this.#parts.members();
    if (!members) return undefined;
    return members.includes(this.#parts.me) ? Math.ceil(SHARDS / members.length) : 0;
  }

  async #take(most: number): Promise<void> {
    const parts = this.#parts;
    // Each begins elsewhere, so that several seldom try the same.
    const first = shardOf(parts.me);
    const free = [...all.slice(first), ...all.slice(0, first)].filter(
      (shard) => !this.#held.has(shard) && parts.holderOf(leadOf(shard)) === undefined,
    );
    const tried = free.slice(0, most).map(async (shard) => [shard, await parts.take(leadOf(shard))] as const);
    const answers = await Promise.allSettled(tried);
    const taken = answers.flatMap((one) =>
      one.status === 'fulfilled' && one.value[1] ? [[one.value[0], one.value[1]] as const] : [],
    );
    const failed = answers.find(({ status }) => status === 'rejected');
    if (taken.length === 0 && failed) throw (failed as PromiseRejectedResult).reason;
    if (taken.length === 0) return;
    try {
      await parts.inherit(Object.fromEntries(taken.map(([shard, { token }]) => [leadOf(shard), token])));
    } catch (error) {
      await Promise.all(taken.map(([, term]) => term.release()));
      throw error;
    }
    for (const [shard, term] of taken) this.#held.set(shard, term);
    parts.onHeld(this.#held.size);
    parts.log.info(
      { shards: taken.map(([shard]) => shard), held: this.#held.size },
      'this process writes more accounts',
    );
  }

  /** What they have under way ends first; what does not end in time is refused by the store. */
  async #give(count: number): Promise<void> {
    const given = [...this.#held.keys()].slice(0, count);
    for (const shard of given) this.#giving.add(shard);
    const until = performance.now() + GIVE_MS;
    while (given.some((shard) => (this.#busy.get(shard) ?? 0) > 0) && performance.now() < until) await sleep(10);
    await Promise.all(
      given.map(async (shard) => {
        const term = this.#held.get(shard);
        this.#drop(shard);
        await term?.release();
      }),
    );
  }

  #drop(shard: number): void {
    this.#held.delete(shard);
    this.#giving.delete(shard);
    this.#parts.onHeld(this.#held.size);
  }
}
