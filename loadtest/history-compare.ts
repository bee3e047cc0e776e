/** One question to the memory through its service, and to DuckDB on the same rows, in turns. */
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
