/** Late events over the real memory: an answer is pending, a later event replaces it, and then it stays. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { ServiceBroker } from 'moleculer';
import { brokerOptions } from '../lib/broker.ts';
import { loadConfig } from '../lib/config/load.ts';
import { clientOf } from '../lib/contract.ts';
import { createLogger } from '../lib/log.ts';
import { runtimeOf } from '../lib/runtime.ts';
import { Attributor } from '../services/attribution/attributor.ts';
import type { AuditQuestion } from '../services/attribution/cloudtrail.ts';
import { auditRecord } from '../services/attribution/testing.ts';
import { type AttributedChange, historyContract } from '../services/history/history.contract.ts';
import historyService from '../services/history/history.service.ts';
import { observation } from '../services/history/testing.ts';

const unit = { account: '111111111111', region: 'eu-west-1', type: 'ec2' };
const id = `arn:aws:ec2:eu-west-1:${unit.account}:instance/i-0123456789abcdef0`;
const minute = 60_000;

let data: string;
let broker: ServiceBroker;
let now: number;
let log: string[];
let told: AttributedChange[];
let attributor: Attributor;

beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'elava-attribution-'));
  now = Date.parse('2026-11-20T09:00:00.000Z');
  log = [];
  told = [];
  const { config } = loadConfig({ env: {}, cwd: data, flags: { 'storage.path': data } });
  const clock = { now: () => now };
  broker = new ServiceBroker(brokerOptions(config, { log: createLogger({ level: 'silent' }), clock }));
  broker.createService(historyService);
  await broker.start();
  const runtime = runtimeOf(broker);
  attributor = new Attributor({
    runtime,
    history: clientOf(historyContract, broker),
    ask: async ({ region, name }: AuditQuestion) => ({ records: region === unit.region && !name ? log : [] }),
    lookup: true,
    bucket: undefined,
    prefix: '',
    queue: undefined,
    lookbackMs: 24 * 60 * minute,
    log: runtime.log,
    told: (change) => void told.push(change),
  });
});
afterEach(async () => {
  await attributor.close();
  await broker.stop();
  await rm(data, { recursive: true, force: true });
});

async function scan(scanId: string, status: string) {
  const history = clientOf(historyContract, broker);
  const at = new Date(now).toISOString();
  const resource = {
    id,
    provider: 'aws',
    ...unit,
    name: 'web',
    status,
    tags: {},
    created_at: '2026-01-01T00:00:00.000Z',
    refs: [],
    metadata: {},
  };
  const hash = status === 'running' ? '0000000000000001' : '0000000000000002';
  await history.ingest({ batch: scanId, scan: scanId, unit, at, resources: [{ hash, resource }] });
  await history.observe(observation(at, { scan: scanId, unit, count: 1 }));
}

async function answer() {
  const { changes } = await clientOf(historyContract, broker).changes({});
  return changes[0]?.attribution;
}

test('a change is pending until its log was read well past it; a late event names who did it, once', async () => {
  await scan('s1', 'running');
  now = Date.parse('2026-11-20T11:00:00.000Z');
  await scan('s2', 'stopped');
  now += minute;
  expect(await attributor.run({ deadlineMs: 30_000 })).toMatchObject({
    guessed: 1,
    attributed: 0,
    pending: 1,
    behind: [],
  });
  expect(await answer()).toMatchObject({ method: 'heuristic', state: 'pending' });

  // It happened at 10:30 and is delivered twelve minutes after the scan.
  now += 11 * minute;
  log = [
    auditRecord('StopInstances', {
      requestParameters: { instancesSet: { items: [{ instanceId: 'i-0123456789abcdef0' }] } },
    }).body,
  ];
  expect(await attributor.run({ deadlineMs: 30_000 })).toMatchObject({ attributed: 1, pending: 1 });
  expect(await answer()).toMatchObject({ actor: 'alice', method: 'cloudtrail', state: 'pending' });

  expect(await attributor.run({ deadlineMs: 30_000 })).toMatchObject({ attributed: 0, guessed: 0 });
  now += 15 * minute;
  await attributor.run({ deadlineMs: 30_000 });
  expect(await answer()).toMatchObject({ actor: 'alice', state: 'final' });
  expect(told.map(({ attribution }) => [attribution.actor, attribution.state])).toEqual([
    ['', 'pending'],
    ['alice', 'pending'],
    ['alice', 'final'],
  ]);
});
