/** Asks the analyzers: in this process with the memory, or those of a running server with `--server`. */
import { type Client, clientOf } from '../../lib/contract.ts';
import { elavaError } from '../../lib/errors.ts';
import { analyzerContract } from '../../services/analyzer/analyzer.contract.ts';
import { askServer, type Params, type ReaderOptions } from './reader.ts';
import { type Role, settings, withSession } from './session.ts';

export type Analyzer = Pick<Client<typeof analyzerContract>, 'drift' | 'waste' | 'patterns' | 'measure'>;
type Question = 'drift' | 'waste' | 'patterns';

/** `more` are roles that the work needs besides the memory and the analyzers. */
export async function withAnalyzer<T>(
  options: ReaderOptions,
  work: (analyzer: Analyzer) => Promise<T>,
  more: readonly Role[] = [],
): Promise<T> {
  if (options.server !== undefined) return work(remote(options.server));
  return withSession(settings(options), { ...options, roles: ['history', 'analyzer', ...more] }, ({ broker }) =>
    work(clientOf(analyzerContract, broker)),
  );
}

function remote(server: string): Analyzer {
  const ask =
    (path: Question) =>
    <T>(params: Params): Promise<T> =>
      askServer(server, path, params, analyzerContract.actions[path].timeoutMs);
  const measure = () =>
    Promise.reject(elavaError('INVALID_REQUEST', '--measure is for the own store; a server measures by itself'));
  return { drift: ask('drift'), waste: ask('waste'), patterns: ask('patterns'), measure };
}
