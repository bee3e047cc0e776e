/** People know a resource by its name, tables show names: a name that only one live resource has does as well as an id. */
import { codeOf, elavaError } from '../../lib/errors.ts';
import type { Reader } from './reader.ts';

const MOST_FOUND = 20;

/** Asks with what was given as an id or a part of one, then with the id of what has it as its name. Errors: NOT_FOUND. */
export async function byIdOrName<T>(
  reader: Pick<Reader, 'search'>,
  given: string,
  ask: (id: string) => Promise<T>,
): Promise<T> {
  try {
    return await ask(given);
  } catch (error) {
    if (codeOf(error) !== 'NOT_FOUND') throw error;
    const { found } = await reader.search({ text: given, limit: MOST_FOUND });
    const named = found.filter(({ name }) => name === given);
    if (named[0] && named.length === 1) return ask(named[0].id);
    if (named.length === 0) throw error;
    const ids = named.map(({ id }) => id);
    throw elavaError('INVALID_REQUEST', `${JSON.stringify(given)} is the name of several: ${ids.join(', ')}`, {
      data: ids,
    });
  }
}
