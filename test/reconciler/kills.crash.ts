/** Twelve points × two reconcilers, with real SIGKILLs: never two calls, never one that was not agreed to, and an end that is true. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { migrate } from '../../lib/clickhouse/migrate.ts';
import { migrations } from '../../lib/clickhouse/migrations/index.ts';
import { type TestStore, testStore } from '../../lib/clickhouse/testing.ts';
import { loadConfig } from '../../lib/config/load.ts';
import { createMetrics } from '../../lib/metrics.ts';
import { systemClock } from '../../lib/time.ts';
import { type Simulator, startSimulator } from '../../loadtest/aws/server/simulator.ts';
import { createWorld, type Expected } from '../../loadtest/aws/world/world.ts';
import { keepPlan, Records, readPlans, readRecords } from '../../services/history/records.ts';
import { Book, type Store } from '../../services/reconciler/book.ts';
import { crashPoints } from '../../services/reconciler/executor.ts';
import { fingerprintOf } from '../../services/reconciler/fingerprint.ts';
import { itemFor, planOf } from '../../services/reconciler/testing.ts';
import { awsProvider } from '../../services/scanner/aws/provider.ts';
import { readOne } from '../../services/scanner/read-one.ts';

const childFile = join(import.meta.dirname, 'crash-child.ts');
let held: TestStore;
let simulator: Simulator;
let store: Store;
let book: Book;
let running: Expected[];
let account = '';
/** Jest's process.env is a copy that a fork does not see. */
let env: NodeJS.ProcessEnv = {};

beforeAll(async () => {
  const world = createWorld({ seed: 3, accounts: 1, regions: ['us-east-1'], resources: { ec2: 60 } });
  simulator = await startSimulator({ world });
  account = world.accounts[0]?.id ?? '';
  const { accessKeyId, secretAccessKey } = simulator.credentials();
  const own = {
    AWS_ENDPOINT_URL: simulator.endpoint,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
  };
  Object.assign(process.env, own);
  env = { ...process.env, ...own };
  held = await testStore();
  await migrate(held.store, migrations);
  const records = new Records(held.store);
  store = {
    record: (request) => records.append(request),
    records: async (question) => ({ records: await readRecords(held.store, question) }),
    keep: async (plan) => keepPlan(held.store, plan).then(() => ({})),
    plans: async (question) => ({ plans: await readPlans(held.store, question) }),
  };
  book = new Book({ store, key: Buffer.alloc(32, 9), callMs: 1500 });
  running = [...world.expected({ type: 'ec2' })].filter(
    ({ api }) => (api as { State: { Name: string } }).State.Name === 'running',
  );
});
afterAll(async () => {
  await simulator.close();
  await held.close();
});

async function fingerprint(arn: string): Promise<string> {
  const flags = {
    'providers.aws.regions': ['us-east-1'],
    'providers.aws.accounts': [{ id: account, name: 'one', role_arn: `arn:aws:iam::${account}:role/elava` }],
  };
  const { config } = loadConfig({ env: {}, cwd: '/', flags });
  const provider = awsProvider({ config, clock: systemClock, metrics: createMetrics() });
  const unit = { account, region: 'us-east-1', type: 'ec2' };
  const resource = await readOne({ unit, id: arn }, provider, AbortSignal.timeout(30_000));
  provider.close();
  if (!resource) throw new Error(`${arn} is gone`);
  return fingerprintOf(resource, { volatile: [] });
}

/** A process whose store calls are answered here. */
function reconciler(name: string, item: string, point: string): ChildProcess {
  const child = fork(childFile, [name, account, item, point], {
    execArgv: [],
    env,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  child.on('message', (message: string | { call: number; method: keyof Store; params: never }) => {
    if (typeof message === 'string') return;
    const { call, method, params } = message;
    const reply = (answer: object): void => void (child.connected && child.send({ call, ...answer }));
    Promise.resolve()
      .then(() => store[method](params))
      .then((result) => reply({ result }))
      .catch((error: { type?: string; message: string; data?: unknown }) => {
        reply({ error: { type: error.type ?? 'INTERNAL', message: error.message, data: error.data } });
      });
  });
  return child;
}

/** Hears every message: several may come in one turn, of which `once` would give the first. */
function said(child: ChildProcess, word: string): Promise<void> {
  return new Promise((resolve) => {
    child.on('message', (message) => {
      if (message === word) resolve();
    });
  });
}

test.each(crashPoints.map((point, i) => [point, i] as const))('killed %s, with another one at it', async (point, i) => {
  const instance = running[i];
  if (!instance) throw new Error('the estate has too few instances');
  const plan = `p-${(i + 1).toString(16).padStart(8, '0')}`;
  const item = itemFor({
    id: `${plan}-1`,
    plan,
    resource_id: instance.arn,
    account,
    region: 'us-east-1',
    needs: 1,
    fingerprint: await fingerprint(instance.arn),
  });
  await book.open({ ...planOf(item, { created: Date.now(), expires: Date.now() + 600_000 }), id: plan });
  const approved = { kind: 'approved' as const, at: Date.now(), by: 'bob', until: Date.now() + 600_000 };
  const first = reconciler('r1', item.id, point);
  const second = reconciler('r2', item.id, '');
  await Promise.all([said(first, 'ready'), said(second, 'ready')]);
  // Both are at it before anybody has agreed.
  const died = once(first, 'exit') as Promise<[number | null, string | null]>;
  const ended = once(second, 'exit') as Promise<[number | null, string | null]>;
  first.send('go');
  await new Promise((resolve) => setTimeout(resolve, 200));
  const callsOf = () =>
    simulator.ledger.report().mutations.filter(({ input }) => JSON.stringify(input).includes(instance.id)).length;
  expect(callsOf()).toBe(0);
  const begun = Promise.race([said(first, 'claimed'), died]);
  await book.record(await book.item(item.id), approved);
  await begun;
  second.send('go');
  const [, signal] = await died;
  expect(signal).toBe('SIGKILL');
  const [code] = await ended;
  expect(code).toBe(0);

  const { state, events } = await book.item(item.id);
  const stopped = [...simulator.world.expected({ type: 'ec2' })].find(({ arn }) => arn === instance.arn);
  const isStopped = stopped !== undefined && (stopped.api as { State: { Name: string } }).State.Name === 'stopped';
  const calls = callsOf();
  expect(calls).toBeLessThanOrEqual(1);
  expect(events.filter(({ kind }) => kind === 'intended')).toHaveLength(state.end === 'superseded' ? 0 : 1);
  // The record says what is true of the world.
  expect([state.end, calls, isStopped]).toEqual(state.end === 'done' ? ['done', 1, true] : ['failed', 0, false]);
});
