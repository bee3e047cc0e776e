/** Asks a local cluster as another platform would: over the bus, without a role of its own. */
import { ServiceBroker } from 'moleculer';
import { brokerOptions } from '../lib/broker.ts';
import { loadConfig } from '../lib/config/load.ts';
import { type Client, clientOf } from '../lib/contract.ts';
import { messageOf } from '../lib/errors.ts';
import { createLogger } from '../lib/log.ts';
import { runtimeOf } from '../lib/runtime.ts';
import { historyContract } from '../services/history/history.contract.ts';
import { orchestratorContract } from '../services/orchestrator/orchestrator.contract.ts';
import type { LocalCluster } from './cluster-processes.ts';

/** A leader has to be found first, which takes up to two leases, and the store opened. */
const waitMs = 120_000;

export interface Estate {
  readonly history: Client<typeof historyContract>;
  readonly orchestrator: Client<typeof orchestratorContract>;
}

export async function withClient<T>(cluster: LocalCluster, work: (estate: Estate) => Promise<T>): Promise<T> {
  const { config } = loadConfig({ env: cluster.env, cwd: cluster.dir });
  const broker = new ServiceBroker(brokerOptions(config, { log: createLogger({ level: 'error' }) }));
  try {
    await broker.start();
    await broker.waitForServices(['history', 'orchestrator'], waitMs).catch(async (cause: unknown) => {
      throw new Error(`${messageOf(cause)}\n${await cluster.states()}`, { cause });
    });
    return await work({
      history: clientOf(historyContract, broker),
      orchestrator: clientOf(orchestratorContract, broker),
    });
  } finally {
    await broker.stop();
    await runtimeOf(broker).cluster?.close();
  }
}
