/** Memory and policies together: what happens to judging when the memory fails half-way, and what an evaluation leads to. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { type Middleware, ServiceBroker } from 'moleculer';
import { brokerOptions } from '../lib/broker.ts';
import { loadConfig } from '../lib/config/load.ts';
import { type Client, clientOf } from '../lib/contract.ts';
import { codeOf, elavaError } from '../lib/errors.ts';
import { createLogger } from '../lib/log.ts';
import { scanAndWait } from '../loadtest/scan-and-wait.ts';
import { type Evaluation, historyContract } from '../services/history/history.contract.ts';
import historyService from '../services/history/history.service.ts';
import orchestratorService from '../services/orchestrator/orchestrator.service.ts';
import { policyContract } from '../services/policy/policy.contract.ts';
import policyService from '../services/policy/policy.service.ts';
import scannerService from '../services/scanner/scanner.service.ts';
import { type Aws, simulatedAws } from './support/aws.ts';

const environment = { ...process.env };
let aws: Aws;
let home: string;
let broker: ServiceBroker;
let history: Client<typeof historyContract>;
let policy: Client<typeof policyContract>;
let lines: string[];
/** Throws for the calls of history that have to fail. */
let fail: ((action: string, params: Record<string, unknown>) => void) | undefined;

const failing: Middleware = {
  localAction:
    (next, { name }) =>
    async (context) => {
      fail?.(name ?? '', context.params as Record<string, unknown>);
      return (next as (context: unknown) => unknown)(context);
    },
};

async function begin(flags: object = {}): Promise<void> {
  const { config } = loadConfig({
    env: {},
    cwd: '/',
    flags: {
      'storage.path': join(home, 'data'),
      'policies.path': join(home, 'policies'),
      'policies.hot_reload': false,
      'policies.workers': 1,
      'providers.aws.regions': ['us-east-1'],
      'providers.aws.rate': 1,
      ...flags,
    },
  });
  lines = [];
  const log = createLogger({ level: 'warn', destination: { write: (line: string) => void lines.push(line) } });
  const options = brokerOptions(config, { log });
  broker = new ServiceBroker({ ...options, middlewares: [...(options.middlewares ?? []), failing] });
  for (const service of [historyService, scannerService, orchestratorService, policyService]) {
    broker.createService(service);
  }
  await broker.start();
  history = clientOf(historyContract, broker);
  policy = clientOf(policyContract, broker);
}

beforeAll(async () => {
  aws = await simulatedAws(120);
  Object.assign(process.env, aws.env);
  home = await mkdtemp(join(tmpdir(), 'elava-judging-'));
  await mkdir(join(home, 'policies'));
  await writeFile(
    join(home, 'policies', 'trial.rego'),
    'package elava.trial\n\nflag contains "seen" if input.resource.id\n',
  );
  // Nothing judges by itself, so that each test says when.
  await begin({ 'policies.enabled': false });
  await scanAndWait(broker);
});
afterEach(() => {
  fail = undefined;
});
afterAll(async () => {
  await broker.stop();
  await aws[Symbol.asyncDispose]();
  await rm(home, { recursive: true, force: true });
  process.env = environment;
});

async function evaluations(): Promise<readonly Evaluation[]> {
  return (await history.evaluations({ limit: 5000 })).evaluations;
}

test('with policies.enabled off nothing is judged, also when it is asked for', async () => {
  expect(await policy.judge({ all: true })).toMatchObject({ units: 0, judged: 0, changed: 0 });
  expect(await evaluations()).toEqual([]);
});

test('what cannot be put into its context is not judged and stays due; the rest is', async () => {
  await broker.stop();
  fail = (action, params) => {
    if (action === 'history.judging' && JSON.stringify(params).includes('"ec2"'))
      throw elavaError('STORE_FULL', 'no room');
    if (action === 'history.judged' && JSON.stringify(params).includes('"ebs"'))
      throw elavaError('STORE_FULL', 'no room');
  };
  // The role judges by itself as soon as it is there.
  await begin();
  // It may have judged the rest before: then all that is left fails, and so does the call.
  await policy.judge({}).catch((error: unknown) => expect(codeOf(error)).toBe('STORE_FULL'));
  const types = new Set((await evaluations()).map(({ type }) => type));
  expect(types).toContain('s3');
  expect(types).not.toContain('ec2');
  expect(types).not.toContain('ebs');
  // Both the context that could not be had and the decisions that could not be stored are in the log, by unit.
  const told = lines.filter((line) => line.includes('unit could not be judged')).join('');
  expect(told).toContain('ec2');
  expect(told).toContain('ebs');

  fail = undefined;
  await policy.judge({});
  const { resources } = await history.resources({ limit: 1000 });
  const judged = new Set((await evaluations()).map(({ resource_id }) => resource_id));
  expect([...judged].sort()).toEqual(resources.map(({ id }) => id).sort());
});

test('an evaluation names the version that was judged, and its input can be had', async () => {
  const [one] = (await evaluations()).filter(({ type }) => type === 'ebs');
  const { resources } = await history.resources({ filter: { ids: [String(one?.resource_id)] } });
  expect(resources).toMatchObject([{ id: one?.resource_id, revision: one?.revision }]);
  const { input } = await policy.input({ id: String(one?.resource_id) });
  expect(input).toMatchObject({ resource: { id: one?.resource_id, type: 'ebs' } });
});
