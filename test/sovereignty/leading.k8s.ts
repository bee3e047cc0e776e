/** Several replicas, killed and frozen at any moment; and no moment without enforcement while policies change. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { FENCE } from '../../services/sovereignty/enforcement.ts';
import type { KubeClient } from '../../services/sovereignty/kube/client.ts';
import { kinds } from '../../services/sovereignty/kube/kinds.ts';
import type { KubeObject } from '../../services/sovereignty/kube/objects.ts';
import type { SovereignPolicy } from '../../services/sovereignty/sovereign-policy.ts';
import {
  constraintOf,
  freshNamespace,
  getPolicy,
  home,
  phase,
  refusalOf,
  removePolicies,
  startOperator,
  substrate,
} from './harness.ts';
import { applyObject, pod, policy } from './objects.ts';
import { isAlive, kill, type Program, startProgram, until } from './substrate/program.ts';
import { clientFor } from './substrate/substrate.ts';

let admin: KubeClient;
const replicas: Program[] = [];

beforeAll(async () => {
  admin = await clientFor(substrate().main);
});
afterEach(() => {
  for (const one of replicas.splice(0)) {
    kill(one, 'SIGCONT');
    kill(one);
  }
});
afterAll(async () => {
  const running = await startOperator();
  await removePolicies(admin);
  await running.close();
  admin.close();
});

function replica(identity: string, leaseMs = 6000): Program {
  const { main, root } = substrate();
  const args = [join(import.meta.dirname, 'replica.ts'), main.kubeconfig, identity, `${leaseMs}`];
  const one = startProgram(process.execPath, args, { name: identity, log: join(root, `${identity}.log`) });
  replicas.push(one);
  return one;
}

interface LeaseObject extends KubeObject {
  readonly spec: { readonly holderIdentity: string; readonly leaseTransitions: number };
}
const lease = async () => await admin.get<LeaseObject>(kinds.lease, { namespace: home, name: 'elava-sovereignty' });
const led = async (by: string) => await until(`${by} leads`, async () => (await lease())?.spec.holderIdentity === by);
const said = async ({ name, log }: Program, text: string) =>
  await until(`${name} says "${text}"`, async () => readFileSync(log, 'utf8').includes(text));

test('no unenforced moment during 100 updates, with a prober that creates bad pods', async () => {
  const running = await startOperator();
  const namespace = await freshNamespace(admin, 'gap');
  await applyObject(admin, policy('geo', namespace, { targetNamespace: namespace }));
  await phase(admin, `${namespace}/geo`, 'Active');
  const stop = new AbortController();
  const probed = { refused: 0, admitted: 0, other: [] as string[] };
  const probe = async (id: number): Promise<void> => {
    for (let i = 0; !stop.signal.aborted; i += 1) {
      const message = await refusalOf(admin.create(kinds.pod, pod(`bad-${id}-${i}`, namespace)));
      if (message === '') probed.admitted += 1;
      else if (message.includes('may leave')) probed.refused += 1;
      else probed.other.push(message);
    }
  };
  const probers = [probe(0), probe(1), probe(2)];
  for (let i = 0; i < 100 || (probed.refused <= 200 && i < 1000); i += 1) {
    const allowedRegions = i % 2 === 0 ? ['eu-north-1'] : ['eu-central-1', 'eu-west-1', 'eu-south-1'];
    await applyObject(admin, policy('geo', namespace, { targetNamespace: namespace, allowedRegions }));
    if (i % 10 === 9) await phase(admin, `${namespace}/geo`, 'Active');
  }
  await phase(admin, `${namespace}/geo`, 'Active');
  stop.abort();
  await Promise.all(probers);
  await running.close();
  expect(probed.other).toEqual([]);
  expect(probed.admitted).toBe(0);
  expect(probed.refused).toBeGreaterThan(200);
});

test('the leader is killed: another takes over, with a higher term', async () => {
  replica('first');
  await led('first');
  const before = (await lease())?.spec.leaseTransitions ?? 0;
  const namespace = await freshNamespace(admin, 'kill');
  await applyObject(admin, policy('one', namespace, { targetNamespace: namespace }));
  await phase(admin, `${namespace}/one`, 'Active');
  await said(replica('second'), 'policies are known');
  await new Promise((resolve) => setTimeout(resolve, 1500));
  expect((await lease())?.spec.holderIdentity).toBe('first');
  kill(replicas[0]!);
  await applyObject(admin, policy('two', namespace, { targetNamespace: namespace }));
  await phase(admin, `${namespace}/two`, 'Active');
  const after = await lease();
  expect(after?.spec).toMatchObject({ holderIdentity: 'second' });
  expect(after?.spec.leaseTransitions).toBeGreaterThan(before);
  expect(Number((await constraintOf(admin, `${namespace}/two`))?.metadata.annotations?.[FENCE])).toBe(
    after?.spec.leaseTransitions,
  );
});

test('a leader that was frozen past its lease writes nothing when it wakes', async () => {
  const frozen = replica('frozen');
  await led('frozen');
  const namespace = await freshNamespace(admin, 'fence');
  await applyObject(admin, policy('geo', namespace, { targetNamespace: namespace }));
  await phase(admin, `${namespace}/geo`, 'Active');
  kill(frozen, 'SIGSTOP');
  replica('awake');
  await led('awake');
  await applyObject(admin, policy('geo', namespace, { targetNamespace: namespace, allowedRegions: ['eu-north-1'] }));
  await phase(admin, `${namespace}/geo`, 'Active');
  const written = await constraintOf(admin, `${namespace}/geo`);
  kill(frozen, 'SIGCONT');
  await said(frozen, 'leads no more');
  await new Promise((resolve) => setTimeout(resolve, 4000));
  expect((await lease())?.spec.holderIdentity).toBe('awake');
  const later = await constraintOf(admin, `${namespace}/geo`);
  expect(later?.metadata.generation).toBe(written?.metadata.generation);
  expect(later?.metadata.annotations?.[FENCE]).toBe(written?.metadata.annotations?.[FENCE]);
  expect(isAlive(frozen)).toBe(true);
});

/** What is written into a policy that is on its way out goes with it. */
const ended = async (key: string) =>
  await until(
    `${key} goes no more`,
    async () => (await getPolicy(admin, key))?.metadata.deletionTimestamp === undefined,
  );

