/** Writes one revision after the other. What failed half way is settled before the next one, and soon in any case. */

import type { Store } from '../../lib/clickhouse/store.ts';
import type { Terms } from '../../lib/clickhouse/terms.ts';
import { type Revision, RevisionRows } from './revision-rows.ts';

/** Who counts the revisions (revisions.ts), here or in another process. What is asked twice is answered alike. */
export interface Numbers {
  /** The revision to write. `seq` grows with each that the writer begins; `history` is the term to write under. */
  begin(asked: {
    readonly writer: string;
    readonly seq: number;
    readonly terms: Terms;
  }): Promise<{ readonly rev: number; readonly history?: number }>;
  /** All of it is in the store. Resolves when readers see it. */
  end(asked: { readonly rev: number; readonly rows: number }): Promise<unknown>;
  /** The writer's last revision failed, or it does not know: what is missing of it is made. */
  settle(asked: { readonly writer: string; readonly seq: number }): Promise<unknown>;
}
export interface LedgerParts {
  readonly store: Store;
  readonly numbers: Numbers;
  /** Of this writer alone. */
  readonly name: string;
}

/** Between two attempts to settle what failed, milliseconds. */
const AGAIN_MS = 1000;

export class Ledger {
  readonly #parts: LedgerParts;
  readonly #rows: RevisionRows;
  #seq = 0;
  /** The last write failed half way: nobody sees what was written after it. */
  #torn = false;
  #settling: Promise<void> | undefined;
  #again: NodeJS.Timeout | undefined;

  constructor(parts: LedgerParts) {
    this.#parts = parts;
    this.#rows = new RevisionRows(parts.store);
  }

  /** Writes one revision and returns its number. What is thrown may have been written: ask again with the same batch. */
  async write(revision: Revision, terms: Terms = {}): Promise<number> {
    if (this.#torn) await this.#settle();
    const { numbers, name } = this.#parts;
    this.#seq += 1;
    this.#torn = true;
    try {
      const { rev, history } = await numbers.begin({ writer: name, seq: this.#seq, terms });
      await this.#rows.insert(rev, revision, { ...terms, ...(history !== undefined && { history }) });
      await numbers.end({ rev, rows: revision.versions.length });
      this.#torn = false;
      return rev;
    } catch (error) {
      this.#settleSoon();
      throw error;
    }
  }

  /** Settles nothing any more. */
  close(): void {
    clearTimeout(this.#again);
  }

  async #settle(): Promise<void> {
    const { numbers, name } = this.#parts;
    this.#settling ??= (async () => {
      await numbers.settle({ writer: name, seq: this.#seq });
      this.#torn = false;
    })().finally(() => {
      this.#settling = undefined;
    });
    await this.#settling;
  }

  /** An open revision holds back all that come after it, so it is not left until this writer has something to write. */
  #settleSoon(): void {
    clearTimeout(this.#again);
    this.#again = setTimeout(() => {
      if (this.#torn) this.#settle().catch(() => this.#settleSoon());
    }, AGAIN_MS).unref();
  }
}
