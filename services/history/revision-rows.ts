/**
 * The rows of one revision: the log, then beside each other what is made from it and the coverage with what is made from
 * that. The log and the ledger of observations are the truth; what a crash left half written is made from them.
 */

import { RowWriter } from '../../lib/clickhouse/row-writer.ts';
import type { Store } from '../../lib/clickhouse/store.ts';
import { insertColumns, type RowOf, rowWriter, type Table } from '../../lib/clickhouse/table.ts';
import { attributions } from '../../lib/clickhouse/tables/attribution.ts';
import { evaluationColumns, evaluationLog } from '../../lib/clickhouse/tables/evaluations.ts';
import { commits, coverage, judged, observationColumns } from '../../lib/clickhouse/tables/ledger.ts';
import { resourceLog, stateColumns } from '../../lib/clickhouse/tables/resources.ts';
import type { Terms } from '../../lib/clickhouse/terms.ts';
import type { Observation } from './observation.ts';
import type { Version } from './plan-ingest.ts';
import { evidenceOf } from './tombstone.ts';

export type StoredEvaluation = Omit<RowOf<typeof evaluationLog>, 'rev'>;
export type StoredAttribution = Omit<RowOf<typeof attributions>, 'rev'>;
export type Judged = Omit<RowOf<typeof judged>, 'rev'>;
type Commit = Omit<RowOf<typeof commits>, 'rev'>;

/** What one revision writes. The versions' instants lie in one week, so that they become one part. */
export interface Revision {
  readonly versions: readonly Version[];
  readonly observations: readonly Observation[];
  readonly evaluations: readonly StoredEvaluation[];
  readonly judged: readonly Judged[];
  readonly attributions?: readonly StoredAttribution[];
}

/** Revisions from one to another, both included. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

const state = stateColumns.join(', ');
const observation = observationColumns.join(', ');
const evaluation = evaluationColumns.join(', ');
const within = 'rev BETWEEN {from:UInt64} AND {to:UInt64}';

/** Makes the derived rows of some revisions. Running it again changes nothing: newest wins by revision. */
const derive = {
  current: `INSERT INTO resource_current (${state}, live) SETTINGS optimize_on_insert = 0
    SELECT ${state}, kind != 'disappeared' FROM resource_log WHERE ${within}`,
  units: `INSERT INTO units (${observation}) SELECT ${observation} FROM coverage WHERE ${within}`,
  evaluations: `INSERT INTO evaluations (${evaluation}) SELECT ${evaluation} FROM evaluation_log WHERE ${within}`,
} as const;

/** How the rows of each table are sent. They share a buffer: only one writes at a time. */
function writersOf(store: Store) {
  const out = new RowWriter();
  const into = <T extends Table>(table: T) => {
    const write = rowWriter<T, Partial<RowOf<T>>>(table);
    const columns = insertColumns(table);
    return async (rev: number, rows: readonly Omit<RowOf<T>, 'rev'>[], terms?: Terms): Promise<void> => {
      if (rows.length === 0) return;
      out.reset();
      const shared = { rev } as unknown as Partial<RowOf<T>>;
      for (const row of rows) write(out, row, shared);
      await store.insertRows(table.name, columns, out.bytes, { terms });
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

/** What fails is told when neither runs any more: whoever mends it must not meet the other one. */
async function both(...work: readonly Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(work)).find(({ status }) => status === 'rejected');
  if (failed) throw (failed as PromiseRejectedResult).reason;
}

/** Writes one revision at a time. */
export class RevisionRows {
  readonly #store: Store;
  readonly #writers: ReturnType<typeof writersOf>;

  constructor(store: Store) {
    this.#store = store;
    this.#writers = writersOf(store);
  }

  async insert(rev: number, revision: Revision, terms: Terms): Promise<void> {
    const { versions, observations, evaluations, judged: marks, attributions: who } = revision;
    const own = { from: rev, to: rev };
    const make = (sql: string) => this.#store.run(sql, own, { terms });
    await this.#writers.versions(rev, versions, terms);
    const seen = async (): Promise<void> => {
      await this.#writers.observations(rev, observations, terms);
      if (observations.length > 0) await make(derive.units);
    };
    await both(versions.length > 0 ? make(derive.current) : Promise.resolve(), seen());
    await this.#writers.evaluations(rev, evaluations, terms);
    if (evaluations.length > 0) await make(derive.evaluations);
    await this.#writers.judged(rev, marks, terms);
    await this.#writers.attributions(rev, who ?? [], terms);
  }

  /** Makes what is missing of revisions that may be half written. */
  async complete(range: Range): Promise<void> {
    await this.#store.run(derive.current, { ...range });
    await this.#completeObservations(range);
    await this.#store.run(derive.units, { ...range });
    await this.#store.run(derive.evaluations, { ...range });
  }

  /** Says that all revisions up to this one are whole. */
  async commit(rev: number, row: Commit): Promise<void> {
    await this.#writers.commits(rev, [row]);
  }

  /** The newest revision that is committed, and the newest of which any row is there. */
  async newest(): Promise<{ readonly committed: number; readonly written: number }> {
    const [row] = await this.#store.rows<Record<'committed' | 'written', string>>(
      `SELECT (SELECT max(rev) FROM commits) AS committed,
         greatest(committed, (SELECT max(rev) FROM resource_log), (SELECT max(rev) FROM coverage),
           (SELECT max(rev) FROM evaluation_log), (SELECT max(rev) FROM judged), (SELECT max(rev) FROM attributions)) AS written`,
    );
    return { committed: Number(row?.committed ?? 0), written: Number(row?.written ?? 0) };
  }

  /** A tombstone without its observation: what it carries becomes the row that was not written any more. */
  async #completeObservations(range: Range): Promise<void> {
    const rows = await this.#store.rows<{ rev: string; body: string }>(
      `SELECT rev, body FROM resource_log WHERE ${within} AND kind = 'disappeared' AND body != ''
         AND rev NOT IN (SELECT rev FROM coverage WHERE ${within})`,
      { ...range },
    );
    for (const rev of new Set(rows.map((row) => row.rev))) {
      const evidence = rows.filter((row) => row.rev === rev).map(({ body }) => evidenceOf(body));
      await this.#writers.observations(Number(rev), evidence);
    }
  }
}
