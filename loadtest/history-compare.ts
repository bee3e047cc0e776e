/**
 * One question to the memory through its service, and to DuckDB on the same rows, in turns. An answer of ours says how
 * complete and how fresh it is, so DuckDB is asked that as well, by a second statement.
 */
import { performance } from 'node:perf_hooks';
import { type Estate, openEstate } from './history-estate.ts';
import type { RunOptions, Scenario } from './scenario.ts';

export interface Comparison {
  readonly name: string;
  readonly target: number;
  /** Ask once and give how many rows came, which must be equal. */
  readonly ours: (estate: Estate) => Promise<number>;
  readonly duck: (estate: Estate) => Promise<number>;
  /** Removes the estate afterwards. */
  readonly last?: boolean;
}

/** Milliseconds of each: the least of five in a round, as other work comes and goes. */
export function compared({ name, target, ours, duck, last = false }: Comparison): Scenario {
  return {
    name,
    peer: 'DuckDB on the same rows, in memory of the same process',
    target,
    unit: 'ms',
    better: 'lower',
    async run({ rounds, scale }: RunOptions) {
      const estate = await openEstate(scale);
      const figures = { ours: [] as number[], peer: [] as number[] };
      try {
        const [mine, theirs] = [await ours(estate), await duck(estate)];
        if (mine !== theirs) throw new Error(`${name}: ${mine} rows here, ${theirs} there`);
        for (let round = 0; round < rounds; round += 1) {
          figures.ours.push(await least(() => ours(estate)));
          figures.peer.push(await least(() => duck(estate)));
        }
      } finally {
        await estate.close({ remove: last });
      }
      return figures;
    },
  };
}

const TRIES = 5;

async function least(work: () => Promise<unknown>): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < TRIES; i += 1) {
    const begun = performance.now();
    await work();
    best = Math.min(best, performance.now() - begun);
  }
  return best;
}

/** Rows as objects, as a program would take them. */
export async function duckRows({ duck }: Estate, sql: string): Promise<Record<string, unknown>[]> {
  return (await duck.runAndReadAll(sql)).getRowObjects();
}

/** Of the units that a condition names, now or as of an instant: as many days back as tiers need, which is one. */
export async function duckCoverage(
  estate: Estate,
  { where = 'true', at }: { where?: string; at?: string },
): Promise<number> {
  const then = `SELECT arg_max(state, rev) AS state, arg_max(last_complete, rev) AS last_complete FROM coverage
    WHERE finished <= '${at}' AND finished > TIMESTAMPTZ '${at}' - INTERVAL 26 HOUR AND ${where} GROUP BY account, region, type`;
  const [row] = await duckRows(
    estate,
    `SELECT count(*)::INT AS units, (count(*) FILTER (state = 'complete'))::INT AS complete,
       (count(*) FILTER (last_complete < '1971-01-01'))::INT AS missing, min(last_complete) AS oldest
     FROM ${at === undefined ? `units WHERE ${where}` : `(${then})`}`,
  );
  return Number(row?.units ?? 0);
}
