/** The seed's table of failures, each on the real API server. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { enforcementName } from '../../services/sovereignty/enforcement.ts';
import type { KubeClient } from '../../services/sovereignty/kube/client.ts';
import { kinds } from '../../services/sovereignty/kube/kinds.ts';
import type { KubeObject } from '../../services/sovereignty/kube/objects.ts';
import type { OnExpiry } from '../../services/sovereignty/sovereign-policy.ts';
import {
  constraintOf,
  eventually,
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
  untilGranted,
} from './harness.ts';
import { applyObject, kindOf, pod, policy } from './objects.ts';
import { auditOf, bootApiServer } from './substrate/api-server.ts';
import { kill, until } from './substrate/program.ts';
import { clientFor, ensureNamespace, load, save } from './substrate/substrate.ts';

let admin: KubeClient;
let running: Running;
const authors = [{ namespace: 'team-*', targets: ['shared-*'], user: 'team-finance', groups: ['team-finances'] }];

beforeAll(async () => {
  admin = await clientFor(substrate().main);
  running = await startOperator({ authors });
});
afterEach(async () => {
  await removePolicies(admin);
  running.alerts.length = 0;
});
afterAll(async () => {
  await running.close();
  admin.close();
});

describe('the target namespace does not exist', () => {
  test('gives Failed with a message and an alert, and stands as soon as it is there', async () => {
    await applyObject(admin, policy('early', home, { targetNamespace: 'not-yet-there' }));
    const failed = await phase(admin, `${home}/early`, 'Failed');
    expect(failed.status?.message).toBe('target namespace not-yet-there does not exist');
    expect(failed.status?.constraintCreated).toBe(false);
    const alert = { policy: `${home}/early`, reason: 'NamespaceMissing', resolved: false };
    await eventually('the alert', () => expect(running.alerts).toEqual([expect.objectContaining(alert)]));
    await ensureNamespace(admin, 'not-yet-there');
    await phase(admin, `${home}/early`, 'Active');
    await eventually('its end', () => expect(running.alerts.at(-1)).toMatchObject({ resolved: true }));
  });
});

describe('the constraint cannot be written', () => {
  test('gives Failed with constraintCreated=false, is tried again after 5 s, and stands once it can', async () => {
    const namespace = await freshNamespace(admin, 'refused');
    await forbidConstraints(`${namespace}-geo`);
    await applyObject(admin, policy('geo', namespace, { targetNamespace: namespace }));
    const failed = await phase(admin, `${namespace}/geo`, 'Failed');
    expect(failed.status).toMatchObject({
      constraintCreated: false,
      message: expect.stringContaining('not in this test'),
    });
    await eventually('the alert', () => expect(running.alerts).toHaveLength(1));
    const marks = await admin.get<KubeObject>(kinds.namespace, { name: namespace });
    expect(marks?.metadata.labels?.['compliance.gov/policy-name']).toBeUndefined();
    await allowConstraints();
    const active = await phase(admin, `${namespace}/geo`, 'Active');
    expect(active.status?.constraintCreated).toBe(true);
    await eventually('the events', async () =>
      expect(await reasonsIn(admin, namespace)).toEqual(expect.arrayContaining(['ConstraintFailed', 'Enforced'])),
    );
  });
});

/** The API server itself refuses one constraint: as an overloaded or wrongly configured cluster might. */
async function forbidConstraints(prefix: string): Promise<void> {
  const rule = {
    apiGroups: ['constraints.gatekeeper.sh'],
    apiVersions: ['*'],
    operations: ['CREATE', 'UPDATE'],
    resources: ['*'],
  };
  await applyObject(admin, {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: 'no-constraints' },
    spec: {
      failurePolicy: 'Fail',
      matchConstraints: { resourceRules: [rule] },
      validations: [{ expression: `!object.metadata.name.startsWith('${prefix}')`, message: 'not in this test' }],
    },
  });
  await applyObject(admin, {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name: 'no-constraints' },
    spec: { policyName: 'no-constraints', validationActions: ['Deny'] },
  });
  const probe = {
    metadata: { name: `${prefix}-probe` },
    spec: { parameters: { policy: 'x', namespace: 'x', allowedRegions: ['x'] } },
  };
  await until('the refusal', async () => {
    const message = await refusalOf(admin.apply(kinds.constraint, probe, { fieldManager: 'test' }));
    return message.includes('not in this test');
  });
  await admin.delete(kinds.constraint, { name: `${prefix}-probe` });
}

