/**
 * Counts the revisions, for all who write: gives each its number, and commits them in their order. Readers look no further
 * than the newest one before which all are whole. One for a store, in the process that leads.
 */

import type { Store } from '../../lib/clickhouse/store.ts';
import type { Terms } from '../../lib/clickhouse/terms.ts';
import { elavaError } from '../../lib/errors.ts';
import type { Clock } from '../../lib/time.ts';
import type { Numbers } from './commit.ts';
import { type Range, RevisionRows } from './revision-rows.ts';

/** A revision that was begun and that readers do not see yet. */
interface Open {
  readonly rev: number;
  readonly writer: string;
  readonly terms: Terms;
  /** All of it is in the store. */
  whole: boolean;
  rows: number;
}
export interface RevisionsParts {
  readonly store: Store;
  readonly clock: Clock;
  /** Of this process' lead: statements go under it. */
  readonly term?: number | undefined;
  /** Others write too, and may be in the middle of a revision that an earlier leader gave them. */
  readonly shared?: boolean;
}

/** Numbers that an earlier leader may have given out and of which nothing was there yet. */
const GAP = 1000;
/** Longer than a shard is without a writer; shorter than a caller's patience. Milliseconds. */
const WAIT_MS = 50_000;
/** Writers that are remembered at most: one that was forgotten has long ended. */
const MOST_WRITERS = 1000;
/** Longer than writing one takes as a rule, milliseconds. */
const DRAIN_MS = 5000;

export class Revisions implements Numbers {
  readonly #parts: RevisionsParts;
  readonly #rows: RevisionRows;
  readonly #commits: RevisionRows;
  readonly #open = new Map<number, Open>();
  /** The last that each writer began. */
  readonly #begun = new Map<string, { readonly seq: number; readonly rev: number }>();
  /** The latest term of each shard. */
  readonly #terms = new Map<string, number>();
  /** Given by an earlier leader, perhaps. */
  #foreign: Range = { from: 1, to: 0 };
  #committed = 0;
  #last = 0;
  #closing = false;
  #moved = Promise.withResolvers<void>();
  #committing: Promise<void> | undefined;
  #completing: Promise<unknown> = Promise.resolve();

  constructor(parts: RevisionsParts) {
    this.#parts = parts;
    this.#rows = new RevisionRows(parts.store);
    this.#commits = new RevisionRows(parts.store);
  }

  /** Readers look no further than this revision. */
  get committed(): number {
    return this.#committed;
  }

  /** No revision is half written: nothing of the log is newer than the newest whole one. */
  get whole(): boolean {
    return this.#open.size === 0;
  }

  /** Completes what the last owner left and learns where to go on. Returns how much was rolled forward. */
  async open(): Promise<{ readonly rolledForward: number }> {
    const { committed, written } = await this.#rows.newest();
    if (written > committed) {
      await this.#rows.complete({ from: committed + 1, to: written });
      await this.#commits.commit(written, this.#commitRow('rolled forward', 0));
    }
    this.#committed = written;
    this.#last = written;
    if (this.#parts.shared) {
      this.#foreign = { from: written + 1, to: written + GAP };
      this.#last += GAP;
    }
    return { rolledForward: written - committed };
  }

