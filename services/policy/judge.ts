/** Judges the estate: what is due in history goes through the pool, and what changed goes back. */
import type { Client } from '../../lib/contract.ts';
import { elavaError } from '../../lib/errors.ts';
import type { Logger } from '../../lib/log.ts';
import { type ResourceFilter, type Unit, unitKey } from '../../lib/resource.ts';
import type { Clock } from '../../lib/time.ts';
import { withSpan } from '../../lib/tracing.ts';
import type { Evaluation, Exemption, historyContract } from '../history/history.contract.ts';
import type { ServedBundle } from './bundle.ts';
import type { Scanned } from './gone.ts';
import type { Judged } from './judge-lines.ts';
import type { PolicyPool } from './pool.ts';
import { joinedTypes, scannedOf } from './row-of.ts';
import type { JudgeSettings } from './settings.ts';
import { Slots } from './slots.ts';

type History = Pick<Client<typeof historyContract>, 'due' | 'judging' | 'judged' | 'coverage'>;

export interface JudgeOptions {
  readonly history: History;
  readonly pool: Pick<PolicyPool, 'judge'>;
  readonly clock: Clock;
  readonly log: Pick<Logger, 'warn'>;
  /** Resources of one task of a worker. */
  readonly batch: number;
  /** Pages that may be under way at once; a few more than threads, so that none of these waits for history. */
  readonly pages: number;
  /** How long a judgement is good for, in milliseconds. */
  readonly intervalMs: number;
}

export interface Run {
  readonly bundle: ServedBundle;
  readonly settings: JudgeSettings;
  readonly exemptions?: readonly Exemption[] | undefined;
  readonly filter?: ResourceFilter | undefined;
  /** Only these units: where several processes judge, each has its own. */
  readonly mine?: ((unit: Unit) => boolean) | undefined;
  /** Also what was judged within the interval. */
  readonly all?: boolean | undefined;
  /** The instant as of which is judged, ISO 8601; now when absent. */
  readonly at?: string | undefined;
  readonly signal: AbortSignal;
}

export interface Summary {
  units: number;
  judged: number;
  changed: number;
  failed: number;
  readonly bundle: string;
}

/** What history takes in one call, and gives. */
const maxEvaluations = 5000;
const maxPage = 10_000;
/** Runs that may wait for the one under way. */
const maxRuns = 16;

type Due = Awaited<ReturnType<History['due']>>['units'][number];
type Page = Awaited<ReturnType<History['judging']>> & { readonly scanned?: Scanned | undefined };

export class Judge {
  readonly #options: JudgeOptions;
  readonly #turn = new Slots(1, maxRuns);

  constructor(options: JudgeOptions) {
    this.#options = options;
  }

  /**
   * One run at a time; the others wait. A unit that fails is logged, stays due and does not stop the rest; when every
   * unit failed, the first one's error is thrown. Errors: CANCELLED, QUEUE_FULL, those of history.
   */
  async run(run: Run): Promise<Summary> {
    await this.#turn.enter(run.signal);
    try {
      return await this.#judge(run);
    } finally {
      this.#turn.leave();
    }
  }

  close(): void {
    this.#turn.close();
  }

  async #judge(run: Run): Promise<Summary> {
    const { clock, history, intervalMs, pages } = this.#options;
    const now = clock.now();
    const since = new Date(run.all ? now + 1 : now - intervalMs).toISOString();
    const filter = run.filter ? { filter: run.filter } : {};
    const due = await history.due({ bundle: run.bundle.digest, judged_before: since, ...filter });
    const units = due.units.filter(({ unit }) => run.mine?.(unit) ?? true);
    const summary: Summary = { units: 0, judged: 0, changed: 0, failed: 0, bundle: run.bundle.digest };
    const errors: unknown[] = [];
    const slots = new Slots(pages, units.length * pages);
    const under = new Pass({ ...this.#options, run, at: run.at ?? new Date(now).toISOString(), summary, slots });
    // As many units as pages: a small unit has only one, and a large one takes the slots that are free.
    const queue = units.values();
    const walk = async (): Promise<void> => {
      for (const due of queue) {
        if (run.signal.aborted) return;
        const decide = () => under.unit(due);
        await withSpan('decision_maker.make_decision', { ...due.unit }, decide).catch((error: unknown) => {
          errors.push(error);
          this.#options.log.warn({ error, unit: unitKey(due.unit) }, 'unit could not be judged');
        });
      }
    };
    await Promise.all(Array.from({ length: pages }, walk));
    if (run.signal.aborted) throw elavaError('CANCELLED', 'judging was cancelled');
    if (errors.length > 0 && errors.length === units.length) throw errors[0];
    return summary;
  }
}

interface PassOptions extends JudgeOptions {
  readonly run: Run;
  readonly at: string;
  readonly summary: Summary;
  readonly slots: Slots;
}

/** One run over its units. */
class Pass {
  readonly #options: PassOptions;

