/** The provider by itself, for verbs that ask it and need no memory. */
import type { Config } from '../../lib/config/schema.ts';
import { createLogger } from '../../lib/log.ts';
import { createMetrics } from '../../lib/metrics.ts';
import { systemClock } from '../../lib/time.ts';
import type { Provider } from '../../services/scanner/provider.ts';
import { providerOf } from '../../services/scanner/providers.ts';

export async function withProvider<T>(
  config: Config,
  { verbose = false }: { verbose?: boolean },
  work: (provider: Provider) => Promise<T>,
): Promise<T> {
  const log = createLogger({ level: verbose ? 'debug' : 'error', pretty: process.stderr.isTTY });
  const provider = providerOf({ config, clock: systemClock, metrics: createMetrics(), log });
  try {
    return await work(provider);
  } finally {
    provider.close();
  }
}
