/** Finds the row that one live resource is judged with. */
import type { Client } from '../../lib/contract.ts';
import { elavaError } from '../../lib/errors.ts';
import type { historyContract, JudgingRow } from '../history/history.contract.ts';
import type { JudgeSettings } from './settings.ts';

type History = Pick<Client<typeof historyContract>, 'resources' | 'judging'>;
const pageSize = 1000;

/** Reads its unit page by page: this is for looking at one resource, not for judging. Errors: NOT_FOUND. */
export async function rowOf(history: History, id: string, settings: JudgeSettings): Promise<JudgingRow> {
  const { resources } = await history.resources({ filter: { ids: [id] } });
  const [resource] = resources;
  if (!resource) throw elavaError('NOT_FOUND', `there is no live resource ${id}`);
  const { account, region, type, revision: upto } = resource;
  const join = (settings.joins[type] ?? []).map((one) => one.type);
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
