/** What the real Gatekeeper refuses and admits, once the operator has carried a policy to it. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { KubeClient } from '../../services/sovereignty/kube/client.ts';
import { kinds } from '../../services/sovereignty/kube/kinds.ts';
import type { KubeObject } from '../../services/sovereignty/kube/objects.ts';
import { cases } from './cases.ts';
import {
  constraintOf,
  freshNamespace,
  phase,
  type Running,
  refusalOf,
  removePolicies,
  startOperator,
  substrate,
} from './harness.ts';
import { affinity, applyObject, kindOf, pod, policy, regionTerm } from './objects.ts';
import { until } from './substrate/program.ts';
import { clientFor } from './substrate/substrate.ts';

let admin: KubeClient;
let running: Running;

beforeAll(async () => {
  admin = await clientFor(substrate().main);
  running = await startOperator();
});
afterAll(async () => {
  await removePolicies(admin);
  await running.close();
  admin.close();
});

async function protect(spec: object = {}): Promise<string> {
  const namespace = await freshNamespace(admin, 'adm');
  await applyObject(admin, policy('geo', namespace, { targetNamespace: namespace, ...spec }));
  await phase(admin, `${namespace}/geo`, 'Active');
  return namespace;
}

describe('a policy that denies', () => {
  let namespace = '';
  beforeAll(async () => {
    namespace = await protect();
  });

  test('refuses a pod without affinity and says what to add', async () => {
    const message = await refusalOf(admin.create(kinds.pod, pod('bare', namespace)));
    expect(message).toContain(`Pod bare may leave eu-central-1, eu-west-1 (policy ${namespace}/geo)`);
    expect(message).toContain('add spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution');
    expect(message).toContain('{key: topology.kubernetes.io/region, operator: In, values: [eu-central-1, eu-west-1]}');
  });

  test('admits a pod that every term holds', async () => {
    const good = pod('good', namespace, { affinity: affinity(regionTerm('eu-west-1'), regionTerm('eu-central-1')) });
    expect(await refusalOf(admin.create(kinds.pod, good))).toBe('');
  });

  test.each(cases.filter(({ object }) => object.kind !== 'PersistentVolume'))('$name', async ({ object, faults }) => {
    const placed = { ...object, metadata: { ...object.metadata, namespace } };
    const message = await refusalOf(admin.create(kindOf(object), placed));
    expect(message === '').toBe(faults.length === 0);
  });

  test('refuses a volume of another region that the namespace claims', async () => {
    const message = await refusalOf(
      admin.create(kindOf({ apiVersion: 'v1', kind: 'PersistentVolume' }), volume('us-east-1a', namespace)),
    );
    expect(message).toContain(
      `it lies in us-east-1a (topology.kubernetes.io/zone), and is claimed from namespace ${namespace}`,
    );
    expect(await refusalOf(admin.create(kinds.volume, volume('eu-west-1b', namespace)))).toBe('');
    expect(await refusalOf(admin.create(kinds.volume, volume('us-east-1c', 'default')))).toBe('');
  });

  test('lets a change pass that places nothing, of a pod that was there before', async () => {
    const before = await freshNamespace(admin, 'before');
    await admin.create(kinds.pod, pod('old', before));
    await applyObject(admin, policy('geo', before, { targetNamespace: before }));
    await phase(admin, `${before}/geo`, 'Active');
    const label = { metadata: { labels: { touched: 'yes' } } };
    await admin.patch(kinds.pod, { namespace: before, name: 'old' }, label, { fieldManager: 'test' });
    expect(await refusalOf(admin.create(kinds.pod, pod('new', before)))).toContain('may leave');
  });

  test('marks the namespace with what is enforced', async () => {
    const found = await admin.get<KubeObject>(kinds.namespace, { name: namespace });
    expect(found?.metadata.labels).toMatchObject({
      'compliance.gov/policy-name': 'geo',
      'compliance.gov/policy-namespace': namespace,
      'compliance.gov/enforcement-action': 'deny',
      'compliance.gov/region.eu-central-1': 'true',
      'compliance.gov/region.eu-west-1': 'true',
    });
    expect(found?.metadata.annotations).toMatchObject({
      'compliance.gov/allowed-regions': 'eu-central-1,eu-west-1',
      'compliance.gov/updated-at': expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:]+Z$/),
    });
  });
});

function volume(zone: string, namespace: string) {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: `pv-${zone}-${namespace}`, labels: { 'topology.kubernetes.io/zone': zone } },
    spec: {
      capacity: { storage: '1Gi' },
      accessModes: ['ReadWriteOnce'],
      claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name: 'data' },
      csi: { driver: 'ebs.csi.aws.com', volumeHandle: 'vol-1' },
    },
  };
}

test('dryrun admits, and Gatekeeper counts what it would have refused', async () => {
  const namespace = await protect({ enforcementAction: 'dryrun' });
  expect(await refusalOf(admin.create(kinds.pod, pod('bare', namespace)))).toBe('');
  const constraint = await until(
    'the audit',
    async () => {
      const found = await constraintOf(admin, `${namespace}/geo`);
      const { totalViolations = 0 } = (found?.status ?? {}) as { totalViolations?: number };
      return totalViolations > 0 && found;
    },
    { seconds: 240, everyMs: 500 },
  );
  expect(constraint.spec?.['enforcementAction']).toBe('dryrun');
});

test('warn admits, by an action of the engine that warns', async () => {
  const namespace = await protect({ enforcementAction: 'warn' });
  expect(await refusalOf(admin.create(kinds.pod, pod('bare', namespace)))).toBe('');
  expect((await constraintOf(admin, `${namespace}/geo`))?.spec?.['enforcementAction']).toBe('warn');
});

test('two policies on one namespace: both bind, the older owns the marks and names the other', async () => {
  const namespace = await protect();
  const second = policy('pci', namespace, { targetNamespace: namespace, allowedRegions: ['eu-west-1', 'eu-north-1'] });
  await applyObject(admin, second);
  await phase(admin, `${namespace}/pci`, 'Active');
  const spec = { affinity: affinity(regionTerm('eu-central-1')) };
  expect(await refusalOf(admin.create(kinds.pod, pod('first-only', namespace, spec)))).toContain(`${namespace}/pci`);
  expect(
    await refusalOf(admin.create(kinds.pod, pod('both', namespace, { affinity: affinity(regionTerm('eu-west-1')) }))),
  ).toBe('');
  const marks = await until('the marks of both', async () => {
    const found = await admin.get<KubeObject>(kinds.namespace, { name: namespace });
    return found?.metadata.annotations?.['compliance.gov/allowed-regions'] === 'eu-west-1' && found.metadata;
  });
  expect(marks.labels?.['compliance.gov/policy-name']).toBe('geo');
  expect(marks.annotations?.['compliance.gov/other-policies']).toBe(`${namespace}/pci`);
});

test("a DaemonSet's pods are admitted although its controller replaces their affinity", async () => {
  const namespace = await protect();
  const node = {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: `node-${namespace}`, labels: { 'topology.kubernetes.io/region': 'eu-west-1' } },
  };
  await admin.create(kinds.node, node);
  const labels = { app: 'agent' };
  const template = {
    metadata: { labels },
    spec: {
      ...pod('x', namespace).spec,
      affinity: affinity(regionTerm('eu-west-1')),
      tolerations: [{ operator: 'Exists' }],
    },
  };
  const set = {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'agent', namespace },
    spec: { selector: { matchLabels: labels }, template },
  };
  await admin.create(kindOf(set), set);
  const made = await until('its pod', async () => (await admin.list<KubeObject>(kinds.pod, { namespace })).items[0]);
  expect(made.metadata.ownerReferences?.[0]?.kind).toBe('DaemonSet');
  const forged = { ...pod('forged', namespace), metadata: { ...made.metadata, name: 'forged' } };
  const { uid: _, resourceVersion: __, ...metadata } = forged.metadata as unknown as Record<string, unknown>;
  expect(await refusalOf(admin.create(kinds.pod, { ...forged, metadata }))).toContain('may leave');
  await admin.delete(kinds.node, { name: `node-${namespace}` });
});