async function allowConstraints(): Promise<void> {
  await admin.delete(kinds.admissionBinding, { name: 'no-constraints' });
  await admin.delete(kinds.admissionPolicy, { name: 'no-constraints' });
}

describe('the policy is not valid', () => {
  test.each([
    ['no regions', { allowedRegions: [] as string[] }, 'should have at least 1 items'],
    ['a region twice', { allowedRegions: ['eu-west-1', 'eu-west-1'] }, 'a region is named twice'],
    ['an action that is none', { enforcementAction: 'block' as never }, 'Unsupported value: "block"'],
    ['a date that is none', { expiryDate: 'tomorrow' }, 'must be of type date-time'],
    [
      'an exclusion of its own target',
      { excludedNamespaces: ['default'] },
      'targetNamespace must not be one of excludedNamespaces',
    ],
    ['onExpiry without a date', { onExpiry: 'remove' as const }, 'onExpiry needs an expiryDate'],
  ])('%s: the API server refuses it', async (_, spec, message) => {
    expect(
      await refusalOf(applyObject(admin, policy('wrong', 'default', { targetNamespace: 'default', ...spec }))),
    ).toContain(message);
  });

  test('the target cannot be changed', async () => {
    await applyObject(admin, policy('fixed', 'default', { targetNamespace: 'default' }));
    const moved = applyObject(admin, policy('fixed', 'default', { targetNamespace: 'other' }));
    expect(await refusalOf(moved)).toContain('targetNamespace is immutable');
  });

  test('what the schema cannot see gives Failed, and the operator goes on', async () => {
    const namespace = await freshNamespace(admin, 'glob');
    await applyObject(admin, policy('glob', namespace, { targetNamespace: namespace, excludedNamespaces: ['glob-*'] }));
    const failed = await phase(admin, `${namespace}/glob`, 'Failed');
    expect(failed.status?.message).toContain('spec.excludedNamespaces has glob-*');
    await applyObject(admin, policy('right', namespace, { targetNamespace: namespace }));
    await phase(admin, `${namespace}/right`, 'Active');
  });
});

describe('the author', () => {
  test('may not target another namespace that nobody allowed', async () => {
    const [from, target] = [await freshNamespace(admin, 'alone'), await freshNamespace(admin, 'shared')];
    await applyObject(admin, policy('grab', from, { targetNamespace: target }));
    const failed = await phase(admin, `${from}/grab`, 'Failed');
    expect(failed.status?.message).toContain(`lets no policy of namespace ${from} target ${target}`);
    expect(await constraintOf(admin, `${from}/grab`)).toBeUndefined();
  });

  test('may target it when the allow-list and the right to label it agree', async () => {
    const [from, target] = [await freshNamespace(admin, 'team'), await freshNamespace(admin, 'shared')];
    await applyObject(admin, policy('geo', from, { targetNamespace: target }));
    const failed = await phase(admin, `${from}/geo`, 'Failed');
    expect(failed.status?.message).toBe(
      `team-finance may not label namespace ${target}, so its policies may not target it`,
    );
    const second = await freshNamespace(admin, 'shared');
    await grantLabelling(second);
    await applyObject(admin, policy('geo2', from, { targetNamespace: second }));
    await phase(admin, `${from}/geo2`, 'Active');
  });
});

