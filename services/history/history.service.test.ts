import { mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { ServiceBroker } from 'moleculer';
import { brokerOptions } from '../../lib/broker.ts';
import { loadConfig } from '../../lib/config/load.ts';
import { clientOf } from '../../lib/contract.ts';
import { codeOf } from '../../lib/errors.ts';
import { until } from '../../test/support/until.ts';
import { historyContract } from './history.contract.ts';
import service from './history.service.ts';
import { hashOf, observation, resource, unit } from './testing.ts';

let dir = '';
let broker: ServiceBroker;
beforeEach(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'elava-service-'));
  broker = start();
});
afterEach(async () => {
  await broker.stop();
  await rm(dir, { recursive: true, force: true });
});

function start(): ServiceBroker {
  const { config } = loadConfig({ env: {}, cwd: os.tmpdir() });
  const made = new ServiceBroker(
    brokerOptions({ ...config, storage: { ...config.storage, path: dir }, log: { level: 'silent' } }),
  );
  made.createService(service);
  return made;
}
const at = '2026-11-20T10:00:00.000Z';
const item = resource('web');
const batch = { batch: 'b', scan: 's1', unit, at, resources: [{ hash: hashOf(item), resource: item }] };
const closed = observation(at, { scan: 's1', count: 1 });

test('the service opens its store, remembers over a restart, announces, and lets go', async () => {
  const heard: unknown[] = [];
  broker.createService({
    name: 'listener',
    events: {
      'history.changed': ({ params }: { params: unknown }) => void heard.push(params),
      'history.observed': ({ params }: { params: unknown }) => void heard.push(params),
    },
  });
  await broker.start();
  const history = clientOf(historyContract, broker);
  expect(await history.ingest(batch)).toEqual({ written: 1 });
  expect(await history.observe(closed)).toMatchObject({ baseline: true, changed: 1 });
  await until(() => heard.length > 1);
  expect(heard).toMatchObject([
    { unit, scan: 's1', revision: '1', versions: 1, gone: 0 },
    { scan: 's1', baseline: true, changed: 1 },
  ]);
  await broker.stop();
  broker = start();
  await broker.start();
  const again = clientOf(historyContract, broker);
  expect((await again.counts({})).types).toEqual({ ec2: 1 });
  expect((await again.ingest(batch)).written).toBe(0);
  expect(await again.status({})).toMatchObject({ revision: '2', resources: 1, versions: 1 });
  expect((await readdir(dir)).toSorted()).toEqual(['engine', 'engine.xml', 'incoming']);
});

test('what a call must not hold is refused before the store sees it', async () => {
  await broker.start();
  const history = clientOf(historyContract, broker);
  const failure = async (work: Promise<unknown>) => codeOf(await work.catch((error: unknown) => error));
  expect(await failure(history.resources({ limit: 0 }))).toBe('INVALID_REQUEST');
  expect(await failure(history.ingest({ ...batch, unit: {} as never }))).toBe('INVALID_REQUEST');
  expect(await failure(history.changes({ since_revision: '1; DROP TABLE commits' }))).toBe('INVALID_REQUEST');
  expect(await failure(history.due({ bundle: '', judged_before: 'never' }))).toBe('INVALID_REQUEST');
});

test('a store that cannot be opened fails the start with its code', async () => {
  const other = start();
  await other.start();
  expect(codeOf(await broker.start().catch((error: unknown) => error))).toBe('STORE_IN_USE');
  await other.stop();
});
