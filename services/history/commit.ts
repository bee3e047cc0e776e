/**
 * One revision at a time: log, current, coverage, commit, in this order. The log and the ledger of observations are the
 * truth; what a crash left half written is rolled forward from them when the store is opened or written again.
 */

import { RowWriter } from '../../lib/clickhouse/row-writer.ts';
import type { Store } from '../../lib/clickhouse/store.ts';
import { insertColumns, type RowOf, rowWriter, type Table } from '../../lib/clickhouse/table.ts';
import { attributions } from '../../lib/clickhouse/tables/attribution.ts';
import { evaluationColumns, evaluationLog } from '../../lib/clickhouse/tables/evaluations.ts';
import { commits, coverage, judged, observationColumns } from '../../lib/clickhouse/tables/ledger.ts';
import { resourceLog, stateColumns } from '../../lib/clickhouse/tables/resources.ts';
import type { Clock } from '../../lib/time.ts';
import type { Observation } from './observation.ts';
import type { Version } from './plan-ingest.ts';
import { evidenceOf } from './tombstone.ts';

export type StoredEvaluation = Omit<RowOf<typeof evaluationLog>, 'rev'>;
export type StoredAttribution = Omit<RowOf<typeof attributions>, 'rev'>;
export type Judged = Omit<RowOf<typeof judged>, 'rev'>;

/** What one revision writes. The versions' instants lie in one week, so that they become one part. */
export interface Revision {
  readonly versions: readonly Version[];
  readonly observations: readonly Observation[];
  readonly evaluations: readonly StoredEvaluation[];
  readonly judged: readonly Judged[];
  readonly attributions?: readonly StoredAttribution[];
}

const state = stateColumns.join(', ');
const observation = observationColumns.join(', ');
const evaluation = evaluationColumns.join(', ');

/** Makes the derived rows of the revisions after `{rev}`. Running it again changes nothing: newest wins by revision. */
const derive = {
  current: `INSERT INTO resource_current (${state}, live) SETTINGS optimize_on_insert = 0
    SELECT ${state}, kind != 'disappeared' FROM resource_log WHERE rev > {rev:UInt64}`,
  units: `INSERT INTO units (${observation}) SELECT ${observation} FROM coverage WHERE rev > {rev:UInt64}`,
  evaluations: `INSERT INTO evaluations (${evaluation}) SELECT ${evaluation} FROM evaluation_log WHERE rev > {rev:UInt64}`,
} as const;

/** How the rows of each table are sent. They share a buffer: only one writes at a time. */
function writersOf(store: Store) {
  const out = new RowWriter();
  const into = <T extends Table>(table: T) => {
    const write = rowWriter<T, Partial<RowOf<T>>>(table);
    const columns = insertColumns(table);
    return async (rev: number, rows: readonly Omit<RowOf<T>, 'rev'>[]): Promise<void> => {
      if (rows.length === 0) return;
      out.reset();
      const shared = { rev } as unknown as Partial<RowOf<T>>;
      for (const row of rows) write(out, row, shared);
      await store.insertRows(table.name, columns, out.bytes);
    };
  };
  return {
    versions: into(resourceLog),
    observations: into(coverage),
    evaluations: into(evaluationLog),
    judged: into(judged),
    attributions: into(attributions),
    commits: into(commits),
  };
}

/** Only one may exist for a store: it counts the revisions. */
export class Ledger {
  readonly #store: Store;
  readonly #writers: ReturnType<typeof writersOf>;
  readonly #clock: Clock;
  #committed = 0;
  #last = 0;
  /** A write failed half way; the rest is done before the next one. */
  #torn = false;

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#writers = writersOf(store);
    this.#clock = clock;
  }

  /** Readers look no further than this revision. */
  get committed(): number {
    return this.#committed;
  }

  /** No revision is half written: nothing of the log is newer than the newest whole one. */
  get whole(): boolean {
    return !this.#torn;
  }

  /** Completes what the last owner left and learns where to go on. Returns what was rolled forward. */
  async open(): Promise<{ readonly rolledForward: number }> {
    const newest = await this.#newest();
    this.#committed = newest.commits;
    this.#last = Math.max(newest.commits, newest.log, newest.coverage, newest.evaluations);
    const open = this.#last - this.#committed;
    if (open > 0) await this.#rollForward(newest);
    this.#torn = false;
    return { rolledForward: open };
  }

  /** Writes one revision and returns its number. What is thrown may have been written: ask again with the same batch. */
  async write(revision: Revision): Promise<number> {
    if (this.#torn) await this.open();
    const rev = this.#last + 1;
    this.#torn = true;
    await this.#insert(rev, revision);
    await this.#commit(rev, 'write', revision.versions.length);
    this.#torn = false;
    return rev;
  }

  async #insert(rev: number, revision: Revision): Promise<void> {
    const { versions, observations, evaluations, judged: marks, attributions: who } = revision;
    const store = this.#store;
    const after = { rev: rev - 1 };
    await this.#writers.versions(rev, versions);
    if (versions.length > 0) await store.run(derive.current, after);
    await this.#writers.observations(rev, observations);
    if (observations.length > 0) await store.run(derive.units, after);
    await this.#writers.evaluations(rev, evaluations);
    if (evaluations.length > 0) await store.run(derive.evaluations, after);
    await this.#writers.judged(rev, marks);
    await this.#writers.attributions(rev, who ?? []);
  }

  async #rollForward(newest: Newest): Promise<void> {
    const after = { rev: this.#committed };
    if (newest.log > this.#committed) await this.#store.run(derive.current, after);
    await this.#completeObservations(newest);
    await this.#store.run(derive.units, after);
    if (newest.evaluations > this.#committed) await this.#store.run(derive.evaluations, after);
    await this.#commit(this.#last, 'rolled forward', 0);
  }

  /** A tombstone without its observation: what it carries becomes the row that was not written any more. */
  async #completeObservations(newest: Newest): Promise<void> {
    const rows = await this.#store.rows<{ rev: string; body: string }>(
      "SELECT rev, body FROM resource_log WHERE rev > {rev:UInt64} AND kind = 'disappeared' AND body != ''",
      { rev: Math.max(this.#committed, newest.coverage) },
    );
    await this.#writers.observations(
      this.#last,
      rows.map(({ body }) => evidenceOf(body)),
    );
  }

  async #commit(rev: number, note: string, rows: number): Promise<void> {
    await this.#writers.commits(rev, [{ at: this.#clock.now(), kind: 'revision', rows, note }]);
    this.#last = rev;
    this.#committed = rev;
  }

  async #newest(): Promise<Newest> {
    const [row] = await this.#store.rows<Record<keyof Newest, string>>(
      `SELECT (SELECT max(rev) FROM commits) AS commits, (SELECT max(rev) FROM resource_log) AS log,
         (SELECT max(rev) FROM coverage) AS coverage, (SELECT max(rev) FROM evaluation_log) AS evaluations,
         (SELECT max(rev) FROM judged) AS judged,
         (SELECT max(rev) FROM attributions) AS attributions`,
    );
    const number = (name: keyof Newest): number => Number(row?.[name] ?? 0);
    return {
      commits: number('commits'),
      log: number('log'),
      coverage: number('coverage'),
      evaluations: Math.max(number('evaluations'), number('judged'), number('attributions')),
      judged: number('judged'),
      attributions: number('attributions'),
    };
  }
}

interface Newest {
  readonly commits: number;
  readonly log: number;
  readonly coverage: number;
  readonly evaluations: number;
  readonly judged: number;
  readonly attributions: number;
}
