import { clientOf, defineService } from '../../lib/contract.ts';
import { historyContract } from '../history/history.contract.ts';
import { analyzerContract } from './analyzer.contract.ts';
import { drift, patterns, waste } from './analyzer.ts';

export default defineService(
  analyzerContract,
  ({ broker, runtime: { config, clock } }) => {
    const parts = { history: clientOf(historyContract, broker), config, clock };
    return {
      actions: {
        drift: (params) => drift(parts, params),
        waste: ({ filter }) => waste(parts, filter),
        patterns: (params) => patterns(parts, params),
      },
      events: {},
    };
  },
  { needs: [historyContract] },
);
