/** The product's scan of moto beside what the plain SDK lists of it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { STS } from '@aws-sdk/client-sts';
import { ServiceBroker } from 'moleculer';
import { brokerOptions } from '../../lib/broker.ts';
import { loadConfig } from '../../lib/config/load.ts';
import { clientOf } from '../../lib/contract.ts';
import { createLogger } from '../../lib/log.ts';
import type { Coverage, Resource } from '../../lib/resource.ts';
import { historyContract } from '../../services/history/history.contract.ts';
import historyService from '../../services/history/history.service.ts';
import { orchestratorContract } from '../../services/orchestrator/orchestrator.contract.ts';
import orchestratorService from '../../services/orchestrator/orchestrator.service.ts';
import scannerService from '../../services/scanner/scanner.service.ts';
import { clientsOf, type MotoPlace, roleOf } from './clients.ts';
import { listers } from './listed.ts';
import type { Listed } from './listing.ts';
import { seed } from './seed.ts';

const regions = ['us-east-1', 'eu-west-1'];
const other = '222222222222';

/** One comparison: "" when both sides agree, else how they differ. */
export interface Check {
  readonly name: string;
  readonly problem: string;
}

/** Seeds the moto that the environment points to, scans it twice, and compares. */
export async function compareWithMoto(): Promise<Check[]> {
  const { Account: own = '' } = await new STS({ region: 'us-east-1' }).getCallerIdentity({});
  const places = [own, other].flatMap((account) => regions.map((region) => ({ account, region })));
  for (const place of places) await seed(await clientsOf(place, own));
  const first = await scanned(own);
  const checks = first.coverage.map(({ account, region, type, state, error, detail }) => ({
    name: `${account}/${region}/${type} is complete`,
    problem: state === 'complete' ? '' : `${state} ${error} ${detail}`,
  }));
  for (const place of places) checks.push(...(await comparePlace(place, own, first.resources)));
  return [
    ...checks,
    { name: 'a second scan writes nothing', problem: first.again === 0 ? '' : `${first.again} versions` },
  ];
}

async function comparePlace(place: MotoPlace, own: string, found: readonly Resource[]): Promise<Check[]> {
  const clients = await clientsOf(place, own);
  const checks: Check[] = [];
  for (const [type, list] of Object.entries(listers)) {
    const global = ['iam_role', 'route53'].includes(type);
    if (global && place.region !== regions[0]) continue;
    const region = global ? 'global' : place.region;
    const mine = found.filter((r) => r.account === place.account && r.region === region && r.type === type);
    checks.push(...compareUnit(`${place.account}/${region}/${type}`, await list(clients), mine));
  }
  return checks;
}

function compareUnit(unit: string, listed: Listed, found: readonly Resource[]): Check[] {
  const ours = new Map(found.map(({ id, tags }) => [id, tags]));
  const missing = [...listed.keys()].filter((id) => !ours.has(id));
  const surplus = [...ours.keys()].filter((id) => !listed.has(id));
  const difference = [...missing.map((id) => `missing ${id}`), ...surplus.map((id) => `surplus ${id}`)];
  const none = listed.size === 0 ? ['nothing was listed'] : [];
  const tags = [...listed]
    .filter(([id, want]) => ours.has(id) && !isDeepStrictEqual({ ...ours.get(id) }, { ...want }))
    .map(([id, want]) => `${id}: ${JSON.stringify(ours.get(id))} instead of ${JSON.stringify(want)}`);
  return [
    { name: `${unit}: ids of ${listed.size}`, problem: [...none, ...difference].join('; ') },
    { name: `${unit}: tags`, problem: tags.join('; ') },
  ];
}

interface Scanned {
  readonly coverage: readonly Coverage[];
  readonly resources: readonly Resource[];
  /** Versions that a second scan wrote. */
  readonly again: number;
}

async function scanned(own: string): Promise<Scanned> {
  const data = await mkdtemp(join(tmpdir(), 'elava-moto-'));
  const broker = await product(own, data);
  try {
    const coverage = await scan(broker);
    const again = (await scan(broker)).reduce((sum, { changed, gone }) => sum + changed + gone, 0);
    const { resources } = await clientOf(historyContract, broker).resources({ limit: 10_000 });
    return { coverage, resources, again };
  } finally {
    await broker.stop();
    await rm(data, { recursive: true, force: true });
  }
}

async function product(own: string, data: string): Promise<ServiceBroker> {
  const accounts = [own, other].map((id) => ({ id, ...(id === own ? {} : { role_arn: roleOf(id) }) }));
  const { config } = loadConfig({
    env: {},
    cwd: '/',
    flags: {
      'storage.path': data,
      'providers.aws.regions': regions,
      'providers.aws.accounts': accounts,
      'providers.aws.types': Object.keys(listers),
      'providers.aws.rate': 1,
    },
  });
  const broker = new ServiceBroker(brokerOptions(config, { log: createLogger({ level: 'error' }) }));
  for (const service of [historyService, scannerService, orchestratorService]) broker.createService(service);
  await broker.start();
  return broker;
}

async function scan(broker: ServiceBroker): Promise<readonly Coverage[]> {
  const orchestrator = clientOf(orchestratorContract, broker);
  const { scan: id } = await orchestrator.scan({});
  for (;;) {
    const { state, units } = await orchestrator.report({ scan: id, wait: 60_000 });
    if (state !== 'running') return units;
  }
}
