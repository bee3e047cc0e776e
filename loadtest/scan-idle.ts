/**
 * A second scan of an unchanged estate beside the first one: the whole product with its embedded store, from the plan to the
 * closed observation. Each round takes accounts that were never scanned before.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServiceBroker } from 'moleculer';
import { brokerOptions } from '../lib/broker.ts';
import { loadConfig } from '../lib/config/load.ts';
import { createLogger } from '../lib/log.ts';
import historyService from '../services/history/history.service.ts';
import orchestratorService from '../services/orchestrator/orchestrator.service.ts';
import scannerService from '../services/scanner/scanner.service.ts';
import { scanAndWait } from './scan-and-wait.ts';
import { awsSettings, cpuOf, type SimulatedAws, simulateAws } from './scan-setup.ts';
import type { Scenario } from './scenario.ts';

const regions = ['us-east-1', 'eu-west-1'];
/** Of an account; over all types a scan of it makes some two thousand calls, so that six accounts take a minute and a half. */
const RESOURCES = 2500;

export const scenario: Scenario = {
  name: 'scan.idle',
  peer: 'the first scan of the same estate',
  target: 1.3,
  unit: 'CPU-ms',
  better: 'lower',
  async run({ rounds, scale }) {
    const aws = await simulateAws({
      accounts: rounds + 1,
      regions,
      resources: Math.round(RESOURCES * scale * (rounds + 1)),
      types: 'all',
    });
    const data = await mkdtemp(join(tmpdir(), 'elava-bench-'));
    const broker = await product(aws, data);
    const figures = { ours: [] as number[], peer: [] as number[] };
    try {
      for (const [round, account] of aws.accounts.entries()) {
        const first = await cpuOf(() => scanAndWait(broker, [account]));
        const second = await cpuOf(() => scanAndWait(broker, [account]));
        // The first round warms up and does not count.
        if (round === 0) continue;
        figures.peer.push(first);
        figures.ours.push(second);
      }
    } finally {
      await broker.stop();
      await aws.stop();
      await rm(data, { recursive: true, force: true });
    }
    return figures;
  },
};

async function product(aws: SimulatedAws, data: string): Promise<ServiceBroker> {
  const { config } = loadConfig({
    env: {},
    cwd: '/',
    flags: { 'storage.path': data, 'providers.aws.regions': [...aws.regions], 'log.level': 'warn' },
  });
  const paced = { ...config, providers: { aws: awsSettings(aws) } };
  const broker = new ServiceBroker(brokerOptions(paced, { log: createLogger({ level: 'warn' }) }));
  for (const service of [historyService, scannerService, orchestratorService]) broker.createService(service);
  await broker.start();
  return broker;
}
