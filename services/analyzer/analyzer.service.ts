import { clientOf, defineService } from '../../lib/contract.ts';
import { historyContract } from '../history/history.contract.ts';
import { scannerContract } from '../scanner/scanner.contract.ts';
import { analyzerContract } from './analyzer.contract.ts';
import { drift, patterns } from './analyzer.ts';
import { Reviewer } from './reviewer.ts';
import { waste } from './waste-search.ts';

export default defineService(
  analyzerContract,
  ({ broker, runtime: { config, clock, log, cluster } }) => {
    const parts = { history: clientOf(historyContract, broker), config, clock };
    // Only to measure: a process that merely asks the memory runs no scanner.
    const { metrics } = clientOf(scannerContract, broker);
    const lead = cluster && ((signal: AbortSignal) => cluster.lead('analyzer', signal));
    const reviewer = new Reviewer({ ...parts, metrics, log, lead });
    return {
      actions: {
        drift: (params) => drift(parts, params),
        waste: ({ filter }) => waste(parts, filter),
        measure: ({ filter }) => reviewer.measure(filter),
        review: () => reviewer.review(),
        patterns: (params) => patterns(parts, params),
        loop: async ({ on }) => {
          if (on) reviewer.start();
          return {};
        },
      },
      events: {},
      stop: () => reviewer.close(),
    };
  },
  { needs: [historyContract] },
);
