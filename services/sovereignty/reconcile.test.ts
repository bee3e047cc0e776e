/** One policy's way, step by step, over a cluster that remembers what was written. The API server itself: test/sovereignty. */

import https from 'node:https';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createLogger } from '../../lib/log.ts';
import {
  type Enforcement,
  type Engine,
  enforcementKind,
  enforcementName,
  MANAGED_BY,
  POLICY_KEY,
} from './enforcement.ts';
import { EngineState } from './engine.ts';
import { type Applied, KubeClient, type Ref } from './kube/client.ts';
import { apiVersionOf, type Kind, kinds, pathOf } from './kube/kinds.ts';
import type { Term } from './kube/lease.ts';
import type { KubeObject } from './kube/objects.ts';
import { Recorder } from './kube/recorder.ts';
import { Reflector } from './kube/reflector.ts';
import { Permissions } from './permission.ts';
import { PolicyReconciler } from './reconcile.ts';
import { FINALIZER, type SovereignPolicy } from './sovereign-policy.ts';
import { Writer } from './writer.ts';

/** What the API server does with the calls of these tests, without one. */
class Cluster extends KubeClient {
  readonly objects = new Map<string, KubeObject>();
  hasGatekeeper = false;
  #version = 0;

  constructor() {
    const connection = { server: new URL('https://none.invalid'), agent: new https.Agent(), headers: async () => ({}) };
    super({ ...connection, close: () => undefined }, { qps: 1, burst: 1, timeoutMs: 1 });
  }
  put<T extends KubeObject>(kind: Kind, { metadata, ...rest }: Applied): T {
    const path = pathOf(kind, metadata);
    const before = this.objects.get(path);
    this.#version += 1;
    const made = {
      apiVersion: apiVersionOf(kind),
      kind: kind.kind,
      ...before,
      ...rest,
      metadata: { ...before?.metadata, ...metadata, resourceVersion: `${this.#version}` },
    };
    this.objects.set(path, made);
    return made as KubeObject as T;
  }
  override async serves(): Promise<boolean> {
    return this.hasGatekeeper;
  }
  override async get<T extends KubeObject>(kind: Kind, ref: Ref): Promise<T | undefined> {
    return this.objects.get(pathOf(kind, ref)) as T | undefined;
  }
  override async create<T extends KubeObject>(kind: Kind, object: object): Promise<T> {
    return this.put(kind, object as Applied);
  }
  override async apply<T extends KubeObject>(kind: Kind, object: Applied): Promise<T> {
    return this.put(kind, object);
  }
  override async patch<T extends KubeObject>(
    kind: Kind,
    ref: Ref,
    { metadata, ...rest }: Partial<KubeObject>,
  ): Promise<T> {
    return this.put(kind, { ...rest, metadata: { ...metadata, ...ref } });
  }
  override async delete(kind: Kind, ref: Ref): Promise<boolean> {
    return this.objects.delete(pathOf(kind, ref));
  }
}

const key = 'finance/eu';
const name = enforcementName(key);
const start = Date.parse('2026-11-22T10:00:00Z');
const stop = new AbortController();
const term: Term = { token: 1, signal: stop.signal, fence: () => stop.signal };
const log = createLogger({ level: 'silent' });

let cluster: Cluster;
let now: number;
let recorder: Recorder;
let engine: EngineState;
let policies: Reflector<SovereignPolicy>;
let enforcements: Record<Engine, Reflector<Enforcement>>;
let reconciler: PolicyReconciler;

beforeEach(async () => {
  cluster = new Cluster();
  now = start;
  const clock = { now: () => now };
  const copyOf = <T extends KubeObject>(kind: Kind): Reflector<T> =>
    new Reflector<T>({ client: cluster, kind, log, onChange: () => undefined });
  policies = copyOf(kinds.policy);
  enforcements = { gatekeeper: copyOf(kinds.constraint), 'admission-policy': copyOf(kinds.admissionBinding) };
  const namespaces = copyOf<KubeObject>(kinds.namespace);
  namespaces.learn({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'finance', resourceVersion: '1' } });
  recorder = new Recorder({ client: cluster, component: 'test', instance: 'test', clock, log, namespace: 'finance' });
  engine = new EngineState({ client: cluster, choice: 'auto', log, onChange: () => undefined });
  await engine.look(term);
  reconciler = new PolicyReconciler({
    client: cluster,
    writer: new Writer({ client: cluster, enforcements, namespaces, clock, log }),
    policies,
    namespaces,
    permissions: new Permissions([], 'finance'),
    engine,
    recorder,
    clock,
    log,
    onAlert: () => undefined,
    withdraw: async () => undefined,
  });
});
afterEach(() => recorder.close());