async function grantLabelling(namespace: string): Promise<void> {
  const name = `label-${namespace}`;
  const rules = [{ apiGroups: [''], resources: ['namespaces'], resourceNames: [namespace], verbs: ['patch'] }];
  const role = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name }, rules };
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name };
  const subjects = [{ kind: 'User', name: 'team-finance', apiGroup: 'rbac.authorization.k8s.io' }];
  await admin.create(kindOf(role), role);
  await admin.create(kindOf({ ...role, kind: 'ClusterRoleBinding' }), { metadata: { name }, roleRef, subjects });
  await untilGranted(admin, 'team-finance', { verb: 'patch', resource: 'namespaces', name: namespace });
}

describe('the policy expires', () => {
  /** It stands already when it is given its end: until then a slow machine need only say that it is still Active. */
  async function endingSoon(onExpiry: OnExpiry): Promise<{ namespace: string; expiryDate: string }> {
    const namespace = await freshNamespace(admin, 'expiry');
    await applyObject(admin, policy('geo', namespace, { targetNamespace: namespace }));
    await phase(admin, `${namespace}/geo`, 'Active');
    const expiryDate = `${new Date(Date.now() + 8000).toISOString().slice(0, 19)}Z`;
    await applyObject(admin, policy('geo', namespace, { targetNamespace: namespace, expiryDate, onExpiry }));
    await phase(admin, `${namespace}/geo`, 'Active');
    return { namespace, expiryDate };
  }

  test.each([
    ['keep', 'deny'],
    ['dryrun', 'dryrun'],
  ] as const)('by timer; with onExpiry %s the constraint then says %s', async (onExpiry, action) => {
    const { namespace, expiryDate } = await endingSoon(onExpiry);
    const expired = await phase(admin, `${namespace}/geo`, 'Expired');
    expect(expired.status?.message).toContain(`expired at ${expiryDate}`);
    const at = Date.parse(expired.status?.lastUpdated ?? '');
    expect(at - Date.parse(expiryDate)).toBeGreaterThanOrEqual(0);
    expect((await constraintOf(admin, `${namespace}/geo`))?.spec?.['enforcementAction']).toBe(action);
  });

  test('with onExpiry remove nothing is enforced any more, and the marks say since when', async () => {
    const { namespace } = await endingSoon('remove');
    expect(await refusalOf(admin.create(kinds.pod, pod('early', namespace)))).toContain('may leave');
    const expired = await phase(admin, `${namespace}/geo`, 'Expired');
    expect(expired.status?.constraintCreated).toBe(false);
    expect(await constraintOf(admin, `${namespace}/geo`)).toBeUndefined();
    await until(
      'an admitted pod',
      async () => (await refusalOf(admin.create(kinds.pod, pod('late', namespace)))) === '',
    );
    const marked = await admin.get<KubeObject>(kinds.namespace, { name: namespace });
    expect(marked?.metadata.annotations?.['compliance.gov/ended-at']).toBeDefined();
  });
});

describe('deletion', () => {
  test('takes the constraint away and keeps the marks as a trail', async () => {
    const namespace = await freshNamespace(admin, 'gone');
    await applyObject(admin, policy('geo', namespace, { targetNamespace: namespace }));
    await phase(admin, `${namespace}/geo`, 'Active');
    await admin.delete(kinds.policy, { namespace, name: 'geo' });
    await until('the end', async () => (await getPolicy(admin, `${namespace}/geo`)) === undefined);
    expect(await constraintOf(admin, `${namespace}/geo`)).toBeUndefined();
    const { metadata } = (await admin.get<KubeObject>(kinds.namespace, { name: namespace }))!;
    expect(metadata.labels?.['compliance.gov/policy-name']).toBe('geo');
    expect(metadata.annotations?.['compliance.gov/allowed-regions']).toBe('eu-central-1,eu-west-1');
    expect(metadata.annotations?.['compliance.gov/ended-at']).toBeDefined();
    await until(
      'an admitted pod',
      async () => (await refusalOf(admin.create(kinds.pod, pod('free', namespace)))) === '',
    );
  });

  test('a constraint whose policy went without us is swept', async () => {
    const namespace = await freshNamespace(admin, 'orphan');
    const left = {
      metadata: {
        name: enforcementName(`${namespace}/never`),
        labels: { 'app.kubernetes.io/managed-by': 'elava-sovereignty' },
        annotations: { 'compliance.federated.io/policy': `${namespace}/never` },
      },
      spec: {
        match: { namespaces: [namespace] },
        parameters: { policy: `${namespace}/never`, namespace, allowedRegions: ['eu-west-1'] },
      },
    };
    await admin.apply(kinds.constraint, left, { fieldManager: 'test' });
    await until('the sweep', async () => (await constraintOf(admin, `${namespace}/never`)) === undefined);
  });
});

