/** The actions that count evaluations and observations. */
import type { Static } from 'typebox';
import { coverageSummary } from './coverage-summary.ts';
import type { Memory } from './memory.ts';
import { split } from './past.ts';
import type { tallies } from './tallies.schema.ts';
import { countVerdicts, readGrid } from './tallies.ts';

type Params<K extends keyof typeof tallies> = Static<(typeof tallies)[K]['params']>;
const DEFAULT_GROUPS = 100;

export async function verdicts(memory: Memory, { filter, by, decisions, limit = DEFAULT_GROUPS }: Params<'verdicts'>) {
  const [found, coverage] = await Promise.all([
    countVerdicts(memory.store, { filter: split(memory, filter), by, decisions, limit }),
    coverageSummary(memory.store, filter),
  ]);
  return { ...found, coverage };
}

export async function grid(memory: Memory, { filter }: Params<'grid'>) {
  const [cells, coverage] = await Promise.all([readGrid(memory.store, filter), coverageSummary(memory.store, filter)]);
  return { cells, coverage };
}
