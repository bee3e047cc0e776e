/** Orchestrator, scanners and memory together, on a simulated AWS: what a scan's caller is told. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { ServiceBroker } from 'moleculer';
import { brokerOptions } from '../lib/broker.ts';
import { loadConfig } from '../lib/config/load.ts';
import { type Client, clientOf } from '../lib/contract.ts';
import { createLogger } from '../lib/log.ts';
import { historyContract } from '../services/history/history.contract.ts';
import historyService from '../services/history/history.service.ts';
import { orchestratorContract, type ScanReport, type Scope } from '../services/orchestrator/orchestrator.contract.ts';
import orchestratorService from '../services/orchestrator/orchestrator.service.ts';
import { scannerContract } from '../services/scanner/scanner.contract.ts';
import scannerService from '../services/scanner/scanner.service.ts';
import { type Aws, simulatedAws } from './support/aws.ts';

const environment = { ...process.env };
let aws: Aws;
let data: string;
let broker: ServiceBroker;
let orchestrator: Client<typeof orchestratorContract>;

beforeAll(async () => {
  aws = await simulatedAws(300, 2);
  Object.assign(process.env, aws.env);
  data = await mkdtemp(join(tmpdir(), 'elava-orchestrator-'));
  await begin();
});
afterAll(async () => {
  await broker.stop();
  await aws[Symbol.asyncDispose]();
  await rm(data, { recursive: true, force: true });
  process.env = environment;
});
afterEach(() => aws.simulator.faults.clear());

async function begin(): Promise<void> {
  const accounts = aws.world.accounts.map(({ id, name }) => ({ id, name, role_arn: `arn:aws:iam::${id}:role/elava` }));
  const flags = {
    'storage.path': data,
    'providers.aws.regions': ['us-east-1', 'eu-west-1'],
    'providers.aws.accounts': accounts,
    'providers.aws.rate': 1,
  };
  const { config } = loadConfig({ env: {}, cwd: '/', flags });
  broker = new ServiceBroker(brokerOptions(config, { log: createLogger({ level: 'silent' }) }));
  for (const service of [historyService, scannerService, orchestratorService]) broker.createService(service);
  await broker.start();
  orchestrator = clientOf(orchestratorContract, broker);
}

/** How many types are scanned without being named, without a region or in each. */
async function typesOf(global: boolean): Promise<number> {
  const { types } = await clientOf(scannerContract, broker).types({});
  return types.filter((type) => type.global === global && !type.shallow).length;
}

async function scan(scope: Scope = {}): Promise<ScanReport> {
  const { scan: id, total } = await orchestrator.scan(scope);
  for (;;) {
    const report = await orchestrator.report({ scan: id, wait: 10_000 });
    expect(report.total).toBe(total);
    if (report.state !== 'running') return report;
  }
}

