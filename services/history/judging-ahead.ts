/**
 * Reads ahead of who judges whole units: an estate has many small ones, asked for in the table's order, and a question
 * costs the same for ten rows as for a thousand. What was read is handed out once.
 */
import { type Unit, unitKey } from '../../lib/resource.ts';
import type { JudgingRowSource } from './judging-rows.ts';

/** Rows that one reading brings at most, and characters that it should. */
export const AHEAD_ROWS = 2000;
const AHEAD_CHARACTERS = 16_000_000;
/** Characters that are kept at most; what was read first goes first. */
const KEPT_CHARACTERS = 64_000_000;
/** Older than this nothing is handed out, in milliseconds. */
const FRESH_MS = 60_000;
/** Fewer whole units than this are not worth reading ahead. */
const MANY_UNITS = 8;

export interface JudgingReader {
  /** Rows after `after` of the unit, or, when `ahead`, of it whole and of those that follow. One more than `limit` is asked for. */
  rows(
    unit: Unit,
    after: string,
    options: { readonly ahead: boolean; readonly limit: number },
  ): Promise<JudgingRowSource[]>;
  lines(rows: readonly JudgingRowSource[], join: readonly string[]): Promise<string[]>;
  now(): number;
}
export interface WholePage {
  readonly unit: Unit;
  /** A rid, "" for the unit's beginning. */
  readonly after: string;
  readonly join: readonly string[];
  readonly limit: number;
}
export interface Served {
  readonly lines: readonly string[];
  /** The rid that the next page begins after. */
  readonly next?: string;
}
interface Entry {
  readonly after: string;
  readonly rids: readonly string[];
  readonly lines: readonly string[];
  /** No rows of the unit come after these. */
  readonly whole: boolean;
  readonly read: number;
}

export class JudgingAhead {
  readonly #reader: JudgingReader;
  readonly #entries = new Map<string, Entry>();
  #reading: Promise<unknown> = Promise.resolve();
  #many = false;
  #rows = AHEAD_ROWS;

  constructor(reader: JudgingReader) {
    this.#reader = reader;
  }

  /** A new round begins: what was read for the last one is worth nothing. `whole` is its number of whole units. */
  begin(whole: number): void {
    this.#entries.clear();
    this.#many = whole >= MANY_UNITS;
  }

  /** One reads at a time; whoever waits finds what it wants read already, as a rule. */
  async page(page: WholePage): Promise<Served> {
    const ready = this.#take(page);
    if (ready) return ready;
    const turn = this.#reading.then(async () => this.#take(page) ?? this.#read(page));
    this.#reading = turn.catch(() => undefined);
    return turn;
  }

  #take({ unit, after, join, limit }: WholePage): Served | undefined {
    const key = keyOf(unit, join);
    const entry = this.#entries.get(key);
    if (!entry || entry.after !== after || this.#reader.now() - entry.read > FRESH_MS) return undefined;
    this.#entries.delete(key);
    return this.#serve(key, entry, limit);
  }

  #serve(key: string, entry: Entry, limit: number): Served {
    const last = entry.rids[limit - 1];
    const lines = entry.lines.slice(0, limit);
    if (entry.rids.length > limit && last !== undefined) {
      this.#entries.set(key, { ...entry, after: last, rids: entry.rids.slice(limit), lines: entry.lines.slice(limit) });
      return { lines, next: last };
    }
    return entry.whole ? { lines } : { lines, next: entry.rids.at(-1) ?? entry.after };
  }

  async #read(page: WholePage): Promise<Served> {
    const { unit, after, join, limit } = page;
    const most = Math.max(limit, this.#many ? this.#rows : 0);
    const ahead = this.#many && after === '';
    const found = await this.#reader.rows(unit, after, { ahead, limit: most + 1 });
    const { rows, whole } = wholeUnits(found, unit, most);
    const lines = await this.#reader.lines(rows, join);
    this.#learn(lines);
    const own = keyOf(unit, join);
    const entries = entriesOf(rows, lines, (of) => ({
      after: unitKey(of) === unitKey(unit) ? after : '',
      read: this.#reader.now(),
    }));
    for (const [key, entry] of entries) this.#entries.set(`${key} ${join.join()}`, { ...entry, whole });
    this.#forget();
    const entry = this.#entries.get(own) ?? { after, rids: [], lines: [], whole: true, read: 0 };
    this.#entries.delete(own);
    return this.#serve(own, entry, limit);
  }

  /** Rows with much history are read in smaller numbers. */
  #learn(lines: readonly string[]): void {
    if (lines.length === 0) return;
    const average = lines.reduce((sum, line) => sum + line.length, 0) / lines.length;
    this.#rows = Math.max(100, Math.min(AHEAD_ROWS, Math.floor(AHEAD_CHARACTERS / average)));
  }

  #forget(): void {
    let kept = 0;
    for (const [key, { lines }] of [...this.#entries].toReversed()) {
      kept += lines.reduce((sum, line) => sum + line.length, 0);
      if (kept > KEPT_CHARACTERS) this.#entries.delete(key);
    }
  }
}

function keyOf(unit: Unit, join: readonly string[]): string {
  return `${unitKey(unit)} ${join.join()}`;
}

/** Where rows were cut off, the last unit is left out, unless it is the one that was asked for. */
function wholeUnits(found: readonly JudgingRowSource[], unit: Unit, most: number) {
  if (found.length <= most) return { rows: found, whole: true };
  const last = found.at(-1);
  const cut = last ? unitKey(last) : '';
  const rows = found.filter((row) => unitKey(row) !== cut);
  if (rows.length > 0 && cut !== unitKey(unit)) return { rows, whole: true };
  return { rows: found.slice(0, most), whole: false };
}

function entriesOf(
  rows: readonly JudgingRowSource[],
  lines: readonly string[],
  about: (unit: Unit) => { readonly after: string; readonly read: number },
): Map<string, Omit<Entry, 'whole'>> {
  const entries = new Map<string, { after: string; read: number; rids: string[]; lines: string[] }>();
  for (const [i, row] of rows.entries()) {
    const key = unitKey(row);
    const entry = entries.get(key) ?? { ...about(row), rids: [], lines: [] };
    entry.rids.push(row.rid);
    entry.lines.push(lines[i] ?? '');
    entries.set(key, entry);
  }
  return entries;
}
