/** The scans under way and those that ended lately: how far each is, told by the observations that come in. */
import { elavaError } from '../../lib/errors.ts';
import { type Coverage, type Unit, unitKey } from '../../lib/resource.ts';
import { type Clock, sleep } from '../../lib/time.ts';
import type { ScanReport } from './orchestrator.contract.ts';

/** Scans that ended and are still told of. */
const MAX_ENDED = 50;
/** Coverage rows kept for a scan, those of units that were not read whole before the others; of a larger one the memory is asked. */
const MAX_ROWS = 5000;
/** Units of one scan that are with the scanners: what waits beyond that waits here, where it takes no memory. */
const MAX_PENDING = 2000;

interface Scan {
  readonly id: string;
  readonly started: number;
  readonly total: number;
  /** Keys of units that are with the scanners: queued or being read. */
  readonly pending: Set<string>;
  readonly rows: Coverage[];
  /** Who waits for the end, and who for room among the pending. */
  readonly waiting: Set<() => void>;
  readonly room: Set<() => void>;
  state: ScanReport['state'];
  finished: number;
  done: number;
  complete: number;
  heard: number;
}

/** A scan's progress without its rows, where there are more than are kept. */
export interface Progress {
  readonly report: ScanReport;
  /** All rows are in the report. */
  readonly whole: boolean;
  /** Units that were read whole and whose rows are not in it. */
  readonly leftOut: number;
}

export interface ScansOptions {
  readonly clock: Clock;
  readonly onDone?: (scan: { scan: string; units: number; complete: number }) => void;
}

export class Scans {
  readonly #scans = new Map<string, Scan>();
  readonly #options: ScansOptions;

  constructor(options: ScansOptions) {
    this.#options = options;
  }

  /** A scan of so many units, each of which is told by `add` when it goes to the scanners. */
  begin(id: string, total: number): void {
    const now = this.#options.clock.now();
    const scan: Scan = {
      id,
      started: now,
      total,
      pending: new Set(),
      rows: [],
      waiting: new Set(),
      room: new Set(),
      state: 'running',
      finished: 0,
      done: 0,
      complete: 0,
      heard: now,
    };
    this.#scans.set(id, scan);
    this.#forget();
    if (total === 0) this.#end(scan, 'done');
  }

  add(id: string, unit: Unit): void {
    const scan = this.#scans.get(id);
    if (scan?.state === 'running') scan.pending.add(unitKey(unit));
  }

  /** Resolves true when another unit of the scan may go to the scanners or it has ended, false after `ms` of neither. */
  async room(id: string, ms: number): Promise<boolean> {
    const full = (): boolean => this.isRunning(id) && (this.#scans.get(id)?.pending.size ?? 0) >= MAX_PENDING;
    const scan = this.#scans.get(id);
    if (!scan || !full()) return true;
    await waitIn(scan.room, ms);
    return !full();
  }

  /** Takes note of an observation; one of another process's scan, or a second of the same unit, is passed over. */
  observed(row: Coverage): void {
    const scan = this.#scans.get(row.scan);
    if (!scan?.pending.delete(unitKey(row))) return;
    scan.done += 1;
    scan.heard = this.#options.clock.now();
    if (row.state === 'complete') scan.complete += 1;
    keep(scan.rows, row);
    wakeAll(scan.room);
    if (scan.done === scan.total && scan.state === 'running') this.#end(scan, 'done');
  }

  /** Ends a scan early. Returns the number of units that were not observed yet. Throws NOT_FOUND. */
  cancel(id: string): number {
    const scan = this.#get(id);
    if (scan.state !== 'running') return 0;
    const dropped = scan.total - scan.done;
    this.#end(scan, 'cancelled');
    return dropped;
  }

  /** Ends whatever runs: the process stops. */
  close(): void {
    for (const scan of this.#scans.values()) if (scan.state === 'running') this.#end(scan, 'cancelled');
  }

  /** Scans under way that nothing was heard of for `ms` milliseconds. */
  silent(ms: number): string[] {
    const before = this.#options.clock.now() - ms;
    return [...this.#scans.values()].flatMap(({ id, state, heard }) =>
      state === 'running' && heard <= before ? [id] : [],
    );
  }

  /** Units that are with the scanners, of all scans. */
  get pending(): number {
    let sum = 0;
    for (const { pending } of this.#scans.values()) sum += pending.size;
    return sum;
  }

  isRunning(id: string): boolean {
    return this.#scans.get(id)?.state === 'running';
  }

  /** Whether some running scan still waits for the unit. */
  isPending(unit: Unit): boolean {
    const key = unitKey(unit);
    for (const scan of this.#scans.values()) if (scan.state === 'running' && scan.pending.has(key)) return true;
    return false;
  }

  /** When the scan was last heard of, milliseconds since 1970; 0 for one that does not run. */
  lastHeard(id: string): number {
    const scan = this.#scans.get(id);
    return scan?.state === 'running' ? scan.heard : 0;
  }

  /** Throws NOT_FOUND for a scan that was never begun here, or long ago. */
  progress(id: string): Progress {
    const { started, finished, state, total, done, complete, rows } = this.#get(id);
    const report: ScanReport = {
      scan: id,
      state,
      started: new Date(started).toISOString(),
      finished: finished > 0 ? new Date(finished).toISOString() : '',
      total,
      done,
      units: [...rows],
    };
    return { report, whole: done === rows.length, leftOut: complete - rows.filter(isComplete).length };
  }

  /** Resolves when the scan has ended, or after `ms` milliseconds. */
  async wait(id: string, ms: number, signal?: AbortSignal): Promise<void> {
    const scan = this.#get(id);
    if (scan.state !== 'running' || ms === 0) return;
    await waitIn(scan.waiting, ms, signal);
  }

  #get(id: string): Scan {
    const scan = this.#scans.get(id);
    if (!scan) throw elavaError('NOT_FOUND', `there is no scan ${id}`);
    return scan;
  }

  #end(scan: Scan, state: 'done' | 'cancelled'): void {
    scan.state = state;
    scan.finished = this.#options.clock.now();
    scan.pending.clear();
    wakeAll(scan.waiting);
    wakeAll(scan.room);
    this.#options.onDone?.({ scan: scan.id, units: scan.total, complete: scan.complete });
  }

  /** Ended scans go, the oldest first. */
  #forget(): void {
    const ended = [...this.#scans.values()].filter(({ state }) => state !== 'running');
    for (const { id } of ended.slice(0, Math.max(0, ended.length - MAX_ENDED))) this.#scans.delete(id);
  }
}

function isComplete({ state }: Coverage): boolean {
  return state === 'complete';
}

function keep(rows: Coverage[], row: Coverage): void {
  if (rows.length < MAX_ROWS) rows.push(row);
  else if (!isComplete(row)) {
    const at = rows.findIndex(isComplete);
    if (at >= 0) rows[at] = row;
  }
}

/** Resolves when the set is woken, or after `ms` milliseconds. */
async function waitIn(waiting: Set<() => void>, ms: number, signal?: AbortSignal): Promise<void> {
  const stop = new AbortController();
  const wake = (): void => stop.abort();
  waiting.add(wake);
  const either = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
  await sleep(ms, either).catch(() => undefined);
  waiting.delete(wake);
}

function wakeAll(waiting: Set<() => void>): void {
  for (const wake of waiting) wake();
}
