/** A control cluster and a workload cluster, each with an API server and an operator of its own. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createLogger } from '../../lib/log.ts';
import { Federation } from '../../services/sovereignty/federation.ts';
import type { KubeClient } from '../../services/sovereignty/kube/client.ts';
import { kinds } from '../../services/sovereignty/kube/kinds.ts';
import type { SovereignPolicy } from '../../services/sovereignty/sovereign-policy.ts';
import {
  freshNamespace,
  getPolicy,
  home,
  phase,
  type Running,
  reasonsIn,
  refusalOf,
  removePolicies,
  startOperator,
  substrate,
} from './harness.ts';
import { applyObject, pod, policy } from './objects.ts';
import { type ApiServer, adminToken, bootApiServer, kubeconfigOf, startApiServer } from './substrate/api-server.ts';
import { kill, until } from './substrate/program.ts';
import { clientFor, ensureNamespace, prepareCluster } from './substrate/substrate.ts';

let control: KubeClient;
let workload: KubeClient;
let server: ApiServer;
let central: Running;
let regional: Running;
let drifts = 0;

beforeAll(async () => {
  const { main, etcd, root } = substrate();
  control = await clientFor(main);
  server = await startApiServer(root, etcd, 'workload-eu');
  workload = await clientFor(server);
  await prepareCluster(workload);
  regional = await startOperator({ engine: 'admission-policy' }, { client: await clientFor(server) });
  const limits = { qps: 100, burst: 100, timeoutMs: 5000 };
  const log = createLogger({ level: 'silent' });
  const count = (): void => {
    drifts += 1;
  };
  central = await startOperator(
    {},
    {
      duties: ({ policies, recorder }) => [
        new Federation({
          client: control,
          policies,
          recorder,
          log,
          limits,
          settings: { namespace: home, silence: 5000 },
          onDrift: count,
        }),
      ],
    },
  );
  const metadata = { name: 'eu', namespace: home, labels: { 'compliance.federated.io/cluster': 'true' } };
  await control.apply(
    kinds.secret,
    { metadata, stringData: { kubeconfig: kubeconfigOf(server, adminToken) } },
    { fieldManager: 'test' },
  );
});
afterAll(async () => {
  await removePolicies(control);
  await central.close();
  await regional.close();
  await control.delete(kinds.secret, { namespace: home, name: 'eu' });
  kill(server.program);
  workload.close();
  control.close();
});

const copies = async (): Promise<readonly SovereignPolicy[]> =>
  (await workload.list<SovereignPolicy>(kinds.policy, { namespace: home })).items;
const stateOf = async (key: string) => (await getPolicy(control, key))?.status?.clusters?.[0];

test('a policy reaches the workload cluster, is enforced there, and its revision is acknowledged', async () => {
  const namespace = await freshNamespace(control, 'fed');
  await ensureNamespace(workload, namespace);
  await applyObject(control, policy('geo', namespace, { targetNamespace: namespace, clusters: ['*'] }));
  const key = `${namespace}/geo`;
  await phase(control, key, 'Active');
  const synced = await until('Synced', async () => {
    const state = await stateOf(key);
    return state?.state === 'Synced' && state;
  });
  expect(synced).toMatchObject({ name: 'eu', phase: 'Active', acknowledged: synced.revision });
  await until('the refusal there', async () =>
    (await refusalOf(workload.create(kinds.pod, pod('bare', namespace)))).includes('may leave'),
  );

  // A change is a new revision.
  await applyObject(
    control,
    policy('geo', namespace, { targetNamespace: namespace, clusters: ['*'], allowedRegions: ['eu-north-1'] }),
  );
  const second = await until('the new revision', async () => {
    const state = await stateOf(key);
    return state?.state === 'Synced' && state.revision !== synced.revision && state;
  });
  expect(second.acknowledged).toBe(second.revision);
  expect((await copies())[0]?.spec.allowedRegions).toEqual(['eu-north-1']);

  // Drift: somebody widens the copy, then deletes it.
  const [copy] = await copies();
  const name = copy?.metadata.name ?? '';
  await workload.patch(
    kinds.policy,
    { namespace: home, name },
    { spec: { allowedRegions: ['us-east-1'] } },
    { fieldManager: 'somebody' },
  );
  await until('mended', async () => (await copies())[0]?.spec.allowedRegions[0] === 'eu-north-1');
  await until('the drift', async () => drifts === 1);
  await workload.delete(kinds.policy, { namespace: home, name });
  await until('made again', async () => drifts === 2 && (await copies()).length === 1);
  await until('the event', async () => (await reasonsIn(control, namespace)).includes('DriftMended'));

  // The cluster is away: said, and made good when it is back.
  kill(server.program);
  await applyObject(
    control,
    policy('geo', namespace, { targetNamespace: namespace, clusters: ['eu'], allowedRegions: ['eu-south-1'] }),
  );
  await until('Unreachable', async () => (await stateOf(key))?.state === 'Unreachable');
  server = { ...server, program: await bootApiServer(server) };
  await until(
    'Synced again',
    async () =>
      (await stateOf(key))?.state === 'Synced' && (await copies())[0]?.spec.allowedRegions[0] === 'eu-south-1',
    { seconds: 240 },
  );

  // It goes from both.
  await control.delete(kinds.policy, { namespace, name: 'geo' });
  await until('the end', async () => (await getPolicy(control, key)) === undefined && (await copies()).length === 0);
});

test('a kubeconfig that would run a program on the control cluster is refused, and said', async () => {
  const namespace = await freshNamespace(control, 'exec');
  const config = JSON.parse(kubeconfigOf(server, adminToken)) as { users: { user: object }[] };
  config.users[0]!.user = {
    exec: { apiVersion: 'client.authentication.k8s.io/v1', command: '/bin/true', interactiveMode: 'Never' },
  };
  const metadata = { name: 'evil', namespace: home, labels: { 'compliance.federated.io/cluster': 'true' } };
  await control.apply(
    kinds.secret,
    { metadata, stringData: { kubeconfig: JSON.stringify(config) } },
    { fieldManager: 'test' },
  );
  await applyObject(control, policy('geo', namespace, { targetNamespace: namespace, clusters: ['evil'] }));
  const refused = await until('the refusal', async () => {
    const state = await stateOf(`${namespace}/geo`);
    return state?.state === 'Refused' && state;
  });
  expect(refused.message).toContain('no plugin and no file');
  await control.delete(kinds.secret, { namespace: home, name: 'evil' });
  await until('no more of it', async () => (await stateOf(`${namespace}/geo`)) === undefined);
});

test('a GitOps tool writes a revision on the policy, and the status acknowledges it once it is in force', async () => {
  const namespace = await freshNamespace(control, 'gitops');
  const object = policy('geo', namespace, { targetNamespace: namespace });
  const annotations = { 'compliance.federated.io/revision': '4f2c1d9' };
  await applyObject(control, { ...object, metadata: { ...object.metadata, annotations } });
  await until(
    'acknowledged',
    async () => (await getPolicy(control, `${namespace}/geo`))?.status?.acknowledgedRevision === '4f2c1d9',
  );
});