  constructor(options: PassOptions) {
    this.#options = options;
  }

  /** Page after page: the next one is read while those before it are evaluated, and stored as they come. */
  async unit(due: Due): Promise<void> {
    const stored: Array<Promise<void>> = [];
    const failures: unknown[] = [];
    const settled = async (): Promise<void> => {
      await Promise.all(stored);
      if (failures.length > 0) throw failures[0];
    };
    const scanned = await scannedOf(this.#options.history, due.unit);
    for (let after: string | undefined, more = true; more && failures.length === 0; ) {
      const page = { ...(await this.#fetch(due, after)), scanned };
      after = page.next;
      more = after !== undefined;
      // The mark says that the whole unit is judged, so it waits for the pages before.
      const done = this.#page(due, page, more ? undefined : settled()).finally(() => this.#options.slots.leave());
      stored.push(done.catch((error: unknown) => void failures.push(error)));
    }
    await settled();
    this.#options.summary.units += 1;
  }

  /** Takes a slot, which the page keeps until it is stored. */
  async #fetch({ unit, since, upto }: Due, after: string | undefined) {
    const { history, batch, slots, run } = this.#options;
    const join = joinedTypes(unit.type, run.settings);
    const page = { unit, upto, join, limit: pageSize(batch), ...(since ? { since } : {}), ...(after ? { after } : {}) };
    await slots.enter(run.signal);
    try {
      return await history.judging(page);
    } catch (error) {
      slots.leave();
      throw error;
    }
  }

  async #page(due: Due, page: Page, before: Promise<unknown> | undefined): Promise<void> {
    const { pool, batch, run, at, summary } = this.#options;
    const { bundle, settings, signal } = run;
    const tasks = tasksOf(page.lines, batch).map((lines) =>
      pool.judge({ bundle, settings, lines, signal }, at, { exemptions: run.exemptions, scanned: page.scanned }),
    );
    const [parts] = await Promise.all([Promise.all(tasks), before]);
    const judged = parts.reduce(together, nothing);
    await this.#store(due, judged, before !== undefined);
    summary.judged += judged.resources;
    summary.changed += judged.evaluations.length + judged.cleared.length;
    summary.failed += judged.failed;
  }

  /** A unit that only was judged since a revision keeps the instant at which it last was judged whole. */
  async #store({ unit, since, upto }: Due, judged: Judged, isLast: boolean): Promise<void> {
    const { history, at, run } = this.#options;
    const calls = callsFor(judged, isLast);
    for (const [i, call] of calls.entries()) {
      const mark = isLast && i === calls.length - 1 ? { upto, ...(since ? { since } : {}) } : {};
      await history.judged({ unit, bundle: run.bundle.digest, at, ...call, ...mark });
    }
  }
}

/** What is to be stored, in as many calls as history's limit asks for; none where there is nothing. */
function callsFor({ evaluations, cleared }: Judged, isLast: boolean) {
  const calls: Array<{ evaluations: Evaluation[]; cleared: Array<Judged['cleared'][number]> }> = [];
  for (let from = 0; from < evaluations.length; from += maxEvaluations) {
    calls.push({ evaluations: evaluations.slice(from, from + maxEvaluations), cleared: [] });
  }
  if (calls.length === 0 && (isLast || cleared.length > 0)) calls.push({ evaluations: [], cleared: [] });
  calls.at(-1)?.cleared.push(...cleared);
  return calls;
}

/** Questions to history cost more than its rows: a page is worth many tasks. */
function pageSize(batch: number): number {
  return Math.min(Math.max(batch, 5000), maxPage);
}

/** A page's lines in pieces of `batch`; the text is cut, not copied. */
function tasksOf(lines: string, batch: number): string[] {
  const pieces: string[] = [];
  for (let start = 0; start < lines.length; ) {
    let end = start;
    for (let i = 0; i < batch && end < lines.length; i++) {
      const found = lines.indexOf('\n', end);
      end = found < 0 ? lines.length : found + 1;
    }
    pieces.push(lines.slice(start, end));
    start = end;
  }
  return pieces;
}

function together(a: Judged, b: Judged): Judged {
  return {
    resources: a.resources + b.resources,
    failed: a.failed + b.failed,
    evaluations: [...a.evaluations, ...b.evaluations],
    cleared: [...a.cleared, ...b.cleared],
  };
}

const nothing: Judged = { resources: 0, failed: 0, evaluations: [], cleared: [] };
