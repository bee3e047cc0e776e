/** The scan of what already runs: pods and volumes from before the policy, and nodes that are not where they say. */

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createLogger } from '../../lib/log.ts';
import { systemClock } from '../../lib/time.ts';
import { Compliance } from '../../services/sovereignty/compliance.ts';
import { Inventory } from '../../services/sovereignty/inventory.ts';
import type { KubeClient } from '../../services/sovereignty/kube/client.ts';
import { kinds } from '../../services/sovereignty/kube/kinds.ts';
import type { KubeObject } from '../../services/sovereignty/kube/objects.ts';
import type { Violation } from '../../services/sovereignty/sovereignty.contract.ts';
import {
  freshNamespace,
  getPolicy,
  installReports,
  phase,
  type Running,
  reasonsIn,
  removePolicies,
  startOperator,
  substrate,
} from './harness.ts';
import { affinity, applyObject, pod, policy, regionTerm } from './objects.ts';
import { until } from './substrate/program.ts';
import { clientFor } from './substrate/substrate.ts';

let admin: KubeClient;
let running: Running;
let scanned: readonly Violation[] = [];
const fresh: Violation[] = [];
/** How many the first telling was broken off over. */
let broken = 0;

/** Where the instances of this test are; what a memory of Elava would answer. */
const estate: Record<string, { region: string; account: string }> = {
  'i-0moved': { region: 'us-east-1', account: '111122223333' },
};

beforeAll(async () => {
  admin = await clientFor(substrate().main);
  await installReports(admin);
  const log = createLogger({ level: 'silent' });
  const inventory = new Inventory(
    {
      resources: async ({ filter }) => {
        const id = filter?.text ?? '';
        const found = estate[id];
        const arn = `arn:aws:ec2:${found?.region}:${found?.account}:instance/${id}`;
        const resources = found ? [{ ...found, id: arn } as never] : [];
        return { resources, coverage: {} as never };
      },
    },
    log,
  );
  running = await startOperator(
    {},
    {
      duties: ({ policies, recorder }) => [
        new Compliance({
          client: admin,
          policies,
          recorder,
          inventory,
          clock: systemClock,
          log,
          intervalMs: 2000,
          idleMs: 90_000,
          reports: true,
          onScan: async (found, news) => {
            if (broken === 0 && news.length > 0) {
              broken = news.length;
              throw new Error('the memory is away');
            }
            scanned = found;
            fresh.push(...news);
          },
        }),
      ],
    },
  );
});
afterAll(async () => {
  await removePolicies(admin);
  await running.close();
  for (const name of ['eu', 'us', 'moved']) await admin.delete(kinds.node, { name: `scan-${name}` });
  admin.close();
});

async function node(name: string, region: string, instance: string): Promise<void> {
  const metadata = { name, labels: { 'topology.kubernetes.io/region': region } };
  await admin.create(kinds.node, { metadata, spec: { providerID: `aws:///${region}a/${instance}` } });
}

test('finds what runs outside, tells of it everywhere, and says so when it is gone', async () => {
  const namespace = await freshNamespace(admin, 'scan');
  await node('scan-eu', 'eu-west-1', 'i-0eu');
  await node('scan-us', 'us-east-1', 'i-0us');
  await node('scan-moved', 'eu-west-1', 'i-0moved');
  const right = { affinity: affinity(regionTerm('eu-west-1')) };
  await admin.create(kinds.pod, pod('loose', namespace));
  await admin.create(kinds.pod, pod('held', namespace, { ...right, nodeName: 'scan-eu' }));
  await admin.create(kinds.pod, pod('outside', namespace, { ...right, nodeName: 'scan-us' }));
  await admin.create(kinds.pod, pod('lied-to', namespace, { ...right, nodeName: 'scan-moved' }));
  await applyObject(admin, policy('geo', namespace, { targetNamespace: namespace }));
  await phase(admin, `${namespace}/geo`, 'Active');

  const found = await until('the findings', async () => scanned.length >= 3 && scanned);
  const short = found
    .map(({ name, fault, region, account }) => ({ name, fault, region, account }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  expect(short).toEqual([
    { name: 'lied-to', fault: 'running-outside', region: 'us-east-1', account: '111122223333' },
    { name: 'loose', fault: 'no-affinity', region: '', account: '' },
    { name: 'outside', fault: 'running-outside', region: 'us-east-1', account: '' },
  ]);
  expect(found.find(({ name }) => name === 'lied-to')?.message).toBe(
    'node scan-moved is labelled eu-west-1, but its instance i-0moved is in us-east-1 of account 111122223333',
  );
  expect(fresh).toHaveLength(3);
  expect(broken).toBeGreaterThan(0);

  await until('the count', async () => (await getPolicy(admin, `${namespace}/geo`))?.status?.violations === 3);
  const [report] = await until('the report', async () => {
    const { items } = await admin.list<KubeObject & { summary: object; results: { resources: { name: string }[] }[] }>(
      kinds.openReport,
      { namespace },
    );
    return items.length > 0 && items;
  });
  expect(report?.summary).toMatchObject({ fail: 3, warn: 0 });
  expect(report?.results.map(({ resources }) => resources[0]?.name).toSorted()).toEqual([
    'lied-to',
    'loose',
    'outside',
  ]);
  await until('the events', async () => {
    const reasons = await reasonsIn(admin, namespace);
    return reasons.filter((one) => one === 'OutsideRegions').length === 3;
  });

  for (const name of ['loose', 'outside', 'lied-to']) await admin.delete(kinds.pod, { namespace, name });
  await admin
    .patch(kinds.pod, { namespace, name: 'outside' }, { metadata: { finalizers: null } }, { fieldManager: 'test' })
    .catch(() => undefined);
  await until(
    'no count',
    async () =>
      (await getPolicy(admin, `${namespace}/geo`))?.status?.violations === 0 ||
      scanned.every(({ name }) => name !== 'loose'),
  );
});
