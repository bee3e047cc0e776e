import { announce, clientOf, defineService, eventOf } from '../../lib/contract.ts';
import { historyContract } from '../history/history.contract.ts';
import { orchestratorContract } from '../orchestrator/orchestrator.contract.ts';
import { awsProvider } from './aws/provider.ts';
import { infoOf } from './resource-type.ts';
import { scannerContract } from './scanner.contract.ts';
import { Units } from './units.ts';

const auditMs = scannerContract.actions.audit.timeoutMs;
const cancelled = eventOf(orchestratorContract, 'cancelled');

export default defineService(
  scannerContract,
  ({ broker, runtime }) => {
    const { config, log, jobs } = runtime;
    const { aws } = config.providers;
    const provider = awsProvider(runtime);
    // What is told is volatile: whoever must not miss it reads the coverage.
    const tell = (event: 'progress' | 'failed', said: object) =>
      announce(broker, scannerContract, event, said as never).catch(() => undefined);
    const units = new Units({
      aws,
      jobs,
      log,
      // A process of its own serves its regions; one that is alone serves any that is asked for.
      regions: [...(config.nats.servers.length > 0 ? aws.regions : provider.regions), 'global'],
      scan: {
        ...runtime,
        provider,
        timeoutMs: aws.unit_timeout,
        memory: clientOf(historyContract, broker),
        onProgress: (job, count) => void tell('progress', { ...job, count }),
      },
      onGivenUp: (failure) => void tell('failed', failure),
    });
    return {
      actions: {
        types: async () => ({ types: [...provider.types.values()].map(infoOf) }),
        regions: async () => ({ regions: [...provider.regions] }),
        identify: async () => provider.identify(AbortSignal.timeout(scannerContract.actions.identify.timeoutMs)),
        audit: async ({ account, region, from, to, name, token }) => {
          const page = { account, region, from: Date.parse(from), to: Date.parse(to), name, token };
          const { records, next } = await provider.audit(page, AbortSignal.timeout(auditMs));
          return { records, ...(next ? { next } : {}) };
        },
        scan: (job) => units.scan(job),
      },
      events: { 'orchestrator.cancelled': ({ scan }: { scan: string }) => units.cancel(scan) },
      start: async () => units.start(),
      async stop() {
        await units.close();
        provider.close();
      },
    };
  },
  { needs: [historyContract], hears: [cancelled] },
);
