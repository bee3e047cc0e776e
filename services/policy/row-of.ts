/** What of history one resource is judged with beside itself, and how the row of a single one is found. */
import type { Client } from '../../lib/contract.ts';
import { elavaError } from '../../lib/errors.ts';
import type { Unit } from '../../lib/resource.ts';
import type { historyContract, JudgingRow } from '../history/history.contract.ts';
import { type Scanned, watchedTypes } from './gone.ts';
import type { JudgeSettings } from './settings.ts';

type History = Pick<Client<typeof historyContract>, 'resources' | 'judging' | 'coverage'>;
const pageSize = 1000;

/** Types whose resources have to come along with those of a type. */
export function joinedTypes(type: string, { joins }: Pick<JudgeSettings, 'joins'>): string[] {
  return [...new Set([...(joins[type] ?? []).map((one) => one.type), ...watchedTypes(type)])];
}

/** What is known of the types whose absence counts for the unit's resources; mostly nothing is asked. */
export async function scannedOf(history: Pick<History, 'coverage'>, unit: Unit): Promise<Scanned | undefined> {
  const types = [...watchedTypes(unit.type)];
  if (types.length === 0) return undefined;
  const filter = { accounts: [unit.account], regions: [unit.region], types };
  const { units } = await history.coverage({ filter });
  return Object.fromEntries(
    units.flatMap(({ type, state, started }) => (state === 'complete' ? [[type, started]] : [])),
  );
}

/** Reads its unit page by page: this is for looking at one resource, not for judging. Errors: NOT_FOUND. */
export async function rowOf(history: History, id: string, settings: JudgeSettings): Promise<JudgingRow> {
  const { resources } = await history.resources({ filter: { ids: [id] } });
  const [resource] = resources;
  if (!resource) throw elavaError('NOT_FOUND', `there is no live resource ${id}`);
  const { account, region, type, revision: upto } = resource;
  const join = joinedTypes(type, settings);
  const page = { unit: { account, region, type }, upto, join, limit: pageSize };
  for (let after: string | undefined; ; ) {
    const { lines, next } = await history.judging({ ...page, ...(after ? { after } : {}) });
    // The id is near the start of its line: most lines need not be parsed.
    const line = lines.split('\n').find((one) => one.includes(JSON.stringify(id)) && idOf(one) === id);
    if (line) return JSON.parse(line) as JudgingRow;
    if (next === undefined) throw elavaError('NOT_FOUND', `${id} is gone by now`);
    after = next;
  }
}

function idOf(line: string): string {
  return (JSON.parse(line) as JudgingRow).resource.id;
}
