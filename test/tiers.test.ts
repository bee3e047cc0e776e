/** Tiers by what units hold, in the whole product on a simulated AWS: the memory says which resources have tags and states. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ServiceBroker } from 'moleculer';
import { brokerOptions } from '../lib/broker.ts';
import { loadConfig } from '../lib/config/load.ts';
import { type Client, clientOf } from '../lib/contract.ts';
import { createLogger } from '../lib/log.ts';
import type { Expected } from '../loadtest/aws/world/world.ts';
import historyService from '../services/history/history.service.ts';
import { orchestratorContract, type Scope } from '../services/orchestrator/orchestrator.contract.ts';
import orchestratorService from '../services/orchestrator/orchestrator.service.ts';
import scannerService from '../services/scanner/scanner.service.ts';
import { type Aws, simulatedAws } from './support/aws.ts';
import { until } from './support/until.ts';

const environment = { ...process.env };
let aws: Aws;
let data: string;
let broker: ServiceBroker;
let orchestrator: Client<typeof orchestratorContract>;
/** A tag that some units hold and others do not. */
let tag: { readonly key: string; readonly value: string };

beforeAll(async () => {
  aws = await simulatedAws(240, 3);
  Object.assign(process.env, aws.env);
  data = await mkdtemp(join(tmpdir(), 'elava-tiers-'));
  const named = aws.world.accounts[1]?.name ?? '';
  tag = someTag();
  const { config } = loadConfig({
    env: {},
    cwd: '/',
    flags: {
      'storage.path': data,
      'providers.aws.regions': ['us-east-1', 'eu-west-1'],
      'providers.aws.types': ['ec2', 's3', 'ebs', 'rds'],
      'providers.aws.organization.enabled': true,
      'providers.aws.rate': 1,
      tiers: {
        prod: { types: ['ec2', 's3'], tags: [`${tag.key}=${tag.value}`], interval: '10m' },
        stopped: { types: ['ec*'], status: ['stopped', 'terminated'], interval: '30m' },
        named: { types: ['ebs'], accounts: [`${named.slice(0, 4)}*`], interval: '1h' },
        rest: { interval: '6h' },
      },
    },
  });
  broker = new ServiceBroker(brokerOptions(config, { log: createLogger({ level: 'silent' }) }));
  for (const service of [historyService, scannerService, orchestratorService]) broker.createService(service);
  await broker.start();
  orchestrator = clientOf(orchestratorContract, broker);
});
afterAll(async () => {
  await broker.stop();
  await aws[Symbol.asyncDispose]();
  await rm(data, { recursive: true, force: true });
  process.env = environment;
});

function someTag(): { key: string; value: string } {
  const world = [...aws.world.expected()].filter(({ type }) => ['ec2', 's3'].includes(type));
  const found = world.flatMap(({ tags }) => Object.entries(tags).map(([key, value]) => ({ key, value })));
  const units = ({ key: name, value }: (typeof found)[number]): number =>
    new Set(world.filter(({ tags }) => tags[name] === value).map(key)).size;
  const some = found.find((one) => one.value.length < 12 && units(one) > 1 && units(one) < 12);
  if (!some) throw new Error('the estate has no such tag');
  return some;
}

async function scan(scope: Scope = {}): Promise<string[]> {
  const { scan: id } = await orchestrator.scan(scope);
  for (;;) {
    const { state, units } = await orchestrator.report({ scan: id, wait: 10_000 });
    if (state !== 'running') return units.map((unit) => `${unit.account}/${unit.region}/${unit.type}`).sort();
  }
}

const key = ({ account, region, type }: Expected): string => `${account}/${region}/${type}`;
const stateOf = ({ api }: Expected): string => (api as { State?: { Name?: string } }).State?.Name ?? '';

test('a tier has the units that hold such resources, the first that matches counts, and what was never read may hold any', async () => {
  const world = [...aws.world.expected()];
  const prod = world.filter(({ type, tags }) => ['ec2', 's3'].includes(type) && tags[tag.key] === tag.value);
  const inProd = [...new Set(prod.map(key))].sort();
  const stopped = world.filter((one) => one.type === 'ec2' && stateOf(one) === 'stopped' && !inProd.includes(key(one)));
  const inStopped = [...new Set(stopped.map(key))].sort();
  expect(inProd.length).toBeGreaterThan(0);
  expect(inProd.length).toBeLessThan(12);

  expect((await scan({ tiers: ['prod'] })).length).toBe(3 * 2 * 2);
  await scan();
  const read = Math.floor(Date.now() / 1000);
  // Two looks are told apart by whole seconds.
  await until(() => Math.floor(Date.now() / 1000) > read);
  // What was found is taken note of now and then; a new process does so at once.
  await broker.call('orchestrator.stop');
  const fresh = await orchestratorAnew();
  expect(await fresh.scan(['prod'])).toEqual(inProd);
  expect(await fresh.scan(['stopped'])).toEqual(inStopped);
  const named = await fresh.scan(['named']);
  expect(new Set(named.map((unit) => unit.split('/')[2]))).toEqual(new Set(['ebs']));
  expect(named).toContain(`${aws.world.accounts[1]?.id}/us-east-1/ebs`);

  const { tiers } = await orchestrator.holdings({});
  const held = Object.fromEntries(tiers.map(({ tier, resources }) => [tier, resources]));
  expect(held.prod).toBe(prod.length);
  expect(held.stopped).toBe(stopped.length);
  const schedule = await orchestrator.schedule({});
  expect(schedule.tiers.map(({ tier }) => tier)).toEqual(['prod', 'stopped', 'named', 'rest']);
  expect(schedule.tiers.reduce((sum, { units }) => sum + units, 0)).toBe(3 * 2 * 4);
  expect(schedule.tiers[0]).toMatchObject({ units: inProd.length, interval_ms: 600_000, tuned_ms: 600_000 });
  // Each of these was read twice by now, and nothing changed in between: the memory tells a new process.
  expect(schedule.tiers[0]).toMatchObject({ looks: inProd.length, changed: 0 });

  // The same for a person, with what was configured.
  const table = await orchestrator.tiers({});
  expect(table).toMatchObject({ error: '', detail: '' });
  expect(table.tiers).toEqual(
    schedule.tiers.map((state) => ({
      ...state,
      next: expect.any(String),
      resources: held[state.tier],
      matches: expect.anything(),
    })),
  );
  const none = { types: [], accounts: [], regions: [], tags: [], status: [] };
  const wanted = { ...none, types: ['ec2', 's3'], tags: [`${tag.key}=${tag.value}`] };
  expect(table.tiers.map(({ matches }) => matches)).toMatchObject([
    wanted,
    { types: ['ec*'] },
    { types: ['ebs'] },
    none,
  ]);
});

/** The same services once more, as after a restart. */
async function orchestratorAnew() {
  const service = broker.getLocalService('orchestrator');
  if (service) await broker.destroyService(service);
  broker.createService(orchestratorService);
  await broker.waitForServices('orchestrator');
  orchestrator = clientOf(orchestratorContract, broker);
  return { scan: (tiers: string[]) => scan({ tiers }) };
}
