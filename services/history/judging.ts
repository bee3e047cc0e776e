/** Pages of what is to be judged: of whole units read ahead, of what changed read as it is asked for. */
import type { Store } from '../../lib/clickhouse/store.ts';
import type { Unit } from '../../lib/resource.ts';
import type { Clock } from '../../lib/time.ts';
import { DEFAULT_LIMIT, readCursor, writeCursor } from './cursor.ts';
import { JudgingAhead } from './judging-ahead.ts';
import { judgingLines } from './judging-lines.ts';
import { followingRows, unitRows } from './judging-rows.ts';

export interface JudgingPage {
  readonly unit: Unit;
  /** Only what changed after this revision, or refers to what did; the whole unit when absent. */
  readonly since?: string | undefined;
  /** Types whose referenced resources come along. */
  readonly join: readonly string[];
  readonly after?: string | undefined;
  readonly limit?: number | undefined;
}
export interface JudgingParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly retentionMs: number;
}

export class Judging {
  readonly #parts: JudgingParts;
  readonly #ahead: JudgingAhead;

  constructor(parts: JudgingParts) {
    this.#parts = parts;
    this.#ahead = new JudgingAhead({
      rows: (unit, after, { ahead, limit }) =>
        ahead ? followingRows(parts.store, unit, limit) : unitRows(parts.store, { unit, after }, limit),
      lines: (rows, join) => judgingLines(parts.store, rows, { join, time: this.#time() }),
      now: () => parts.clock.now(),
    });
  }

  /** To be told of what is due, before it is asked for. */
  begin(units: readonly { readonly since?: string }[]): void {
    this.#ahead.begin(units.filter(({ since }) => since === undefined).length);
  }

  async page({
    unit,
    since,
    join,
    after,
    limit = DEFAULT_LIMIT,
  }: JudgingPage): Promise<{ lines: string; rows: number; next?: string }> {
    const [rid = ''] = after === undefined ? [''] : readCursor(after, 1);
    if (since !== undefined) return this.#changed({ unit, since, after: rid, join, limit });
    const { lines, next } = await this.#ahead.page({ unit, after: rid, join, limit });
    const page = { lines: lines.join(''), rows: lines.length };
    return next === undefined ? page : { ...page, next: writeCursor([next]) };
  }

  async #changed(page: { unit: Unit; since: string; after: string; join: readonly string[]; limit: number }) {
    const { unit, since, after, join, limit } = page;
    const found = await unitRows(this.#parts.store, { unit, since, after }, limit + 1);
    const rows = found.slice(0, limit);
    const lines = (await judgingLines(this.#parts.store, rows, { join, time: this.#time() })).join('');
    const last = found.length > limit ? rows.at(-1) : undefined;
    return last ? { lines, rows: rows.length, next: writeCursor([last.rid]) } : { lines, rows: rows.length };
  }

  #time() {
    const { clock, retentionMs } = this.#parts;
    return { now: clock.now(), retentionMs };
  }
}
