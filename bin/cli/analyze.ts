/** Asks the analyzers: in this process with the memory, or those of a running server with `--server`. */
import { type Client, clientOf } from '../../lib/contract.ts';
import { analyzerContract } from '../../services/analyzer/analyzer.contract.ts';
import { askServer, type Params, type ReaderOptions } from './reader.ts';
import { settings, withSession } from './session.ts';

type Analyzer = Pick<Client<typeof analyzerContract>, 'drift' | 'waste' | 'patterns'>;

export async function withAnalyzer<T>(options: ReaderOptions, work: (analyzer: Analyzer) => Promise<T>): Promise<T> {
  if (options.server !== undefined) return work(remote(options.server));
  return withSession(settings(options), { ...options, roles: ['history', 'analyzer'] }, ({ broker }) =>
    work(clientOf(analyzerContract, broker)),
  );
}

function remote(server: string): Analyzer {
  const ask =
    (path: keyof Analyzer) =>
    <T>(params: Params): Promise<T> =>
      askServer(server, path, params, analyzerContract.actions[path].timeoutMs);
  return { drift: ask('drift'), waste: ask('waste'), patterns: ask('patterns') };
}
