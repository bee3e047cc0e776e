/** An estate that changes hour by hour under a labelled trail, scanned and attributed by the product itself. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServiceBroker } from 'moleculer';
import { brokerOptions } from '../lib/broker.ts';
import { processEnv } from '../lib/config/env.ts';
import { loadConfig } from '../lib/config/load.ts';
import { clientOf } from '../lib/contract.ts';
import { createLogger } from '../lib/log.ts';
import type { Change } from '../lib/resource.ts';
import { runtimeOf } from '../lib/runtime.ts';
import { attributionContract } from '../services/attribution/attribution.contract.ts';
import { historyContract } from '../services/history/history.contract.ts';
import { startSimulator } from './aws/server/simulator.ts';
import type { Label, TrailOptions } from './aws/world/trail/trail.ts';
import { createWorld } from './aws/world/world.ts';
import { scanAndWait } from './scan-and-wait.ts';

export interface EstateOptions {
  readonly resources: number;
  readonly accounts: number;
  readonly hours: number;
  /** Changed resources an hour. */
  readonly changes: number;
  readonly trail: TrailOptions;
  readonly seed: number;
}
/** One change that the product saw, and what truly made it. */
export interface Labelled {
  readonly change: Change;
  /** The last of the hour: what it left is what the scan found. */
  readonly label: Label;
}

const HOUR_MS = 3_600_000;
const services = ['history', 'scanner', 'orchestrator', 'attribution', 'analyzer'] as const;

/** Changes with what truly made them. */
export function attributedEstate(options: EstateOptions): Promise<Labelled[]> {
  return livingEstate(options, (broker, labels) => labelled(broker, labels));
}

/**
 * Scans, lets hours pass with drift, scans and attributes after each; then waits for late events and asks again, and then
 * asks what is to be known.
 */
export async function livingEstate<T>(
  options: EstateOptions,
  ask: (broker: ServiceBroker, labels: readonly Label[]) => Promise<T>,
): Promise<T> {
  const { resources, accounts, seed, trail } = options;
  const regions = ['us-east-1', 'eu-west-1'];
  const startTime = Date.parse('2026-11-02T06:00:00.000Z');
  const world = createWorld({ seed, accounts, regions, resources, startTime, trail });
  const simulator = await startSimulator({ world, port: 0 });
  const { accessKeyId, secretAccessKey } = simulator.credentials();
  Object.assign(processEnv(), { AWS_ENDPOINT_URL: simulator.endpoint, AWS_ACCESS_KEY_ID: accessKeyId });
  Object.assign(processEnv(), { AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_REGION: 'us-east-1' });
  const data = await mkdtemp(join(tmpdir(), 'elava-attribution-'));
  const flags = {
    'storage.path': data,
    'providers.aws.regions': regions,
    'providers.aws.accounts': world.accounts.map(({ id }) => ({ id, role_arn: `arn:aws:iam::${id}:role/elava` })),
    'policies.enabled': false,
  };
  const loaded = loadConfig({ env: {}, cwd: data, flags }).config;
  // The world's clock stands while a scan runs, so nothing may be paced by it.
  const aws = { ...loaded.providers.aws, rate: 1000 };
  const config = { ...loaded, providers: { aws } };
  const log = createLogger({ level: 'error' });
  const broker = new ServiceBroker(brokerOptions(config, { log, clock: { now: () => world.now() } }));
  try {
    for (const name of services) {
      const module = (await import(`../services/${name}/${name}.service.ts`)) as { default: object };
      broker.createService(module.default as never);
    }
    await broker.start();
    await live(broker, world, options);
    return await ask(broker, world.trail.labels());
  } finally {
    await broker.stop();
    await runtimeOf(broker).jobs.close();
    await simulator.close();
    await rm(data, { recursive: true, force: true });
  }
}

type World = ReturnType<typeof createWorld>;

async function live(broker: ServiceBroker, world: World, { hours, changes }: EstateOptions): Promise<void> {
  const attribution = clientOf(attributionContract, broker);
  await scanAndWait(broker);
  for (let hour = 0; hour < hours; hour++) {
    world.advance(HOUR_MS);
    world.drift(changes, { within: HOUR_MS - 60_000 });
    await scanAndWait(broker);
    await attribution.run({});
  }
  for (let late = 0; late < 3; late++) {
    world.advance(20 * 60_000);
    await attribution.run({});
  }
}

/** Changes of the log, each with the last label of its resource in the hour before it was seen. */
async function labelled(broker: ServiceBroker, labels: readonly Label[]): Promise<Labelled[]> {
  const history = clientOf(historyContract, broker);
  const byArn = new Map<string, Label[]>();
  for (const label of labels) byArn.set(label.arn, [...(byArn.get(label.arn) ?? []), label]);
  const found: Labelled[] = [];
  for (let after: string | undefined; ; ) {
    const page = await history.changes({ limit: 5000, ...(after ? { after } : {}) });
    for (const change of page.changes) {
      const to = Date.parse(change.at);
      const own = (byArn.get(change.id) ?? []).filter(
        ({ at }) => Date.parse(at) <= to && Date.parse(at) > to - HOUR_MS,
      );
      const label = own.at(-1);
      if (label) found.push({ change, label });
    }
    after = page.next;
    if (after === undefined) return found;
  }
}
