/** The product's scan of moto beside what boto3 lists of it. */
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
import { awsTypes } from '../../services/scanner/aws/resources/index.ts';
import scannerService from '../../services/scanner/scanner.service.ts';
import { type Boto3, type Listed, type ListedPlace, listWithBoto3 } from './boto3.ts';
import { clientsOf, roleOf } from './clients.ts';
import { seed } from './seed.ts';

const regions = ['us-east-1', 'eu-west-1'];
const other = '222222222222';
/** Types that moto does not serve, and why. */
const unserved: Readonly<Record<string, string>> = { other: 'moto has no Cloud Control' };
const served = [...awsTypes.keys()].filter((type) => !(type in unserved));

/** One comparison: "" when both sides agree, else how they differ. */
export interface Check {
  readonly name: string;
  readonly problem: string;
}

/** Seeds the moto that the environment points to, scans it twice, and compares. `python` has boto3. */
export async function compareWithMoto(python: string): Promise<Check[]> {
  const { Account: own = '' } = await new STS({ region: 'us-east-1' }).getCallerIdentity({});
  const places = [own, other].flatMap((account) => regions.map((region) => ({ account, region })));
  for (const place of places) await seed(await clientsOf(place, own));
  const first = await scanned(own);
  const peer = await listWithBoto3(
    python,
    places.map((place) => ({ ...place, role: place.account === own ? '' : roleOf(place.account) })),
  );
  console.log(`moto, listed by boto3 ${peer.boto3}: ${served.length} types`);
  return [
    ...first.coverage.map(({ account, region, type, state, error, detail }) => ({
      name: `${account}/${region}/${type} is complete`,
      problem: state === 'complete' ? '' : `${state} ${error} ${detail}`,
    })),
    ...everyType(peer),
    ...peer.places.flatMap((place) => comparePlace(place, first.resources)),
    { name: 'a second scan writes nothing', problem: first.again === 0 ? '' : `${first.again} versions` },
  ];
}

/** A type that nobody lists would be compared with nothing. */
function everyType({ places }: Boto3): Check[] {
  const listed = new Set(places.flatMap(({ types }) => Object.keys(types)));
  return served.map((type) => ({
    name: `${type} is listed`,
    problem: listed.has(type) ? '' : 'list.py has no such type',
  }));
}

function comparePlace({ account, region, types }: ListedPlace, found: readonly Resource[]): Check[] {
  return Object.entries(types).flatMap(([type, listed]) => {
    const global = awsTypes.get(type)?.global === true;
    if (global && region !== regions[0]) return [];
    const place = global ? 'global' : region;
    const mine = found.filter((r) => r.account === account && r.region === place && r.type === type);
    return compareUnit(`${account}/${place}/${type}`, listed, mine);
  });
}

function compareUnit(unit: string, listed: Listed, found: readonly Resource[]): Check[] {
  const ours = new Map(found.map(({ id, tags }) => [id, tags]));
  const theirs = Object.entries(listed);
  const missing = theirs.filter(([id]) => !ours.has(id)).map(([id]) => `missing ${id}`);
  const surplus = [...ours.keys()].filter((id) => !Object.hasOwn(listed, id)).map((id) => `surplus ${id}`);
  const none = theirs.length === 0 ? ['nothing was listed'] : [];
  const tags = theirs
    .filter(([id, want]) => ours.has(id) && !isDeepStrictEqual({ ...ours.get(id) }, { ...want }))
    .map(([id, want]) => `${id}: ${JSON.stringify(ours.get(id))} instead of ${JSON.stringify(want)}`);
  return [
    { name: `${unit}: ids of ${theirs.length}`, problem: [...none, ...missing, ...surplus].join('; ') },
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
      'providers.aws.types': served,
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
