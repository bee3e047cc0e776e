/** The HTTP face over the real memory: a broker with the history and gateway roles on a directory of its own. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ServiceBroker } from 'moleculer';
import { brokerOptions } from '../lib/broker.ts';
import { loadConfig } from '../lib/config/load.ts';
import { clientOf } from '../lib/contract.ts';
import { createLogger } from '../lib/log.ts';
import { gatewayContract } from '../services/gateway/gateway.contract.ts';
import gatewayService from '../services/gateway/gateway.service.ts';
import { historyContract } from '../services/history/history.contract.ts';
import historyService from '../services/history/history.service.ts';
import { observation } from '../services/history/testing.ts';

const unit = { account: '111111111111', region: 'eu-west-1', type: 's3' };
const bucket = (name: string, tags: Record<string, string> = {}) => ({
  id: `arn:aws:s3:::${name}`,
  provider: 'aws',
  ...unit,
  name,
  status: 'active',
  tags,
  created_at: '2026-01-01T00:00:00.000Z',
  refs: [],
  metadata: {},
});

let data: string;
let broker: ServiceBroker;
let url: string;

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'elava-gateway-'));
  const { config } = loadConfig({ env: {}, cwd: data, flags: { 'storage.path': data, 'gateway.port': 0 } });
  broker = new ServiceBroker(brokerOptions(config, { log: createLogger({ level: 'silent' }) }));
  broker.createService(historyService);
  broker.createService(gatewayService);
  await broker.start();
  ({ url } = await clientOf(gatewayContract, broker).address({}));
  const history = clientOf(historyContract, broker);
  const at = new Date().toISOString();
  const resources = [bucket('a', { env: 'prod' }), bucket('b'), bucket('c')].map((resource, i) => ({
    hash: String(i).padStart(16, '0'),
    resource,
  }));
  await history.ingest({ batch: 'b1', scan: 's1', unit, at, resources });
  await history.observe(observation(at, { scan: 's1', unit, count: 3 }));
});
afterAll(async () => {
  await broker.stop();
  await rm(data, { recursive: true, force: true });
});

async function get(
  path: string,
): Promise<{ status: number; body: Record<string, unknown> & { resources?: { name: string }[]; next?: string } }> {
  const response = await fetch(new URL(path, url));
  return { status: response.status, body: (await response.json()) as never };
}

describe('the gateway', () => {
  test('is healthy while the store answers', async () => {
    expect(await get('/health')).toMatchObject({
      status: 200,
      body: { status: 'ok', revision: expect.stringMatching(/^\d+$/) },
    });
  });

  test('lists resources page by page, with coverage', async () => {
    const first = await get('/api/resources?limit=2');
    expect(first.body.resources).toHaveLength(2);
    expect(first.body.coverage).toMatchObject({ units: 1, complete: 1 });
    const second = await get(`/api/resources?limit=2&after=${encodeURIComponent(first.body.next ?? '')}`);
    expect([...(first.body.resources ?? []), ...(second.body.resources ?? [])].map((r) => r.name).sort()).toEqual([
      'a',
      'b',
      'c',
    ]);
    expect(second.body.next).toBeUndefined();
  });

  test('narrows by tag, by several types and by an instant', async () => {
    expect((await get('/api/resources?tag=env%3Dprod')).body.resources?.map((r) => r.name)).toEqual(['a']);
    expect((await get('/api/resources?type=ec2&type=s3')).body.resources).toHaveLength(3);
    expect((await get('/api/resources?at=2026-01-01')).body.resources).toEqual([]);
  });

  test('serves metrics in Prometheus text', async () => {
    const response = await fetch(new URL('/metrics', url));
    expect(response.headers.get('content-type')).toContain('text/plain');
    expect(await response.text()).toMatch(/^# HELP /m);
  });

  test.each([
    ['an unknown path', '/api/resource', 404, 'NOT_FOUND'],
    ['an unknown parameter', '/api/resources?regoin=x', 400, 'INVALID_REQUEST'],
    ['a limit that is none', '/api/resources?limit=none', 400, 'INVALID_REQUEST'],
    ['a limit out of range', '/api/resources?limit=0', 400, 'INVALID_REQUEST'],
    ['an instant that is none', '/api/resources?at=yesterday', 400, 'INVALID_REQUEST'],
    ['a broken cursor', '/api/resources?after=%00%27', 400, 'INVALID_REQUEST'],
    ['an unknown resource', '/api/timeline?id=nothing-like-it', 404, 'NOT_FOUND'],
  ])('answers %s with its code and what to do', async (_, path, status, code) => {
    expect(await get(path)).toMatchObject({
      status,
      body: { code, message: expect.any(String), next: expect.any(String) },
    });
  });

  test('an id that is SQL finds nothing and breaks nothing', async () => {
    expect((await get(`/api/timeline?id=${encodeURIComponent("' OR 1=1 --")}`)).status).toBe(404);
    expect((await get('/api/resources')).body.resources).toHaveLength(3);
  });

  test('other machines cannot reach it without authentication', () => {
    const open = loadConfig({ env: {}, cwd: data, flags: { 'gateway.host': '0.0.0.0' } });
    const other = new ServiceBroker(brokerOptions(open.config, { log: createLogger({ level: 'silent' }) }));
    expect(() => other.createService(gatewayService)).toThrow(expect.objectContaining({ type: 'GATEWAY_OPEN_BIND' }));
  });
});