describe('a constraint that somebody changes or deletes', () => {
  test('is mended', async () => {
    const namespace = await freshNamespace(admin, 'drift');
    await applyObject(admin, policy('geo', namespace, { targetNamespace: namespace }));
    await phase(admin, `${namespace}/geo`, 'Active');
    const name = enforcementName(`${namespace}/geo`);
    await admin.patch(
      kinds.constraint,
      { name },
      { spec: { enforcementAction: 'dryrun' } },
      { fieldManager: 'somebody' },
    );
    await until(
      'mended',
      async () => (await constraintOf(admin, `${namespace}/geo`))?.spec?.['enforcementAction'] === 'deny',
    );
    await admin.delete(kinds.constraint, { name });
    await until('made again', async () => constraintOf(admin, `${namespace}/geo`));
    await phase(admin, `${namespace}/geo`, 'Active');
  });
});

describe('the API server is away', () => {
  test('killed and started again: what was asked meanwhile is done, and nothing is done twice', async () => {
    const namespace = await freshNamespace(admin, 'outage');
    await applyObject(admin, policy('before', namespace, { targetNamespace: namespace }));
    await phase(admin, `${namespace}/before`, 'Active');
    const held = load(substrate().root);
    kill(held.main.program);
    await until('the outage', async () =>
      (await refusalOf(getPolicy(admin, `${namespace}/before`))).includes('ECONNREFUSED'),
    );
    const program = await bootApiServer(held.main);
    save({ ...held, main: { ...held.main, program } });
    await applyObject(admin, policy('after', namespace, { targetNamespace: namespace }));
    await phase(admin, `${namespace}/after`, 'Active');
    await phase(admin, `${namespace}/before`, 'Active');
    expect(await refusalOf(admin.create(kinds.pod, pod('bare', namespace)))).toContain('may leave');
  });

  test('frozen, so that no error is ever told: the watchdog makes new watches', async () => {
    const namespace = await freshNamespace(admin, 'frozen');
    await running.close();
    running = await startOperator({ authors, idleMs: 2000 });
    const { main } = load(substrate().root);
    const before = running.operator.reads.watches;
    kill(main.program, 'SIGSTOP');
    try {
      await until('new watches', async () => running.operator.reads.watches > before + 3);
    } finally {
      kill(main.program, 'SIGCONT');
    }
    await applyObject(admin, policy('geo', namespace, { targetNamespace: namespace }));
    await phase(admin, `${namespace}/geo`, 'Active');
  });
});

test('a policy that rests costs no calls', async () => {
  const namespace = await freshNamespace(admin, 'rest');
  await applyObject(admin, policy('geo', namespace, { targetNamespace: namespace }));
  const before = await phase(admin, `${namespace}/geo`, 'Active');
  const count = (): number =>
    auditOf(substrate().main).filter(
      ({ objectRef, verb }) =>
        objectRef?.resource === 'sovereignpolicies' && verb !== 'watch' && objectRef.name === 'geo',
    ).length;
  let first = -1;
  const isQuiet = async (): Promise<boolean> => {
    const last = first;
    first = count();
    return first === last;
  };
  await until('the last line of the audit log', isQuiet, { everyMs: 1000 });
  for (let i = 0; i < 3; i += 1) running.operator.enqueue(`${namespace}/geo`);
  await new Promise((resolve) => setTimeout(resolve, 1500));
  expect(count()).toBe(first);
  expect((await getPolicy(admin, `${namespace}/geo`))?.metadata.resourceVersion).toBe(before.metadata.resourceVersion);
});
