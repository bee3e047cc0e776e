/** The Helm chart: valid for the API server, hardened as asked, and its rights exactly those that the operator uses. */

import { execFileSync, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import { createLogger } from '../../lib/log.ts';
import { systemClock } from '../../lib/time.ts';
import { freePort } from '../../scripts/free-port.ts';
import { toolPath } from '../../scripts/k8s-substrate-build.ts';
import { Compliance } from '../../services/sovereignty/compliance.ts';
import { ADMISSION_POLICY } from '../../services/sovereignty/enforcement.ts';
import { Federation } from '../../services/sovereignty/federation.ts';
import { Inventory } from '../../services/sovereignty/inventory.ts';
import type { KubeClient } from '../../services/sovereignty/kube/client.ts';
import { kinds } from '../../services/sovereignty/kube/kinds.ts';
import type { KubeObject } from '../../services/sovereignty/kube/objects.ts';
import {
  eventually,
  freshNamespace,
  getPolicy,
  home,
  installReports,
  phase,
  refusalOf,
  removePolicies,
  startOperator,
  substrate,
  untilGranted,
} from './harness.ts';
import { applyObject, kindOf, pod, policy } from './objects.ts';
import { auditOf, kubeconfigOf } from './substrate/api-server.ts';
import { until } from './substrate/program.ts';
import { clientFor } from './substrate/substrate.ts';

const chart = 'deploy/helm/sovereignty';
type Rendered = KubeObject & { readonly [key: string]: any };

function render(...sets: string[]): Rendered[] {
  const args = ['template', 'sovereignty', chart, '-n', home, '--kube-version', '1.36.3'];
  for (const one of sets) args.push('--set', one);
  const text = execFileSync(toolPath('helm'), args, { encoding: 'utf8' });
  return parseAllDocuments(text)
    .map((document) => document.toJS() as Rendered)
    .filter((one) => one !== null);
}

const find = (objects: readonly Rendered[], kind: string, name = 'sovereignty'): Rendered => {
  const found = objects.find((one) => one.kind === kind && one.metadata.name === name);
  if (!found) throw new Error(`no ${kind} ${name}`);
  return found;
};

let admin: KubeClient;
const objects = render('federation.workload=true');
const operatorUser = `system:serviceaccount:${home}:sovereignty`;
const controlUser = `${operatorUser}-control`;

beforeAll(async () => {
  admin = await clientFor(substrate().main);
  for (const object of objects) await applyObject(admin, object);
  const policies = { verb: 'list', group: 'compliance.federated.io', resource: 'sovereignpolicies' };
  const leases = { verb: 'get', group: 'coordination.k8s.io', resource: 'leases', namespace: home };
  await untilGranted(admin, operatorUser, policies);
  await untilGranted(admin, operatorUser, leases);
  await untilGranted(admin, controlUser, { ...policies, namespace: home });
});
afterAll(async () => {
  for (const name of ['sovereignty-author']) {
    await admin.delete(kinds.admissionBinding, { name });
    await admin.delete(kinds.admissionPolicy, { name });
  }
  const running = await startOperator();
  await removePolicies(admin);
  await running.close();
  admin.close();
});

/** What a pod of the ServiceAccount would hold. */
async function tokenOf(serviceAccount: string): Promise<string> {
  const kind = { group: '', version: 'v1', kind: 'ServiceAccount', plural: 'serviceaccounts', namespaced: true };
  const request = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 3600 } };
  const body = { ...request, metadata: { namespace: home, name: serviceAccount } };
  const made = await admin.create<Rendered>(kind, body, { subresource: 'token' });
  return made['status'].token as string;
}

test('helm lint finds nothing', () => {
  const text = execFileSync(toolPath('helm'), ['lint', '--strict', chart], { encoding: 'utf8' });
  expect(text).toContain('0 chart(s) failed');
});