const policyAt = { namespace: 'finance', name: 'eu' };
/** The policy as the watch tells of it. */
function tell(metadata: object = {}, spec: Partial<SovereignPolicy['spec']> = {}): void {
  const known = { ...policyAt, uid: 'u1', generation: 1, finalizers: [FINALIZER] };
  const wanted = { targetNamespace: 'finance', allowedRegions: ['eu-west-1'], ...spec };
  policies.learn(cluster.put(kinds.policy, { metadata: { ...known, ...metadata }, spec: wanted }));
}
const tellDeleted = (): void => tell({ deletionTimestamp: '2026-11-22T10:00:00Z' });
const look = (of = key) => reconciler.reconcile({ key: of, failures: 0, signal: stop.signal, term });
const stands = (by: Engine): boolean => cluster.objects.has(pathOf(enforcementKind[by], { name }));
const isHeld = (): boolean =>
  cluster.objects.get(pathOf(kinds.policy, policyAt))?.metadata.finalizers?.includes(FINALIZER) ?? false;

/** A binding whose policy has gone without us. */
function leave(of: string): void {
  const metadata = { name: enforcementName(of), labels: MANAGED_BY, annotations: { [POLICY_KEY]: of } };
  enforcements['admission-policy'].learn(cluster.put(kinds.admissionBinding, { metadata }));
}

/** Gatekeeper takes the constraint up. */
function takeUp(): void {
  const status = { byPod: [{ enforced: true, observedGeneration: 0, operations: ['webhook'] }] };
  enforcements.gatekeeper.learn(cluster.put(kinds.constraint, { metadata: { name }, status }));
}

describe('a policy stays for three seconds after its binding has gone', () => {
  async function staysUntil(end: number): Promise<void> {
    tellDeleted();
    expect(await look()).toEqual({ againMs: end - now });
    now = end - 1;
    expect(await look()).toEqual({ againMs: 1 });
    expect(isHeld()).toBe(true);
    now = end;
    expect(await look()).toEqual({});
    expect(isHeld()).toBe(false);
  }

  test('when it is deleted', async () => {
    tell();
    await look();
    expect(stands('admission-policy')).toBe(true);
    await staysUntil(start + 3000);
    expect(stands('admission-policy')).toBe(false);
  });

  test('when its expiry took the binding a moment before', async () => {
    const expires = { expiryDate: '2026-11-22T10:00:10Z', onExpiry: 'remove' } as const;
    tell({}, expires);
    expect(await look()).toEqual({ againMs: 10_000 });
    now = start + 10_000;
    await look();
    expect(stands('admission-policy')).toBe(false);
    now += 1200;
    await staysUntil(start + 13_000);
  });

  test('when another engine took its place a moment before', async () => {
    tell();
    await look();
    cluster.hasGatekeeper = true;
    await engine.look(term);
    await look();
    expect([stands('gatekeeper'), stands('admission-policy')]).toEqual([true, true]);
    takeUp();
    await look();
    expect([stands('gatekeeper'), stands('admission-policy')]).toEqual([true, false]);
    now += 500;
    await staysUntil(start + 3000);
    expect(stands('gatekeeper')).toBe(false);
  });

  test('when it was made anew after it had gone without us', async () => {
    leave(key);
    await look();
    expect(stands('admission-policy')).toBe(false);
    now += 500;
    await staysUntil(start + 3000);
  });

  test('when the binding of another one goes meanwhile', async () => {
    tell();
    await look();
    tellDeleted();
    expect(await look()).toEqual({ againMs: 3000 });
    leave('finance/other');
    now += 1000;
    await look('finance/other');
    await staysUntil(start + 3000);
  });
});

describe('a policy goes at once', () => {
  async function goes(): Promise<void> {
    tellDeleted();
    expect(await look()).toEqual({});
    expect([stands('gatekeeper'), stands('admission-policy'), isHeld()]).toEqual([false, false, false]);
  }

  test("with Gatekeeper's constraint", async () => {
    cluster.hasGatekeeper = true;
    await engine.look(term);
    tell();
    await look();
    expect(stands('gatekeeper')).toBe(true);
    await goes();
  });

  test('three seconds after its expiry took the binding', async () => {
    tell({}, { expiryDate: '2026-11-22T10:00:10Z', onExpiry: 'remove' });
    await look();
    now = start + 10_000;
    await look();
    expect(stands('admission-policy')).toBe(false);
    now += 3000;
    await goes();
  });
});

test('an expiry that enforces nothing takes what another engine enforced too', async () => {
  cluster.hasGatekeeper = true;
  await engine.look(term);
  tell({}, { expiryDate: '2026-11-22T10:00:10Z', onExpiry: 'remove' });
  await look();
  expect(stands('gatekeeper')).toBe(true);
  cluster.hasGatekeeper = false;
  await engine.look(term);
  now = start + 10_000;
  await look();
  expect([stands('gatekeeper'), stands('admission-policy')]).toEqual([false, false]);
});
