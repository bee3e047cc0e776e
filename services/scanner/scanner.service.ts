import { announce, clientOf, defineService, eventOf } from '../../lib/contract.ts';
import { historyContract } from '../history/history.contract.ts';
import { orchestratorContract } from '../orchestrator/orchestrator.contract.ts';
import { awsProvider } from './aws/provider.ts';
import { infoOf } from './resource-type.ts';
import { scannerContract } from './scanner.contract.ts';
import { Units } from './units.ts';

const cancelled = eventOf(orchestratorContract, 'cancelled');

export default defineService(
  scannerContract,
  ({ broker, runtime }) => {
    const { config, clock, log, metrics, jobs } = runtime;
    const { aws } = config.providers;
    const provider = awsProvider(runtime);
    const tell = (said: Promise<void>): void =>
      void said.catch((error: unknown) => log.warn({ error }, 'not announced'));
    const units = new Units({
      aws,
      jobs,
      log,
      // A process of its own serves its regions; one that is alone serves any that is asked for.
      regions: [...(config.nats.servers.length > 0 ? aws.regions : provider.regions), 'global'],
      scan: {
        provider,
        clock,
        log,
        metrics,
        timeoutMs: aws.unit_timeout,
        memory: clientOf(historyContract, broker),
        onProgress: (job, count) => tell(announce(broker, scannerContract, 'progress', { ...job, count })),
      },
      onGivenUp: (failure) => tell(announce(broker, scannerContract, 'failed', failure)),
    });
    return {
      actions: {
        types: async () => ({ types: [...provider.types.values()].map(infoOf) }),
        regions: async () => ({ regions: [...provider.regions] }),
        identify: async () => provider.identify(AbortSignal.timeout(scannerContract.actions.identify.timeoutMs)),
        scan: (job) => units.scan(job),
      },
      events: { 'orchestrator.cancelled': ({ scan }: { scan: string }) => units.cancel(scan) },
      async start() {
        units.start();
      },
      async stop() {
        await units.close();
        provider.close();
      },
    };
  },
  { needs: [historyContract], hears: [cancelled] },
);
