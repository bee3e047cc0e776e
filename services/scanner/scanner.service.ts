import { cloudOf } from '../../lib/config/cloud.ts';
import { announce, clientOf, defineService, eventOf } from '../../lib/contract.ts';
import type { Unit } from '../../lib/resource.ts';
import { writerOf } from '../history/history.client.ts';
import { historyContract } from '../history/history.contract.ts';
import { orchestratorContract } from '../orchestrator/orchestrator.contract.ts';
import type { Provider } from './provider.ts';
import { providerOf } from './providers.ts';
import { questionsOf } from './questions.ts';
import { readOne } from './read-one.ts';
import { reread } from './reread.ts';
import type { ScanParts } from './scan.ts';
import { scannerContract } from './scanner.contract.ts';
import { Units } from './units.ts';

const readMs = scannerContract.actions.read.timeoutMs;
const rereadMs = scannerContract.actions.reread.timeoutMs;
const cancelled = eventOf(orchestratorContract, 'cancelled');

export default defineService(
  scannerContract,
  ({ broker, runtime }) => {
    const { config, log, jobs } = runtime;
    const cloud = cloudOf(config);
    const clustered = config.nats.servers.length > 0;
    const provider = providerOf(runtime);
    // What is told is volatile: whoever must not miss it reads the coverage.
    const tell = (event: 'progress' | 'failed', said: object) =>
      announce(broker, scannerContract, event, said as never).catch(() => undefined);
    const scan: ScanParts = {
      ...runtime,
      provider,
      timeoutMs: cloud.unitTimeoutMs,
      memory: { ...clientOf(historyContract, broker), ...writerOf(broker) },
      checkpoints: runtime.cluster?.checkpoints,
      onProgress: (job, count) => void tell('progress', { ...job, count }),
    };
    const units = new Units({
      cloud,
      ahead: clustered ? 2 : 8,
      jobs,
      log,
      // A process of its own serves its regions; one that is alone serves any that is asked for.
      regions: [...(clustered ? topicsOf(cloud.regions, provider) : provider.regions), 'global'],
      scan,
      onGivenUp: (failure) => void tell('failed', failure),
    });
    return {
      actions: {
        ...questionsOf(provider),
        read: (what) => readNow(what, provider),
        reread: async (named) => ({ missing: await reread(named, scan, AbortSignal.timeout(rereadMs)) }),
        scan: (job) => units.scan(job),
      },
      events: { 'orchestrator.cancelled': ({ scan }: { scan: string }) => units.cancel(scan) },
      start: async () => units.start(),
      drain: () => units.close(),
      async stop() {
        await units.close();
        provider.close();
      },
    };
  },
  { needs: [historyContract], hears: [cancelled] },
);

async function readNow({ unit, id }: { unit: Unit; id: string }, provider: Provider) {
  const resource = await readOne({ unit, id }, provider, AbortSignal.timeout(readMs));
  const volatile = Object.keys(provider.types.get(unit.type)?.volatile ?? {});
  return { ...(resource ? { resource } : {}), volatile };
}

/** "all" stands for whatever accounts have enabled: a scanner of all regions serves every one there is. */
function topicsOf(configured: readonly string[], { regions }: Provider): readonly string[] {
  return configured.every((name) => regions.includes(name)) ? configured : regions;
}