describe('a scan', () => {
  test('is reported whole: every unit with its coverage, and all resources are in the memory', async () => {
    const report = await scan();
    const units = 2 * (2 * (await typesOf(false)) + (await typesOf(true)));
    expect(report).toMatchObject({ state: 'done', total: units, done: units });
    expect(report.units.filter(({ state }) => state !== 'complete')).toEqual([]);
    const expected = [...aws.world.expected()].filter(({ type }) => report.units.some((unit) => unit.type === type));
    expect(report.units.reduce((sum, { count }) => sum + count, 0)).toBe(expected.length);
    const { resources } = await clientOf(historyContract, broker).resources({ limit: 10_000 });
    expect(resources.map(({ id }) => id).sort()).toEqual(expected.map(({ arn }) => arn).sort());
    const again = await scan();
    expect(again.units.reduce((sum, { changed, gone }) => sum + changed + gone, 0)).toBe(0);
  });

  test('says which unit could not be read, and why', async () => {
    const [, account] = aws.world.accounts;
    aws.simulator.faults.add([{ kind: 'deny', action: 'rds:*', account: account?.id ?? '', region: 'eu-west-1' }]);
    const { units } = await scan({ types: ['rds', 's3'] });
    expect(units.filter(({ state }) => state !== 'complete')).toMatchObject([
      { account: account?.id, region: 'eu-west-1', type: 'rds', state: 'failed', error: 'AWS_ACCESS_DENIED' },
    ]);
  });

  test('leaves what it could not read as it was', async () => {
    const buckets = async () => {
      const { resources } = await clientOf(historyContract, broker).resources({
        filter: { types: ['s3'] },
        limit: 1000,
      });
      return resources.map(({ id, revision, metadata }) => ({ id, revision, public_read: metadata.public_read }));
    };
    await scan({ types: ['s3'] });
    const before = await buckets();
    aws.simulator.faults.add([{ kind: 'deny', action: 's3:GetBucketPolicyStatus' }]);
    const { units } = await scan({ types: ['s3'] });
    expect(units.filter(({ state, count }) => state !== 'partial' && count > 0)).toEqual([]);
    expect(await buckets()).toEqual(before);
    expect(before.every(({ public_read }) => typeof public_read === 'boolean')).toBe(true);
  });

  test('that is cancelled ends at once', async () => {
    aws.simulator.faults.add([{ kind: 'slow', action: 's3:GetBucketAcl', delayMs: 300 }]);
    const { scan: id, total } = await orchestrator.scan({ types: ['s3'] });
    const { dropped } = await orchestrator.cancel({ scan: id });
    expect(dropped).toBeGreaterThan(0);
    expect(dropped).toBeLessThanOrEqual(total);
    expect(await orchestrator.report({ scan: id, wait: 10_000 })).toMatchObject({ state: 'cancelled' });
  });

  test('of something that is misspelt is refused', async () => {
    await expect(orchestrator.scan({ regions: ['eu-west-11'] })).rejects.toMatchObject({
      type: 'REGION_UNKNOWN',
      message: expect.stringContaining('eu-west-1'),
    });
    await expect(orchestrator.report({ scan: 'none' })).rejects.toMatchObject({ type: 'NOT_FOUND' });
  });
});

test('the loop scans what is due, and nothing that was just scanned', async () => {
  await scan();
  await orchestrator.start({});
  const { running, tiers } = await orchestrator.schedule({});
  expect(running).toBe(true);
  expect(tiers.map(({ tier, units }) => [tier, units])).toEqual([
    ['critical', 2 * (2 * 2 + 1)],
    ['production', 2 * 2 * 4],
    ['standard', 2 * (2 * ((await typesOf(false)) - 2 - 4) + (await typesOf(true)) - 1)],
  ]);
  for (const { last, next, interval_ms } of tiers) {
    // At most four times sooner, where much was seen to change or could not be read.
    expect(Date.parse(next) - Date.now()).toBeGreaterThan(interval_ms / 4 - 120_000);
    expect(Date.parse(last)).toBeGreaterThan(Date.now() - 120_000);
  }
  await orchestrator.stop({});
  expect((await orchestrator.schedule({})).running).toBe(false);
});

test('the scanner tells its types, regions and who it is', async () => {
  const scanner = clientOf(scannerContract, broker);
  const { types } = await scanner.types({});
  expect(types.find(({ type }) => type === 'ec2')?.joins).toEqual([
    { field: 'security_groups', ids: 'security_group_ids', type: 'security_group', take: 'rules' },
  ]);
  expect((await scanner.regions({})).regions).toContain('eu-central-1');
  expect(await scanner.identify({})).toMatchObject({ account: aws.world.accounts[0]?.id });
  const unit = { account: aws.world.accounts[0]?.id ?? '', region: 'us-east-1', type: 'ebs' };
  expect(await scanner.scan({ scan: 'by-hand', unit })).toMatchObject({ ...unit, state: 'complete', scan: 'by-hand' });
});

test('what was scanned is known after a restart: nothing is due and nothing is written', async () => {
  await scan();
  await broker.stop();
  await begin();
  const { tiers } = await orchestrator.schedule({});
  for (const { next } of tiers) expect(Date.parse(next)).toBeGreaterThan(Date.now());
  const { units } = await scan();
  expect(units.reduce((sum, { changed, gone }) => sum + changed + gone, 0)).toBe(0);
});