test('killed again and again while policies come, change and go: all end as they should', async () => {
  const namespace = await freshNamespace(admin, 'chaos');
  const wanted = new Map<string, string[]>();
  for (let round = 0; round < 6; round += 1) {
    const one = replica(`chaos-${round}`, 1500);
    for (let i = 0; i < 5; i += 1) {
      const [name, allowedRegions] = [`p${(round * 3 + i) % 12}`, [`eu-zone-${round}`]];
      await ended(`${namespace}/${name}`);
      await applyObject(admin, policy(name, namespace, { targetNamespace: namespace, allowedRegions }));
      wanted.set(name, allowedRegions);
    }
    await led(one.name);
    await new Promise((resolve) => setTimeout(resolve, round * 350));
    const gone = `p${round}`;
    if (wanted.delete(gone)) await admin.delete(kinds.policy, { namespace, name: gone });
    kill(one);
  }
  replica('last');
  for (const [name, allowedRegions] of wanted) {
    await phase(admin, `${namespace}/${name}`, 'Active');
    const { parameters } = ((await constraintOf(admin, `${namespace}/${name}`))?.spec ?? {}) as {
      parameters?: { allowedRegions: string[] };
    };
    expect(parameters?.allowedRegions).toEqual(allowedRegions);
  }
  await until('no policy but the wanted ones', async () => {
    const { items } = await admin.list<SovereignPolicy>(kinds.policy, { namespace });
    return items.length === wanted.size;
  });
  await until('no constraint but theirs', async () => {
    const { items } = await admin.list<KubeObject>(kinds.constraint);
    return (
      items.filter(({ metadata }) =>
        metadata.annotations?.['compliance.federated.io/policy']?.startsWith(`${namespace}/`),
      ).length === wanted.size
    );
  });
});
