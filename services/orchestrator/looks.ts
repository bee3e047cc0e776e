/** The last observation of each unit in nine bytes: an estate has millions of units, and an object each would be a gigabyte. */
import type { Coverage, ObservationState, Unit } from '../../lib/resource.ts';
import { isRefusal, type LastLook } from './tiers.ts';
import type { Pace } from './tune.ts';

const states: readonly ObservationState[] = ['complete', 'partial', 'failed', 'skipped'];
const CHANGED = 0b1000;
const REFUSED = 0b10000;
const STREAK = 5;
const LONGEST_STREAK = 7;

/** One account's cells, by place × type. A start of 0 is a unit that was never observed. */
interface Cells {
  /** Seconds since 1970: good until 2106. */
  started: Uint32Array;
  /** Seconds between the last two complete looks, 0 when there was one only. */
  gap: Uint32Array;
  flags: Uint8Array;
}

export class Looks {
  readonly #accounts = new Map<string, Cells>();
  /** Place and type → cell; there are as many as regions × types, whatever the number of accounts. */
  readonly #cells = new Map<string, number>();

  /** Takes note of an observation; an older one than is known is passed over. */
  observed(row: Coverage): void {
    const cells = this.#cellsOf(row.account);
    const cell = this.#cell(row.region, row.type);
    if (cell >= cells.started.length) grow(cells, this.#cells.size);
    const at = Math.floor(Date.parse(row.started) / 1000);
    const before = cells.started[cell] ?? 0;
    if (at < before) return;
    const old = cells.flags[cell] ?? 0;
    cells.started[cell] = at;
    cells.gap[cell] = before > 0 && isSteady(row, old) ? at - before : 0;
    cells.flags[cell] = flagsOf(row, old);
  }

  /** Takes over what the memory knows of the last two looks at a unit, where nothing newer was observed. */
  paced(unit: Unit, { betweenMs, changed }: { betweenMs: number; changed: boolean }): void {
    const cells = this.#accounts.get(unit.account);
    const cell = this.#cells.get(`${unit.region}/${unit.type}`);
    if (!cells || cell === undefined || stateOf(cells.flags[cell] ?? 0) !== 'complete') return;
    cells.gap[cell] = Math.round(betweenMs / 1000);
    cells.flags[cell] = ((cells.flags[cell] ?? 0) & ~CHANGED) | (changed ? CHANGED : 0);
  }

  of({ account, region, type }: Unit): LastLook | undefined {
    const cells = this.#accounts.get(account);
    const cell = this.#cells.get(`${region}/${type}`);
    const started = cells && cell !== undefined ? (cells.started[cell] ?? 0) : 0;
    if (!cells || cell === undefined || started === 0) return undefined;
    const flags = cells.flags[cell] ?? 0;
    return {
      started: started * 1000,
      state: stateOf(flags),
      refused: (flags & REFUSED) !== 0,
      streak: flags >> STREAK,
    };
  }

  /** Adds a unit's last look to the pace of its tier; one that says nothing of changes adds nothing. */
  addTo(pace: Pace, { account, region, type }: Unit): Pace {
    const cells = this.#accounts.get(account);
    const cell = this.#cells.get(`${region}/${type}`);
    const gap = cells && cell !== undefined ? (cells.gap[cell] ?? 0) : 0;
    if (!cells || cell === undefined || gap === 0) return pace;
    const changed = ((cells.flags[cell] ?? 0) & CHANGED) !== 0 ? 1 : 0;
    return { looks: pace.looks + 1, changed: pace.changed + changed, betweenMs: pace.betweenMs + gap * 1000 };
  }

  /** Lets go of accounts that are read no more. */
  keepOnly(accounts: ReadonlySet<string>): void {
    for (const account of this.#accounts.keys()) if (!accounts.has(account)) this.#accounts.delete(account);
  }

  get accounts(): number {
    return this.#accounts.size;
  }

  #cellsOf(account: string): Cells {
    const known = this.#accounts.get(account);
    if (known) return known;
    const made = { started: new Uint32Array(0), gap: new Uint32Array(0), flags: new Uint8Array(0) };
    this.#accounts.set(account, made);
    return made;
  }

  #cell(region: string, type: string): number {
    const key = `${region}/${type}`;
    const known = this.#cells.get(key);
    if (known !== undefined) return known;
    this.#cells.set(key, this.#cells.size);
    return this.#cells.size - 1;
  }
}

/** Whether this look and the one before were whole, so that what the second saw changed in between. */
function isSteady({ state, baseline }: Coverage, before: number): boolean {
  return state === 'complete' && baseline !== true && stateOf(before) === 'complete';
}

function flagsOf({ state, error, changed, gone }: Coverage, before: number): number {
  const streak = state === 'complete' ? 0 : Math.min(LONGEST_STREAK, (before >> STREAK) + 1);
  const moved = changed > 0 || gone > 0;
  return states.indexOf(state) | (moved ? CHANGED : 0) | (isRefusal(error) ? REFUSED : 0) | (streak << STREAK);
}

function stateOf(flags: number): ObservationState {
  return states[flags & 0b111] ?? 'failed';
}

/** To as many cells as there are by now, and some that are likely to come. */
function grow(cells: Cells, size: number): void {
  const room = Math.ceil(size / 16) * 16;
  const started = new Uint32Array(room);
  started.set(cells.started);
  const gap = new Uint32Array(room);
  gap.set(cells.gap);
  const flags = new Uint8Array(room);
  flags.set(cells.flags);
  Object.assign(cells, { started, gap, flags });
}