describe('the Deployment', () => {
  const { spec } = find(objects, 'Deployment');
  const inner = spec.template.spec;
  const [container] = inner.containers;

  test('has two replicas that never share a node', () => {
    expect(spec.replicas).toBe(2);
    const [rule] = inner.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution;
    expect(rule.topologyKey).toBe('kubernetes.io/hostname');
    expect(rule.labelSelector.matchLabels).toEqual(spec.selector.matchLabels);
  });

  test('is hardened and sized as the seed asks', () => {
    expect(inner.securityContext).toMatchObject({
      runAsNonRoot: true,
      runAsUser: 1000,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(container.resources).toEqual({
      requests: { cpu: '100m', memory: '256Mi' },
      limits: { cpu: '500m', memory: '512Mi' },
    });
  });

  test('is in the namespace of the operator, with Service, ConfigMap and NetworkPolicy', () => {
    for (const kind of ['Deployment', 'Service', 'ConfigMap', 'NetworkPolicy', 'PodDisruptionBudget']) {
      expect(find(objects, kind).metadata.namespace).toBe(home);
    }
  });

  test('runs the role by its own command, which gets ready and serves metrics', async () => {
    const { main, root } = substrate();
    const port = await freePort();
    const kubeconfig = join(root, 'sa.yaml');
    writeFileSync(kubeconfig, kubeconfigOf(main, await tokenOf('sovereignty')));
    const config = join(root, 'elava.yaml');
    writeFileSync(config, find(objects, 'ConfigMap')['data']['elava.yaml']);
    const env = {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      ELAVA_CONFIG: config,
      ELAVA_SOVEREIGNTY_KUBECONFIG: kubeconfig,
      ELAVA_SOVEREIGNTY_PORT: `${port}`,
      ELAVA_SOVEREIGNTY_HOST: '127.0.0.1',
    };
    const [, ...rest] = [...container.command, ...container.args];
    const child = spawn(process.execPath, rest, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    // Not `exit`, after which a pipe may still hold the last of the output.
    const closed = new Promise((resolve) => child.once('close', resolve));
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    try {
      await until('ready', async () => (await fetch(`http://127.0.0.1:${port}/readyz`)).ok);
      await until('the lead', async () =>
        (await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()).includes('elava_sovereignty_leader 1'),
      );
    } catch (error) {
      throw new Error(`${String(error)}\n${output}`);
    } finally {
      child.kill('SIGTERM');
      await closed;
    }
    expect(output).toContain('sovereignty operator runs');
  });
});

test('the author of a policy must be allowed to label its target, asked by the API server of the real user', async () => {
  const [own, target] = [await freshNamespace(admin, 'author'), await freshNamespace(admin, 'target')];
  const name = `write-${own}`;
  const rules = [
    { apiGroups: ['compliance.federated.io'], resources: ['sovereignpolicies'], verbs: ['create', 'patch'] },
    { apiGroups: [''], resources: ['namespaces'], resourceNames: [own], verbs: ['patch'] },
  ];
  const role = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name }, rules };
  const subjects = [{ kind: 'User', name: 'nobody', apiGroup: 'rbac.authorization.k8s.io' }];
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name };
  await admin.create(kindOf(role), role);
  await admin.create(kindOf({ ...role, kind: 'ClusterRoleBinding' }), { metadata: { name }, roleRef, subjects });
  const author = await clientFor(substrate().main, 'nobody-token');
  await until('the refusal', async () =>
    (await refusalOf(applyObject(author, policy('grab', own, { targetNamespace: target })))).includes(
      `nobody may not label namespace ${target}`,
    ),
  );
  expect(await refusalOf(applyObject(author, policy('mine', own, { targetNamespace: own })))).toBe('');
  author.close();
});