  async begin({ writer, seq, terms }: Parameters<Numbers['begin']>[0]): ReturnType<Numbers['begin']> {
    const { term } = this.#parts;
    const under = term === undefined ? {} : { history: term };
    const before = this.#begun.get(writer);
    if (before?.seq === seq) return { rev: before.rev, ...under };
    if (this.#closing) throw elavaError('NOT_LEADER', 'the memory passes to another process');
    if (before && before.seq > seq) throw elavaError('STORE_FENCED', `${writer} went on without it`);
    this.#learn(terms);
    this.#last += 1;
    const rev = this.#last;
    this.#open.set(rev, { rev, writer, terms, whole: false, rows: 0 });
    this.#remember(writer, { seq, rev });
    return { rev, ...under };
  }

  /** Errors: STORE_FENCED where nobody here gave the number; DEADLINE_EXCEEDED when one before it stays open. */
  async end({ rev, rows }: Parameters<Numbers['end']>[0]): Promise<void> {
    const open = this.#open.get(rev);
    if (!open) return this.#endForeign(rev);
    open.whole = true;
    open.rows = rows;
    await this.#commitUpTo(rev);
  }

  async settle({ writer, seq }: Parameters<Numbers['settle']>[0]): Promise<void> {
    const before = this.#begun.get(writer);
    // One whose beginning was lost on its way here must not begin any more.
    if (!before || before.seq < seq) return this.#remember(writer, { seq, rev: 0 });
    const open = before.seq === seq ? this.#open.get(before.rev) : undefined;
    if (!open) return;
    await this.#complete(open);
    await this.#commitUpTo(open.rev);
  }

  /** Shards have another writer, which has seen to it that the last one writes no more: what that left is completed. */
  async inherit({ terms }: { readonly terms: Terms }): Promise<void> {
    this.#learn(terms);
    await this.#inTurn(this.#foreign);
    for (const open of this.#open.values()) {
      const past = Object.entries(terms).some(([lead, term]) => (open.terms[lead] ?? term) < term);
      if (past) await this.#complete(open);
    }
    await this.#commit();
  }

  /** Begins no more, and waits for what is open. */
  async drain(mostMs = DRAIN_MS): Promise<void> {
    this.#closing = true;
    await this.#commitUpTo(this.#last, mostMs).catch(() => undefined);
  }

  /** Error: STORE_FENCED, when one of them is over. */
  #learn(terms: Terms): void {
    for (const [lead, term] of Object.entries(terms))
      if (term < (this.#terms.get(lead) ?? 0)) throw elavaError('STORE_FENCED', `${lead} has another writer`);
    for (const [lead, term] of Object.entries(terms)) this.#terms.set(lead, term);
  }

  async #complete(open: Open): Promise<void> {
    if (open.whole) return;
    await this.#inTurn({ from: open.rev, to: open.rev });
    open.whole = true;
  }

  async #inTurn(range: Range): Promise<void> {
    if (range.to < range.from) return;
    const turn = this.#completing.then(() => this.#rows.complete(range));
    this.#completing = turn.catch(() => undefined);
    await turn;
  }

  /** It was begun under an earlier leader. Where the store fences, `open` has completed it; another may take its rows late. */
  async #endForeign(rev: number): Promise<void> {
    const { from, to } = this.#foreign;
    if (rev >= from && rev <= to) return this.#inTurn({ from: rev, to: rev });
    if (rev > this.#committed) throw elavaError('STORE_FENCED', `revision ${rev} was not begun here`);
  }

  /** Resolves when it is committed. */
  async #commitUpTo(rev: number, waitMs = WAIT_MS): Promise<void> {
    const until = performance.now() + waitMs;
    this.#wake();
    while (this.#committed < rev && this.#open.size > 0) {
      if (this.#ready().length > 0) await this.#commit();
      else await this.#wait(until - performance.now(), rev);
    }
  }

  async #wait(ms: number, rev: number): Promise<void> {
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(
      () => late.reject(elavaError('DEADLINE_EXCEEDED', `a revision before ${rev} is still being written`)),
      Math.max(0, ms),
    );
    try {
      await Promise.race([this.#moved.promise, late.promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  #wake(): void {
    this.#moved.resolve();
    this.#moved = Promise.withResolvers();
  }

  /** Whole ones before which all are whole, the oldest first. */
  #ready(): Open[] {
    const open = [...this.#open.values()];
    const torn = open.findIndex(({ whole }) => !whole);
    return torn === -1 ? open : open.slice(0, torn);
  }

  #commit(): Promise<void> {
    this.#committing ??= this.#commitReady().finally(() => {
      this.#committing = undefined;
      this.#wake();
    });
    return this.#committing;
  }

  async #commitReady(): Promise<void> {
    const done = this.#ready();
    const newest = done.at(-1)?.rev;
    if (newest === undefined) return;
    const rows = done.reduce((sum, open) => sum + open.rows, 0);
    await this.#commits.commit(newest, this.#commitRow('write', rows));
    this.#committed = newest;
    for (const { rev } of done) this.#open.delete(rev);
  }

  #commitRow(note: string, rows: number) {
    return { at: this.#parts.clock.now(), kind: 'revision', rows, note };
  }

  #remember(writer: string, begun: { readonly seq: number; readonly rev: number }): void {
    this.#begun.delete(writer);
    this.#begun.set(writer, begun);
    const [oldest] = this.#begun.keys();
    if (this.#begun.size > MOST_WRITERS && oldest !== undefined) this.#begun.delete(oldest);
  }
}
