/** One trace goes from a question to the thread that answers it, and from a unit to the memory. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { InMemorySpanExporter, type ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { ServiceBroker } from 'moleculer';
import { brokerOptions } from '../lib/broker.ts';
import { loadConfig } from '../lib/config/load.ts';
import { clientOf } from '../lib/contract.ts';
import { createLogger } from '../lib/log.ts';
import { tracingOf } from '../lib/tracing.ts';
import { scanAndWait } from '../loadtest/scan-and-wait.ts';
import historyService from '../services/history/history.service.ts';
import orchestratorService from '../services/orchestrator/orchestrator.service.ts';
import { policyContract } from '../services/policy/policy.contract.ts';
import policyService from '../services/policy/policy.service.ts';
import scannerService from '../services/scanner/scanner.service.ts';
import { type Aws, simulatedAws } from './support/aws.ts';
import { directory } from './support/cli.ts';

const environment = { ...process.env };
let aws: Aws;
beforeEach(async () => {
  aws = await simulatedAws(60);
  Object.assign(process.env, aws.env);
});
afterEach(async () => {
  process.env = environment;
  await aws[Symbol.asyncDispose]();
});

/** Names from a span up to the root of its trace. */
function upwards(span: ReadableSpan | undefined, all: readonly ReadableSpan[]): string[] {
  if (!span) return [];
  const parent = all.find((one) => one.spanContext().spanId === span.parentSpanContext?.spanId);
  return [span.name, ...upwards(parent, all)];
}

/** The spans of a scan and of judging what it found. */
async function traced(home: string): Promise<ReadableSpan[]> {
  const exporter = new InMemorySpanExporter();
  const spans: ReadableSpan[] = [];
  const send = exporter.export.bind(exporter);
  exporter.export = (batch, done) => {
    spans.push(...batch);
    send(batch, done);
  };
  const tracing = tracingOf({ endpoint: '', ratio: 1, service: 'test' }, { node: 'test', exporter });
  await tracing?.open();
  await mkdir(join(home, 'policies'));
  await writeFile(
    join(home, 'policies', 'trial.rego'),
    'package elava.trial\n\nflag contains "seen" if input.resource.id\n',
  );
  const flags = {
    'storage.path': join(home, 'data'),
    'policies.path': join(home, 'policies'),
    'policies.workers': 1,
    'policies.interval': '999d',
    'providers.aws.regions': ['us-east-1'],
    'providers.aws.types': ['s3'],
    'providers.aws.rate': 1,
  };
  const { config } = loadConfig({ env: {}, cwd: '/', flags });
  const options = brokerOptions(config, { log: createLogger({ level: 'silent' }) });
  const middlewares = [...(options.middlewares ?? []), ...(tracing ? [tracing.middleware] : [])];
  const broker = new ServiceBroker({ ...options, middlewares });
  for (const service of [historyService, scannerService, orchestratorService, policyService])
    broker.createService(service);
  try {
    await broker.start();
    await scanAndWait(broker);
    await clientOf(policyContract, broker).judge({});
  } finally {
    await broker.stop();
    await tracing?.close();
  }
  return spans;
}

test('a decision is a span under the question, and the thread that evaluates is one under it', async () => {
  await using home = await directory();
  const spans = await traced(home.path);
  const worker = spans.find(
    ({ name, attributes }) => name === 'policy.worker' && attributes['policy.task'] === 'judge',
  );
  expect(upwards(worker, spans).slice(0, 2)).toEqual(['policy.worker', 'decision_maker.make_decision']);
  const unit = spans.find(({ name }) => name === 'scan.unit');
  expect(unit?.attributes).toMatchObject({ type: 's3' });
  const stored = spans.filter(({ name }) => name === 'history.conclude').map((span) => upwards(span, spans));
  expect(stored[0]?.slice(0, 3)).toEqual(['history.conclude', 'call history.conclude', 'scan.unit']);
});
