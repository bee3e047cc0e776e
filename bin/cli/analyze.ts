/** Asks the analyzers in this process: the memory and they are all that it takes. */
import { type Client, clientOf } from '../../lib/contract.ts';
import { elavaError } from '../../lib/errors.ts';
import { analyzerContract } from '../../services/analyzer/analyzer.contract.ts';
import type { ReaderOptions } from './reader.ts';
import { settings, withSession } from './session.ts';

export async function withAnalyzer<T>(
  options: ReaderOptions,
  work: (analyzer: Client<typeof analyzerContract>) => Promise<T>,
): Promise<T> {
  if (options.server !== undefined)
    throw elavaError('INVALID_REQUEST', '--server does not serve this verb yet; run it where the data directory is');
  return withSession(settings(options), { ...options, roles: ['history', 'analyzer'] }, ({ broker }) =>
    work(clientOf(analyzerContract, broker)),
  );
}
