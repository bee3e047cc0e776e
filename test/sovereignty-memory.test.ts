/** What the operator's leader writes into the memory is what the gateway shows when another replica answers. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ServiceBroker } from 'moleculer';
import { brokerOptions } from '../lib/broker.ts';
import { loadConfig } from '../lib/config/load.ts';
import { type Client, clientOf } from '../lib/contract.ts';
import { createLogger } from '../lib/log.ts';
import { systemClock } from '../lib/time.ts';
import { rememberedViolations } from '../services/gateway/violations-memory.ts';
import { historyContract } from '../services/history/history.contract.ts';
import historyService from '../services/history/history.service.ts';
import { HistoryRows } from '../services/sovereignty/history-rows.ts';
import type { Violation } from '../services/sovereignty/sovereignty.contract.ts';

let dir: string;
let broker: ServiceBroker;
let history: Client<typeof historyContract>;
const log = createLogger({ level: 'silent' });
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'elava-sovereignty-memory-'));
  const { config } = loadConfig({ env: {}, flags: { 'storage.path': dir } });
  broker = new ServiceBroker(brokerOptions(config, { log }));
  broker.createService(historyService);
  await broker.start();
  history = clientOf(historyContract, broker);
});
afterAll(async () => {
  await broker.stop();
  await rm(dir, { recursive: true });
});

const pod: Violation = {
  policy: 'gov/patients',
  action: 'deny',
  kind: 'Pod',
  namespace: 'patients',
  name: 'intake-7c9d',
  fault: 'no-affinity',
  message: 'it requires no region',
  node: 'node-1',
  region: 'us-east-1',
  account: '111111111111',
};
const found: Violation[] = [
  pod,
  { ...pod, policy: 'gov/ledger', action: 'dryrun', fault: 'running-outside' },
  { ...pod, kind: 'PersistentVolume', namespace: '', name: 'scans', fault: 'volume-outside', node: '', account: '' },
];
const sorted = (violations: readonly Violation[]): string[] =>
  violations.map((one) => JSON.stringify(one, Object.keys(pod))).toSorted();

test('violations come back as they were, of their own cluster, and go when they are mended', async () => {
  const rows = new HistoryRows(history, { cluster: 'prod-eu', clock: systemClock, log });
  expect(await rememberedViolations(history, 'prod-eu')).toEqual({ violations: [], scanned: '' });
  await rows.write(found);
  const remembered = await rememberedViolations(history, 'prod-eu');
  expect(sorted(remembered.violations)).toEqual(sorted(found));
  expect(Date.parse(remembered.scanned)).toBeGreaterThan(0);
  expect((await rememberedViolations(history, 'prod-us')).violations).toEqual([]);
  await rows.write(found.slice(0, 2));
  expect(sorted((await rememberedViolations(history, 'prod-eu')).violations)).toEqual(sorted(found.slice(0, 2)));
});

test('what the page asks of the memory names what happened: each object that began and ceased to violate', async () => {
  const { changes } = await history.changes({
    filter: { types: ['k8s_violation'], accounts: ['prod-eu'] },
    baseline: true,
  });
  expect(changes.map(({ kind, name }) => `${kind} ${name}`).toSorted()).toEqual([
    'appeared /scans',
    'appeared patients/intake-7c9d',
    'disappeared /scans',
  ]);
  const { total } = await history.series({
    filter: { types: ['k8s_violation'], accounts: ['prod-eu'] },
    from: new Date(Date.now() - 86_400_000).toISOString(),
    step: 'hour',
  });
  expect(total.at(-1)).toBe(1);
});
