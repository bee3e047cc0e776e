import { cloudOf } from '../../lib/config/cloud.ts';
import { announce, clientOf, defineService, eventOf } from '../../lib/contract.ts';
import { elavaError } from '../../lib/errors.ts';
import { historyContract } from '../history/history.contract.ts';
import { orchestratorContract } from '../orchestrator/orchestrator.contract.ts';
import { accountsPage } from './accounts-page.ts';
import type { Provider } from './provider.ts';
import { providerOf } from './providers.ts';
import { infoOf } from './resource-type.ts';
import { scannerContract } from './scanner.contract.ts';
import { Units } from './units.ts';

const metricsMs = scannerContract.actions.metrics.timeoutMs;
const auditMs = scannerContract.actions.audit.timeoutMs;
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
    const units = new Units({
      cloud,
      ahead: clustered ? 2 : 8,
      jobs,
      log,
      // A process of its own serves its regions; one that is alone serves any that is asked for.
      regions: [...(clustered ? topicsOf(cloud.regions, provider) : provider.regions), 'global'],
      scan: {
        ...runtime,
        provider,
        timeoutMs: cloud.unitTimeoutMs,
        memory: clientOf(historyContract, broker),
        onProgress: (job, count) => void tell('progress', { ...job, count }),
      },
      onGivenUp: (failure) => void tell('failed', failure),
    });
    return {
      actions: {
        types: async () => ({ types: [...provider.types.values()].map(infoOf) }),
        regions: async () => ({ regions: [...provider.regions] }),
        accounts: (page) =>
          accountsPage(page, provider, AbortSignal.timeout(scannerContract.actions.accounts.timeoutMs)),
        probe: async (place) => ({
          calls: [...(await provider.probe(place, AbortSignal.timeout(scannerContract.actions.probe.timeoutMs)))],
        }),
        skew: async () => ({
          ms: await provider.clockSkew(AbortSignal.timeout(scannerContract.actions.skew.timeoutMs)),
        }),
        identify: async ({ account }) =>
          provider.identify(AbortSignal.timeout(scannerContract.actions.identify.timeoutMs), account),
        metrics: async ({ from, to, ...question }) => {
          if (!provider.metrics) throw elavaError('INVALID_REQUEST', `${provider.name} tells no metrics`);
          const span = { from: Date.parse(from), to: Date.parse(to) };
          return { series: await provider.metrics({ ...question, ...span }, AbortSignal.timeout(metricsMs)) };
        },
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

/** "all" stands for whatever accounts have enabled: a scanner of all regions serves every one there is. */
function topicsOf(configured: readonly string[], { regions }: Provider): readonly string[] {
  return configured.every((name) => regions.includes(name)) ? configured : regions;
}