/** One whole life of the operator under the chart's ServiceAccount: both engines, reports, permission, clusters, deletion. */
async function live(): Promise<void> {
  // From the very beginning: what files before this one left would spare it its first writes.
  await admin.delete(kinds.lease, { namespace: home, name: 'elava-sovereignty' });
  await admin.delete(kinds.template, { name: 'k8sgeoresidency' });
  await admin.delete(kinds.admissionPolicy, { name: ADMISSION_POLICY });
  // By the garbage collector, which looks for kinds that it does not know yet each half minute.
  await until('no kind of constraint', async () => !(await admin.serves(kinds.constraint)), { seconds: 240 });
  const token = await tokenOf('sovereignty');
  const log = createLogger({ level: 'silent' });
  await installReports(admin);
  const authors = [{ namespace: 'life-*', targets: ['life-*'], user: '', groups: ['system:masters'] }];
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'self', namespace: home, labels: { 'compliance.federated.io/cluster': 'true' } },
    stringData: { kubeconfig: kubeconfigOf(substrate().main, await tokenOf('sovereignty-control')) },
  };
  await admin.apply(kinds.secret, secret, { fieldManager: 'test' });
  for (const engine of ['gatekeeper', 'admission-policy'] as const) {
    const client = await clientFor(substrate().main, token);
    const limits = { qps: 100, burst: 100, timeoutMs: 10_000 };
    const running = await startOperator(
      { engine, authors },
      {
        client,
        log,
        duties: ({ policies, recorder }) => [
          new Compliance({
            client,
            policies,
            recorder,
            inventory: new Inventory({ resources: async () => ({ resources: [], coverage: {} as never }) }, log),
            clock: systemClock,
            log,
            intervalMs: 60_000,
            idleMs: 90_000,
            reports: true,
            onScan: async () => undefined,
          }),
          new Federation({
            client,
            policies,
            recorder,
            log,
            limits,
            settings: { namespace: home, silence: 90_000 },
            onDrift: () => undefined,
          }),
        ],
      },
    );
    const [from, target] = [await freshNamespace(admin, 'life'), await freshNamespace(admin, 'life')];
    await admin.create(kinds.pod, pod('bare', target));
    const key = `${from}/geo`;
    await applyObject(admin, policy('geo', from, { targetNamespace: target, clusters: ['self'] }));
    await phase(admin, key, 'Active');
    await until('the copy', async () => (await getPolicy(admin, key))?.status?.clusters?.[0]?.state === 'Synced');
    await until('the report', async () => (await admin.list(kinds.openReport, { namespace: target })).items.length > 0);
    await applyObject(
      admin,
      policy('geo', from, { targetNamespace: target, clusters: ['self'], allowedRegions: ['eu-north-1'] }),
    );
    await phase(admin, key, 'Active');
    await admin.delete(kinds.policy, { namespace: from, name: 'geo' });
    await until('the end', async () => (await getPolicy(admin, key)) === undefined);
    await until('the events', async () => (await admin.list(kinds.event, { namespace: from })).items.length > 0);
    await running.close();
  }
  await admin.delete(kinds.secret, { namespace: home, name: 'self' });
}

/** `group resource verb`, with what the server checks besides: an apply that creates needs the right to create. */
function verbsUsed(user: string): { used: Set<string>; refused: string[] } {
  const used = new Set<string>();
  const refused: string[] = [];
  for (const { objectRef, verb, user: who, responseStatus } of auditOf(substrate().main)) {
    if (who.username !== user || objectRef?.resource === undefined) continue;
    const resource =
      objectRef.subresource === undefined ? objectRef.resource : `${objectRef.resource}/${objectRef.subresource}`;
    const entry = (what: string): string => `${objectRef.apiGroup ?? ''} ${resource} ${what}`;
    if (responseStatus?.code === 403) refused.push(entry(verb));
    used.add(entry(verb));
    if (verb === 'patch' && responseStatus?.code === 201) used.add(entry('create'));
  }
  return { used, refused };
}

function verbsGranted(...roles: Rendered[]): Set<string> {
  const granted = new Set<string>();
  for (const { rules } of roles as { rules?: { apiGroups: string[]; resources: string[]; verbs: string[] }[] }[]) {
    for (const { apiGroups, resources, verbs } of rules ?? []) {
      const things = apiGroups.flatMap((group) => resources.map((resource) => `${group} ${resource}`));
      for (const verb of verbs) for (const thing of things) granted.add(`${thing} ${verb}`);
    }
  }
  return granted;
}

test('the ServiceAccount needs every verb that the chart grants, and no other', async () => {
  await live();
  const granted = verbsGranted(find(objects, 'ClusterRole'), find(objects, 'Role'));
  // Asked by the API server when a binding names a policy as its parameter, so no request of ours shows it; and of the
  // two kinds of report a cluster serves one: the other is asked for by the same code.
  const unseen = new Set([
    'compliance.federated.io sovereignpolicies get',
    'wgpolicyk8s.io policyreports create',
    'wgpolicyk8s.io policyreports patch',
    ' events patch',
  ]);
  // A line of the audit log is written after the answer that it is about.
  await eventually('all verbs in the audit log', () => {
    const operator = verbsUsed(operatorUser);
    expect(operator.refused).toEqual([]);
    expect([...granted].filter((one) => !operator.used.has(one) && !unseen.has(one))).toEqual([]);
    expect([...operator.used].filter((one) => !granted.has(one) && !one.includes('/status patch'))).toEqual([]);
    const control = verbsUsed(controlUser);
    expect(control.refused).toEqual([]);
    expect([...verbsGranted(find(objects, 'Role', 'sovereignty-control'))].toSorted()).toEqual(
      [...control.used].toSorted(),
    );
  });
});
