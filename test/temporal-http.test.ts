/** The temporal questions and the analyzers over HTTP: a broker with history, analyzer and gateway on a directory of its own. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ServiceBroker } from 'moleculer';
import { brokerOptions } from '../lib/broker.ts';
import { loadConfig } from '../lib/config/load.ts';
import { clientOf } from '../lib/contract.ts';
import { createLogger } from '../lib/log.ts';
import { analyzerContract } from '../services/analyzer/analyzer.contract.ts';
import analyzerService from '../services/analyzer/analyzer.service.ts';
import { gatewayContract } from '../services/gateway/gateway.contract.ts';
import gatewayService from '../services/gateway/gateway.service.ts';
import { historyContract } from '../services/history/history.contract.ts';
import historyService from '../services/history/history.service.ts';

const unit = { account: '111111111111', region: 'eu-west-1', type: 'ebs' };
const arn = (name: string): string => `arn:aws:ec2:eu-west-1:${unit.account}:volume/${name}`;
const day = 86_400_000;
let data: string;
let broker: ServiceBroker;
let url: string;

async function scan(id: string, ms: number, names: readonly string[], status: string): Promise<void> {
  const history = clientOf(historyContract, broker);
  const at = new Date(ms).toISOString();
  const plain = {
    provider: 'aws',
    ...unit,
    tags: { team: 'data' },
    created_at: '2026-01-01T00:00:00.000Z',
    metadata: {},
  };
  const resources = names.map((name, i) => ({
    hash: `${status === 'in-use' ? 'a' : 'b'}${String(i).padStart(15, '0')}`,
    resource: { ...plain, id: arn(name), name, status, refs: [`${arn('x')}-instance`] },
  }));
  await history.ingest({ batch: id, scan: id, unit, at, resources });
  const whole = { state: 'complete' as const, error: '', detail: '', count: 2, absent: [] };
  await history.observe({ scan: id, unit, started: at, finished: at, ...whole });
}

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'elava-temporal-'));
  const { config } = loadConfig({ env: {}, cwd: data, flags: { 'storage.path': data, 'gateway.port': 0 } });
  broker = new ServiceBroker(brokerOptions(config, { log: createLogger({ level: 'silent' }) }));
  for (const service of [historyService, analyzerService, gatewayService]) broker.createService(service);
  await broker.start();
  ({ url } = await clientOf(gatewayContract, broker).address({}));
  await scan('s1', Date.now() - 9 * day, ['a', 'b'], 'in-use');
  await scan('s2', Date.now() - 8 * day, ['b'], 'available');
});
afterAll(async () => {
  await broker.stop();
  await rm(data, { recursive: true, force: true });
});

async function get(path: string): Promise<Record<string, unknown>> {
  const response = await fetch(new URL(path, url));
  const body = (await response.json()) as Record<string, unknown>;
  return response.ok ? body : { status: response.status, code: body.code };
}

test('each question is answered with its coverage', async () => {
  const coverage = { units: 1, complete: 1 };
  expect(await get('/api/counts?by=type&by=status')).toMatchObject({
    groups: [{ count: 1 }, { count: 1 }],
    rest: 0,
    coverage,
  });
  expect(await get('/api/series?from=10d&step=day&by=status')).toMatchObject({ total: expect.any(Array), coverage });
  expect(await get('/api/activity?from=10d&by=kind')).toMatchObject({
    series: [{ key: { kind: 'modified' } }],
    coverage,
  });
  expect(await get('/api/diff?from=8d&by=kind&baseline=false')).toMatchObject({ changes: [], groups: [], coverage });
  expect(await get('/api/diff?from=204h&by=kind&actor=')).toMatchObject({ groups: [{ count: 1 }], coverage });
  expect(await get('/api/search?q=team%3Ddata')).toMatchObject({ total: 2, coverage });
  expect(await get('/api/states?status=available&since_before=7d')).toMatchObject({
    resources: [{ id: arn('b') }],
    coverage,
  });
  expect(await get(`/api/relations?id=${arn('b')}`)).toMatchObject({ relations: [{ direction: 'to' }], coverage });
  expect(await get('/api/changes?actor_kind=human')).toMatchObject({ changes: [], coverage });
});

test('drift, waste and patterns are asked of the analyzers, and reviews of the memory', async () => {
  expect(await get('/api/drift?since=10d')).toMatchObject({ findings: [{ id: arn('b'), kind: 'modified' }] });
  expect(await get('/api/patterns')).toMatchObject({ patterns: [] });
  const { findings } = await get('/api/waste?type=ebs');
  expect(findings).toContainEqual(expect.objectContaining({ kind: 'unattached', id: arn('b') }));
  expect(await get('/api/waste/reviewed')).toEqual({ findings: [] });
  expect(await clientOf(analyzerContract, broker).review({})).toMatchObject({ resolved: 0 });
  expect(await get('/api/waste/reviewed?state=open&kind=unattached')).toMatchObject({
    findings: [{ id: arn('b'), state: 'open' }],
  });
});

test('what cannot be asked is refused', async () => {
  for (const path of [
    '/api/series?from=10d&step=month',
    '/api/counts?by=flavour',
    '/api/diff',
    '/api/search',
    '/api/states?since_before=soon',
    '/api/waste/reviewed?state=done',
  ]) {
    expect(await get(path)).toMatchObject({ status: 400, code: 'INVALID_REQUEST' });
  }
  expect(await get('/api/relations?id=nothing')).toMatchObject({ status: 404, code: 'NOT_FOUND' });
});
