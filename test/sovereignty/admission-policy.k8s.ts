/** The cases of the rule under ValidatingAdmissionPolicy, in a cluster that has no Gatekeeper. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { enforcementName } from '../../services/sovereignty/enforcement.ts';
import type { KubeClient } from '../../services/sovereignty/kube/client.ts';
import { kinds } from '../../services/sovereignty/kube/kinds.ts';
import type { PolicySpec } from '../../services/sovereignty/sovereign-policy.ts';
import { cases } from './cases.ts';
import { phase, type Running, refusalOf, startOperator, substrate } from './harness.ts';
import { applyObject, kindOf, pod, policy } from './objects.ts';
import { type ApiServer, startApiServer } from './substrate/api-server.ts';
import { kill, until } from './substrate/program.ts';
import { clientFor, ensureNamespace, prepareCluster } from './substrate/substrate.ts';

let server: ApiServer;
let admin: KubeClient;
let running: Running;

beforeAll(async () => {
  const { etcd, root } = substrate();
  server = await startApiServer(root, etcd, 'bare');
  admin = await clientFor(server);
  await prepareCluster(admin);
  running = await startOperator({ engine: 'auto' }, { client: await clientFor(server) });
  await ensureNamespace(admin, 'finance');
  await applyObject(admin, policy('finance-eu', 'finance', { targetNamespace: 'finance' }));
  await phase(admin, 'finance/finance-eu', 'Active');
  await until('enforcement', async () =>
    (await refusalOf(admin.create(kinds.pod, pod('probe', 'finance')))).includes('may leave'),
  );
});
afterAll(async () => {
  await running.close();
  admin.close();
  kill(server.program);
});

test('auto takes it where Gatekeeper is not installed', () => {
  expect(running.operator.engine.engine).toBe('admission-policy');
});

describe('the answers are those of the Rego', () => {
  test.each([...cases])('$name', async ({ object, faults }) => {
    const message = await refusalOf(admin.create(kindOf(object), object));
    if (faults.length === 0) expect(message).toBe('');
    else expect(message).toContain('may leave eu-central-1, eu-west-1 (policy finance/finance-eu)');
  });
});

test('a change of the policy is enforced at once, and dryrun lets pass', async () => {
  await applyObject(
    admin,
    policy('finance-eu', 'finance', { targetNamespace: 'finance', enforcementAction: 'dryrun' }),
  );
  await phase(admin, 'finance/finance-eu', 'Active');
  await until('an admitted pod', async () => (await refusalOf(admin.create(kinds.pod, pod('dry', 'finance')))) === '');
});

describe('no volume is refused for want of a policy that is gone', () => {
  test('whose binding went with it', async () => {
    await enforced({});
    await admin.delete(kinds.policy, home);
    expect(await refusedUntilGone('gone')).toEqual([]);
  });

  test('whose expiry took the binding a moment before', async () => {
    await enforced({});
    await enforced({ expiryDate: new Date(Date.now() + 8000).toISOString(), onExpiry: 'remove' });
    const binding = { name: enforcementName('finance/finance-eu') };
    await until('the end of the binding', async () => !(await admin.get(kinds.admissionBinding, binding)), {
      everyMs: 20,
    });
    await admin.delete(kinds.policy, home);
    expect(await refusedUntilGone('expired')).toEqual([]);
  });
});

const home = { namespace: 'finance', name: 'finance-eu' };

async function enforced(spec: Partial<PolicySpec>): Promise<void> {
  await applyObject(admin, policy('finance-eu', 'finance', { targetNamespace: 'finance', ...spec }));
  await phase(admin, 'finance/finance-eu', 'Active');
  await until('enforcement', async () =>
    (await refusalOf(admin.create(kinds.pod, pod('last', 'finance')))).includes('may leave'),
  );
}

/** What is said of volumes while the policy goes, and for a while after. */
async function refusedUntilGone(prefix: string): Promise<string[]> {
  const refusals: string[] = [];
  const probe = async (): Promise<void> => {
    refusals.push(await refusalOf(admin.create(kinds.volume, volume(`${prefix}-${refusals.length}`))));
  };
  await until(
    'the end of the policy',
    async () => {
      await probe();
      return (await admin.list(kinds.policy, { namespace: 'finance' })).items.length === 0;
    },
    { everyMs: 20 },
  );
  for (let i = 0; i < 60; i++) await probe();
  return refusals.filter((text) => text !== '');
}

function volume(name: string) {
  const spec = {
    capacity: { storage: '1Gi' },
    accessModes: ['ReadWriteOnce'],
    hostPath: { path: `/srv/${name}` },
  };
  return { apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name }, spec };
}
