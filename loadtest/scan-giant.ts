/**
 * One account with 300,000 log groups in a region, planned before seven ordinary ones: how long the units of those take with
 * it in the same scan, beside a scan of them alone. The whole product with its embedded store. No rates are kept, which is the
 * worst for the others: the giant gets as much of the processor as it can take instead of waiting for its turn at AWS.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServiceBroker } from 'moleculer';
import { brokerOptions } from '../lib/broker.ts';
import { loadConfig } from '../lib/config/load.ts';
import { createLogger } from '../lib/log.ts';
import type { Coverage } from '../lib/resource.ts';
import historyService from '../services/history/history.service.ts';
import orchestratorService from '../services/orchestrator/orchestrator.service.ts';
import scannerService from '../services/scanner/scanner.service.ts';
import { scanAndWait } from './scan-and-wait.ts';
import { awsSettings, type SimulatedAws, simulateAws } from './scan-setup.ts';
import type { Scenario } from './scenario.ts';

const GROUPS = 300_000;
const ACCOUNTS = 8;
/** Of each ordinary account. */
const RESOURCES = 300;
const regions = ['us-east-1', 'eu-west-1'];
/** Scans of the others before one counts: the first fills the store, the second warms what reads it. */
const WARM = 2;
const SAMPLE_MS = 500;

export const scenario: Scenario = {
  name: 'scan.giant',
  peer: 'the other accounts alone',
  target: 0.5,
  unit: 's until the others are read',
  better: 'lower',
  // One round: in the next one the giant would be known already.
  async run({ scale }) {
    const groups = Math.round(GROUPS * scale);
    const size = { accounts: ACCOUNTS, regions, resources: ACCOUNTS * RESOURCES, types: 'all' } as const;
    const aws = await simulateAws({ ...size, giant: `log_group=${groups}` });
    const data = await mkdtemp(join(tmpdir(), 'elava-bench-'));
    const rows: Row[] = [];
    const broker = await product(aws, data, rows);
    try {
      const [giant = '', ...others] = aws.accounts;
      for (let i = 0; i < WARM; i++) await scanAndWait(broker, others);
      const alone = await timed(rows, () => scanAndWait(broker, others));
      const together = await timed(rows, () => scanAndWait(broker));
      const read = rows.find((row) => row.account === giant && row.type === 'log_group' && row.region === regions[0]);
      if (read?.count !== groups) throw new Error(`${read?.count} of ${groups} log groups were read`);
      const ours = together.until((row) => row.account !== giant);
      process.stderr.write(`${told({ groups, ours, whole: together.until(() => true), alone, together })}\n`);
      return { ours: [ours], peer: [alone.until(() => true)] };
    } finally {
      await broker.stop();
      await aws.stop();
      await rm(data, { recursive: true, force: true });
    }
  },
};

interface Row extends Pick<Coverage, 'account' | 'region' | 'type' | 'count'> {
  /** Of `performance.now`. */
  readonly at: number;
}

async function product(aws: SimulatedAws, data: string, rows: Row[]): Promise<ServiceBroker> {
  const flags = { 'storage.path': data, 'providers.aws.regions': [...aws.regions], 'log.level': 'warn' };
  const { config } = loadConfig({ env: {}, cwd: '/', flags });
  const { concurrency } = config.providers.aws;
  const paced = { ...config, providers: { aws: { ...awsSettings(aws), concurrency } } };
  const broker = new ServiceBroker(brokerOptions(paced, { log: createLogger({ level: 'warn' }) }));
  const watch = {
    name: 'watch',
    events: {
      'history.observed': ({ params }: { params: Coverage }) => {
        const { account, region, type, count } = params;
        rows.push({ account, region, type, count, at: performance.now() });
      },
    },
  };
  for (const service of [historyService, scannerService, orchestratorService, watch]) broker.createService(service);
  await broker.start();
  return broker;
}

interface Timed {
  /** Seconds from the beginning until the last of these units was observed. */
  readonly until: (wanted: (row: Row) => boolean) => number;
  /** The most memory while it ran, MiB. */
  readonly memory: number;
}

async function timed(rows: Row[], work: () => Promise<void>): Promise<Timed> {
  rows.length = 0;
  let memory = 0;
  const look = (): void => {
    memory = Math.max(memory, process.memoryUsage.rss() / 2 ** 20);
  };
  const timer = setInterval(look, SAMPLE_MS);
  const begun = performance.now();
  try {
    await work();
  } finally {
    clearInterval(timer);
    look();
  }
  const seen = [...rows];
  const until = (wanted: (row: Row) => boolean): number =>
    Math.max(...seen.filter(wanted).map(({ at }) => at - begun)) / 1000;
  return { until, memory };
}

interface Figures {
  readonly groups: number;
  readonly ours: number;
  readonly whole: number;
  readonly alone: Timed;
  readonly together: Timed;
}

function told({ groups, ours, whole, alone, together }: Figures): string {
  return [
    `${groups} log groups were read and stored in ${whole.toFixed(1)} s`,
    `the other accounts in ${ours.toFixed(1)} s, without it in ${alone.until(() => true).toFixed(1)} s`,
    `the process had ${together.memory.toFixed(0)} MiB at most, without it ${alone.memory.toFixed(0)} MiB`,
  ].join('; ');
}
