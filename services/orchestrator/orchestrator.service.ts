import { announce, clientOf, defineService, eventOf } from '../../lib/contract.ts';
import type { Coverage } from '../../lib/resource.ts';
import { historyContract } from '../history/history.contract.ts';
import { scannerContract } from '../scanner/scanner.contract.ts';
import { orchestratorContract } from './orchestrator.contract.ts';
import { Orchestrator } from './orchestrator.ts';
import type { Unobserved } from './unobserved.ts';

const observed = eventOf(historyContract, 'observed');
const failed = eventOf(scannerContract, 'failed');
const nothing = async (done: Promise<void> | void): Promise<Record<string, never>> => {
  await done;
  return {};
};

export default defineService(
  orchestratorContract,
  ({ broker, runtime }) => {
    const orchestrator = new Orchestrator({
      runtime,
      history: clientOf(historyContract, broker),
      scanner: clientOf(scannerContract, broker),
      onDone: (done) => void announce(broker, orchestratorContract, 'finished', done).catch(() => undefined),
    });
    return {
      actions: {
        scan: (scope) => orchestrator.scan(scope),
        report: ({ scan, wait = 0 }) => orchestrator.report(scan, wait),
        async cancel({ scan }) {
          const dropped = orchestrator.cancel(scan);
          await announce(broker, orchestratorContract, 'cancelled', { scan });
          return { dropped };
        },
        start: () => nothing(orchestrator.start()),
        stop: () => nothing(orchestrator.stop()),
        schedule: () => orchestrator.schedule(),
        tiers: () => orchestrator.tiers(),
        holdings: () => orchestrator.holdings(),
      },
      events: {
        'history.observed': (row: Coverage) => orchestrator.observed(row),
        'scanner.failed': (failure: Unobserved) => orchestrator.failed(failure),
      },
      stop: () => orchestrator.close(),
    };
  },
  { needs: [historyContract, scannerContract], hears: [observed, failed] },
);
