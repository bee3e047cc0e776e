/** Two processes of the edge over NATS: each streams what the other decides, both know of a policy, and neither needs NATS. */
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ServiceBroker } from 'moleculer';
import { brokerOptions } from '../../lib/broker.ts';
import { loadConfig } from '../../lib/config/load.ts';
import { clientOf } from '../../lib/contract.ts';
import { createLogger } from '../../lib/log.ts';
import type { edgeServices } from '../../loadtest/edge-services.ts';
import { TcpProxy } from '../../scripts/cluster-proxy.ts';
import eventsService from '../../services/events/events.service.ts';
import { gatewayContract } from '../../services/gateway/gateway.contract.ts';
import gatewayService from '../../services/gateway/gateway.service.ts';
import historyService from '../../services/history/history.service.ts';
import policyService from '../../services/policy/policy.service.ts';
import scannerService from '../../services/scanner/scanner.service.ts';
import tenantsService from '../../services/tenants/tenants.service.ts';
import { type TestNats, testNats } from '../support/nats.ts';
import { until } from '../support/until.ts';

interface Member {
  readonly broker: ServiceBroker;
  readonly url: string;
  readonly proxy: TcpProxy;
}
const memory = [historyService, scannerService];
const edge = [policyService, tenantsService, eventsService, gatewayService];
const body = JSON.stringify({ input: { action: 'read', subject: { tenant_id: 'tenant_a' } } });
let nats: TestNats;
let directory: string;
let apart: ServiceBroker;
let [first, second]: Member[] = [];

async function start(name: string, services: readonly (typeof edgeServices)[number][], server: string) {
  const flags = {
    'nats.servers': [server],
    'storage.path': join(directory, 'data'),
    'tenants.path': join(directory, 'tenants.d'),
    'gateway.port': 0,
    'policies.enabled': false,
    'policies.workers': 1,
    // A thread that a busy machine holds up for a moment is no policy that does not end.
    'tenants.timeout': '10s',
  };
  const { config } = loadConfig({ env: {}, cwd: directory, flags });
  const options = brokerOptions(config, { log: createLogger({ level: 'silent' }) });
  // Three of one process need names of their own, which the guard against replaced options would refuse.
  options.middlewares?.shift();
  const broker = new ServiceBroker({ ...options, nodeID: name });
  for (const service of services) broker.createService(service);
  await broker.start();
  return broker;
}

async function member(name: string): Promise<Member> {
  const proxy = await TcpProxy.to(nats.port);
  const broker = await start(name, edge, `nats://127.0.0.1:${proxy.port}`);
  const { url } = await clientOf(gatewayContract, broker).address({});
  return { broker, url, proxy };
}

/** Whether one knows that the other is to be told. */
function hears(one: Member | undefined, other: string): boolean {
  const found = one?.broker.registry.getServiceList({ onlyAvailable: true }) ?? [];
  return (found as { name: string; nodeID: string }[]).some(
    ({ name, nodeID }) => name === gatewayContract.name && nodeID === other,
  );
}

beforeAll(async () => {
  nats = await testNats();
  directory = await mkdtemp(join(tmpdir(), 'elava-gateways-'));
  await cp('config/tenants.d', join(directory, 'tenants.d'), { recursive: true });
  apart = await start('memory', memory, nats.url);
  [first, second] = await Promise.all([member('first'), member('second')]);
  await until(() => hears(first, 'second') && hears(second, 'first'));
});
afterAll(async () => {
  for (const one of [first, second]) {
    await one?.broker.stop();
    await one?.proxy.close();
  }
  await apart.stop();
  await nats[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
});

async function evaluate(one: Member | undefined): Promise<number> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${one?.url}/v1/data/tenants/tenant_a/allow`, { method: 'POST', headers, body });
  await response.arrayBuffer();
  return response.status;
}

test('what one decides, the other streams', async () => {
  const heard: { type: string }[] = [];
  const socket = new WebSocket(`${second?.url.replace('http', 'ws')}/v1/stream/decisions?tenant_id=tenant_a`);
  socket.addEventListener('message', ({ data }) => heard.push(JSON.parse(String(data))));
  await until(
    async () => heard.length,
    (count) => count > 0,
  );
  expect(await evaluate(first)).toBe(200);
  await until(
    async () => heard.filter(({ type }) => type === 'decision').length,
    (count) => count === 1,
  );
  socket.close();
});

test('a policy that one is given, the other has too, and one that is gone is gone at both', async () => {
  const module = 'package tenants.tenant_a.extra\n\nanswer := 42\n';
  const put = await fetch(`${first?.url}/v1/policies/tenants/tenant_a/extra`, { method: 'PUT', body: module });
  expect(put.status).toBe(200);
  const answers = async (one: Member | undefined): Promise<number | undefined> => {
    const response = await fetch(`${one?.url}/v1/data/tenants/tenant_a/extra/answer`);
    return ((await response.json()) as { result?: number }).result;
  };
  await until(
    () => answers(second),
    (answer) => answer === 42,
  );
  await fetch(`${second?.url}/v1/policies/tenants/tenant_a/extra`, { method: 'DELETE' });
  await until(
    () => answers(first),
    (answer) => answer === undefined,
  );
});

test('with NATS in a black hole the answers come as before', async () => {
  await evaluate(first);
  first?.proxy.hold();
  const statuses = await Promise.all(Array.from({ length: 100 }, () => evaluate(first)));
  // Any of them that asked anybody would wait for ever.
  expect(new Set(statuses)).toEqual(new Set([200]));
  first?.proxy.heal();
});
