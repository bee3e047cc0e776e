/**
 * Memory by the number of accounts: an organisation of 10,000 is found, planned and scanned in one process, every account
 * with a role of its own, beside the first hundred of it. The memory of the estate is not here: what it holds grows with what
 * there is to remember, not with accounts.
 */
import { ServiceBroker, type ServiceSchema } from 'moleculer';
import { brokerOptions } from '../lib/broker.ts';
import { loadConfig } from '../lib/config/load.ts';
import { createLogger } from '../lib/log.ts';
import type { Coverage, Unit } from '../lib/resource.ts';
import orchestratorService from '../services/orchestrator/orchestrator.service.ts';
import scannerService from '../services/scanner/scanner.service.ts';
import { scanAndWait } from './scan-and-wait.ts';
import { simulateAws } from './scan-setup.ts';
import type { Scenario } from './scenario.ts';

const FEW = 100;
const MANY = 10_000;
const region = 'us-east-1';
const types = ['ec2', 'security_group', 'iam_role'];
/** Scans of the few before they count: pools, compiled code and caches are filled by then. */
const WARM = 8;
const SAMPLE_MS = 2000;

export const scenario: Scenario = {
  name: 'accounts.flat',
  peer: `the first ${FEW} accounts`,
  target: 0.91,
  unit: 'MiB RSS',
  better: 'lower',
  // One round: in the next one the process would have seen all accounts already.
  async run({ scale }) {
    const accounts = Math.max(2 * FEW, Math.round(MANY * scale));
    const aws = await simulateAws({ accounts, regions: [region], resources: accounts * 4 });
    const broker = await product();
    try {
      const few = [...aws.accounts].sort().slice(0, FEW);
      for (let i = 0; i < WARM; i++) await scanAndWait(broker, few);
      const peer = await peakOf(() => scanAndWait(broker, few));
      const ours = await peakOf(() => scanAndWait(broker));
      return { ours: [ours], peer: [peer] };
    } finally {
      await broker.stop();
      await aws.stop();
    }
  },
};

async function product(): Promise<ServiceBroker> {
  const flags = {
    'providers.aws.regions': [region],
    'providers.aws.types': types,
    'providers.aws.organization.enabled': true,
    'providers.aws.concurrency': 16,
    'log.level': 'warn',
  };
  const { config } = loadConfig({ env: {}, cwd: '/', flags });
  // The simulator keeps no rates here: what is measured is memory, not patience.
  const paced = { ...config, providers: { aws: { ...config.providers.aws, rate: 1000 } } };
  const broker = new ServiceBroker(brokerOptions(paced, { log: createLogger({ level: 'warn' }) }));
  for (const service of [forgetful, scannerService, orchestratorService]) broker.createService(service);
  await broker.start();
  return broker;
}

type Observe = { readonly unit: Unit } & Record<string, unknown>;

/** Stands in for the memory: takes what it is told and keeps nothing. */
const forgetful: ServiceSchema = {
  name: 'history',
  actions: {
    known: () => ({ entries: [], baseline: true }),
    ingest: ({ params }: { params: { resources: unknown[] } }) => ({ written: params.resources.length }),
    coverage: () => ({ units: [], summary: { units: 0, complete: 0, stale: 0, missing: 0, oldest: '' } }),
    pace: () => ({ units: [] }),
    counts: () => ({ types: {}, groups: [] }),
    async observe(ctx: { params: Observe; broker: ServiceBroker }) {
      const { unit, absent: _absent, ...rest } = ctx.params;
      const row = { ...unit, ...rest, changed: 0, gone: 0, held: 0, baseline: true } as unknown as Coverage;
      if (row.state !== 'complete') throw new Error(`${unit.account}/${unit.type}: ${row.error} ${row.detail}`);
      await ctx.broker.broadcast('history.observed', row);
      return row;
    },
  },
};

/** The most memory that the process held while it worked, MiB; rubbish is collected before each look. */
async function peakOf(work: () => Promise<void>): Promise<number> {
  let peak = 0;
  const look = (): void => {
    globalThis.gc?.();
    peak = Math.max(peak, process.memoryUsage.rss() / 1_048_576);
  };
  const timer = setInterval(look, SAMPLE_MS);
  await work();
  clearInterval(timer);
  look();
  return peak;
}
