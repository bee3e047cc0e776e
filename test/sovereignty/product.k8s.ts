/** The operator in the product: the real memory knows where instances are, the real notifier carries its alerts, the gateway shows it. */

import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ServiceBroker } from 'moleculer';
import { brokerOptions } from '../../lib/broker.ts';
import { loadConfig } from '../../lib/config/load.ts';
import { type Client, clientOf } from '../../lib/contract.ts';
import { createLogger } from '../../lib/log.ts';
import { runtimeOf } from '../../lib/runtime.ts';
import { gatewayContract } from '../../services/gateway/gateway.contract.ts';
import gatewayService from '../../services/gateway/gateway.service.ts';
import { historyContract } from '../../services/history/history.contract.ts';
import historyService from '../../services/history/history.service.ts';
import type { Notice } from '../../services/notifier/notifier.contract.ts';
import notifierService from '../../services/notifier/notifier.service.ts';
import type { KubeClient } from '../../services/sovereignty/kube/client.ts';
import { kinds } from '../../services/sovereignty/kube/kinds.ts';
import type { PolicyView, Violation } from '../../services/sovereignty/sovereignty.contract.ts';
import sovereigntyService from '../../services/sovereignty/sovereignty.service.ts';
import { until } from '../support/until.ts';
import { eventually, freshNamespace, home, removePolicies, substrate } from './harness.ts';
import { affinity, applyObject, pod, policy, regionTerm } from './objects.ts';
import { clientFor } from './substrate/substrate.ts';

interface Shown {
  readonly status: { readonly leading: boolean };
  readonly policies: readonly PolicyView[];
  readonly violations: readonly Violation[];
}

const account = '111122223333';
const instance = 'i-0123456789abcdef0';
const node = 'product-moved';
const secret = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
const notices: Notice[] = [];
let admin: KubeClient;
let directory: string;
let hook: Server;
let broker: ServiceBroker;
let history: Client<typeof historyContract>;
let url: string;

beforeAll(async () => {
  const { main } = substrate();
  admin = await clientFor(main);
  directory = await mkdtemp(join(tmpdir(), 'elava-sovereignty-'));
  hook = await listeningHook();
  const flags = {
    'storage.path': join(directory, 'data'),
    'gateway.port': 0,
    'sovereignty.kubeconfig': main.kubeconfig,
    'sovereignty.cluster': 'eu-1',
    'sovereignty.engine': 'admission-policy',
    'sovereignty.port': 0,
    'sovereignty.scan': '2s',
    'sovereignty.lease': '4s',
    'sovereignty.retry': '300ms',
    'notifier.allow_private': true,
    'notifier.channels': {
      ops: { type: 'webhook', secret, url: `http://127.0.0.1:${(hook.address() as AddressInfo).port}/` },
    },
  };
  const { config } = loadConfig({ env: {}, cwd: directory, flags });
  broker = new ServiceBroker(brokerOptions(config, { log: createLogger({ level: 'silent' }) }));
  for (const service of [historyService, notifierService, sovereigntyService, gatewayService])
    broker.createService(service);
  await broker.start();
  history = clientOf(historyContract, broker);
  ({ url } = await clientOf(gatewayContract, broker).address({}));
  await remember();
});
afterAll(async () => {
  await removePolicies(admin);
  await broker.stop();
  await runtimeOf(broker).jobs.close();
  await admin.delete(kinds.node, { name: node });
  admin.close();
  hook.close();
  await rm(directory, { recursive: true, force: true });
});

/** Where the notifier's webhook goes. */
async function listeningHook(): Promise<Server> {
  const server = createServer((request, response) => {
    void json(request).then((body) => {
      notices.push((body as { data: Notice }).data);
      response.end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

/** What a scan of AWS leaves: the instance is in the United States, whatever its node's label says. */
async function remember(): Promise<void> {
  const unit = { account, region: 'us-east-1', type: 'ec2' };
  const at = new Date().toISOString();
  const id = `arn:aws:ec2:us-east-1:${account}:instance/${instance}`;
  const own = { id, provider: 'aws', ...unit, name: 'node', status: 'running', tags: {}, refs: [], metadata: {} };
  const resources = [{ hash: '0123456789abcdef', resource: { ...own, created_at: at } }];
  await history.ingest({ batch: 'trial-0', scan: 'trial', unit, at, resources });
  const times = { started: at, finished: at };
  const outcome = { state: 'complete' as const, error: '', detail: '', count: 1, absent: [] };
  await history.observe({ scan: 'trial', unit, ...times, ...outcome });
}

async function shown(): Promise<Shown> {
  return (await (await fetch(`${url}/api/sovereignty`)).json()) as Shown;
}

async function remembered(): Promise<string[]> {
  const { resources } = await history.resources({ filter: { types: ['k8s_violation'] }, limit: 100 });
  return resources.map(({ name }) => name);
}

test('a node that lies is found by the inventory of AWS, remembered while it violates, and shown', async () => {
  const namespace = await freshNamespace(admin, 'product');
  const labels = { 'topology.kubernetes.io/region': 'eu-west-1' };
  await admin.create(kinds.node, {
    metadata: { name: node, labels },
    spec: { providerID: `aws:///eu-west-1a/${instance}` },
  });
  const right = { affinity: affinity(regionTerm('eu-west-1')), nodeName: node };
  await admin.create(kinds.pod, pod('lied-to', namespace, right));
  await applyObject(admin, policy('geo', namespace, { targetNamespace: namespace }));
  const violation = { name: 'lied-to', region: 'us-east-1', account, fault: 'running-outside' };
  await eventually('what is shown', async () => {
    const { status, policies, violations } = await shown();
    expect([status.leading, policies.map(({ name, phase }) => [name, phase])]).toEqual([true, [['geo', 'Active']]]);
    expect(violations).toEqual([expect.objectContaining(violation)]);
  });
  expect(await until(remembered, (names) => names.length > 0)).toEqual([`${namespace}/lied-to`]);

  // A pod without a kubelet is never gone, so what ends is the policy.
  await admin.delete(kinds.policy, { namespace, name: 'geo' });
  await until(remembered, (names) => names.length === 0);
  await until(async () => {
    const { changes } = await history.changes({ filter: { types: ['k8s_violation'] }, limit: 10 });
    return changes.some(({ kind }) => kind === 'disappeared');
  });
});

test('a policy that cannot stand alerts people, and again when it does', async () => {
  await applyObject(admin, policy('early', home, { targetNamespace: 'product-later' }));
  await until(() => notices.length === 1);
  await admin.create(kinds.namespace, { metadata: { name: 'product-later' } });
  await until(() => notices.length === 2);
  expect(notices.map(({ title }) => title)).toEqual([
    `SovereignPolicy ${home}/early has failed in eu-1`,
    `SovereignPolicy ${home}/early stands again in eu-1`,
  ]);
});
