/** The operator of one cluster: copies of what it reads, one queue of policies, one leader. */
import { isDeepStrictEqual } from 'node:util';
import type { Logger } from '../../lib/log.ts';
import type { Clock } from '../../lib/time.ts';
import { type Enforcement, POLICY_KEY, uptakeOf } from './enforcement.ts';
import { EngineState } from './engine.ts';
import type { KubeClient } from './kube/client.ts';
import { Controller } from './kube/controller.ts';
import { type Kind, kinds } from './kube/kinds.ts';
import { Lease, type Term } from './kube/lease.ts';
import { type KubeObject, keyOf } from './kube/objects.ts';
import { Recorder } from './kube/recorder.ts';
import { Reflector } from './kube/reflector.ts';
import type { OperatorSettings } from './operator-settings.ts';
import { Permissions } from './permission.ts';
import { enforcementView, namespaceView, policyView } from './projections.ts';
import { type Alert, PolicyReconciler } from './reconcile.ts';
import { REVISION, type SovereignPolicy } from './sovereign-policy.ts';
import { Writer } from './writer.ts';

/** What else a leader does: the scan, the copies in other clusters. It runs while the term lasts. */
export interface Duty {
  run(term: Term): Promise<void>;
  /** Takes back what it wrote for a policy that goes. */
  withdraw?(policy: SovereignPolicy, term: Term): Promise<void>;
  /** A policy came, changed or went. */
  policyChanged?(key: string): void;
}
export interface OperatorOptions {
  readonly client: KubeClient;
  readonly settings: OperatorSettings;
  readonly identity: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly onAlert: (alert: Alert) => void;
  readonly onReconciled?: (outcome: string, ms: number) => void;
  readonly duties?: (operator: Operator) => readonly Duty[];
}

/** After 5 s, after 30 s; then it has failed, and is tried on. */
const backoffMs = [5000, 30_000, 60_000, 120_000, 300_000] as const;

export class Operator {
  readonly policies: Reflector<SovereignPolicy>;
  readonly namespaces: Reflector<KubeObject>;
  readonly recorder: Recorder;
  readonly engine: EngineState;
  readonly lease: Lease;
  readonly #options: OperatorOptions;
  readonly #constraints: Reflector<Enforcement>;
  readonly #bindings: Reflector<Enforcement>;
  readonly #controller: Controller;
  readonly #reconciler: PolicyReconciler;
  readonly #duties: readonly Duty[];
  readonly #stop = new AbortController();
  readonly #running: Promise<void>[] = [];
  #term: Term | undefined;
  #ready = false;

  constructor(options: OperatorOptions) {
    const { client, settings, identity, clock, log } = options;
    this.#options = options;
    this.policies = this.#copyOf(kinds.policy, policyView, (...change) => this.#policyChanged(...change));
    this.namespaces = this.#copyOf(kinds.namespace, namespaceView, (...change) => this.#namespaceChanged(...change));
    this.#constraints = this.#enforcements('gatekeeper');
    this.#bindings = this.#enforcements('admission-policy');
    const { namespace } = settings;
    this.recorder = new Recorder({ client, component: 'elava-sovereignty', instance: identity, clock, log, namespace });
    this.engine = new EngineState({ client, choice: settings.engine, log, onChange: () => this.#addAll() });
    const timing = { durationMs: settings.leaseMs, retryMs: settings.leaseRetryMs };
    this.lease = new Lease({ client, namespace, name: 'elava-sovereignty', identity, ...timing, clock, log });
    this.#controller = new Controller({
      reconcile: async (attempt) => {
        const term = this.#term;
        return term ? await this.#reconciler.reconcile({ ...attempt, term }) : {};
      },
      concurrency: settings.concurrency,
      resyncMs: settings.resyncMs,
      backoffMs,
      log,
      ...(options.onReconciled ? { onDone: options.onReconciled } : {}),
    });
    this.#reconciler = this.#makeReconciler();
    this.#duties = options.duties?.(this) ?? [];
  }

  /** Starts to watch and to stand for the lead. */
  start(): void {
    const { signal } = this.#stop;
    const copies = [this.policies, this.namespaces, this.#constraints, this.#bindings];
    for (const copy of copies) this.#running.push(copy.run(signal));
    this.#running.push(this.#stand(copies, signal));
  }

  /** Ends the term, gives the lease back and waits until nothing is being written. */
  async close(): Promise<void> {
    this.#stop.abort();
    await Promise.allSettled(this.#running);
    await this.recorder.close();
  }

  /** Policies that wait to be looked at. */
  get depth(): number {
    return this.#controller.depth;
  }

  /** The copies are complete. */
  get ready(): boolean {
    return this.#ready;
  }

  /** Lists and watches of the copies since the start. */
  get reads(): { readonly lists: number; readonly watches: number } {
    const all = [this.policies, this.namespaces, this.#constraints, this.#bindings].map((copy) => copy.stats);
    return {
      lists: all.reduce((sum, one) => sum + one.lists, 0),
      watches: all.reduce((sum, one) => sum + one.watches, 0),
    };
  }

  enqueue(key: string): void {
    this.#controller.add(key);
  }

  async #stand(
    copies: readonly Reflector<never>[] | readonly { readonly synced: Promise<void> }[],
    signal: AbortSignal,
  ): Promise<void> {
    const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    await Promise.race([aborted, Promise.all(copies.map((copy) => copy.synced))]);
    if (signal.aborted) return;
    this.#ready = true;
    await this.lease.run(signal, async (term) => {
      this.#term = term;
      await this.engine.look(term);
      this.#addAll();
      const duties = this.#duties.map((duty) => duty.run(term));
      await Promise.all([this.engine.run(term), this.#controller.run(term.signal), ...duties]);
      this.#term = undefined;
    });
  }

  #makeReconciler(): PolicyReconciler {
    const { client, settings, clock, log, onAlert } = this.#options;
    const enforcements = { gatekeeper: this.#constraints, 'admission-policy': this.#bindings };
    return new PolicyReconciler({
      client,
      writer: new Writer({ client, enforcements, namespaces: this.namespaces, clock, log }),
      policies: this.policies,
      namespaces: this.namespaces,
      permissions: new Permissions(settings.authors, settings.namespace),
      engine: this.engine,
      recorder: this.recorder,
      clock,
      log,
      onAlert,
      withdraw: async (policy, term) => {
        for (const duty of this.#duties) await duty.withdraw?.(policy, term);
      },
    });
  }

  #copyOf<T extends KubeObject>(
    kind: Kind,
    project: (object: T) => T,
    onChange: (key: string, now: T | undefined, before: T | undefined) => void,
  ): Reflector<T> {
    const { client, log, settings } = this.#options;
    return new Reflector<T>({ client, log, idleMs: settings.idleMs, kind, project, onChange });
  }

  #enforcements(engine: 'gatekeeper' | 'admission-policy'): Reflector<Enforcement> {
    const { client, log, settings } = this.#options;
    return new Reflector<Enforcement>({
      client,
      log,
      idleMs: settings.idleMs,
      kind: engine === 'gatekeeper' ? kinds.constraint : kinds.admissionBinding,
      labelSelector: 'app.kubernetes.io/managed-by=elava-sovereignty',
      optional: true,
      project: enforcementView,
      onChange: (_, now, before) => {
        const policy = (now ?? before)?.metadata.annotations?.[POLICY_KEY];
        if (policy !== undefined && !sameEnforcement(now, before, engine)) this.#controller.add(policy);
      },
    });
  }

  #addAll(): void {
    for (const key of this.policies.keys()) this.#controller.add(key);
    for (const copy of [this.#constraints, this.#bindings]) {
      for (const one of copy.values()) this.#controller.add(one.metadata.annotations?.[POLICY_KEY] ?? '');
    }
  }

  #policyChanged(key: string, now: SovereignPolicy | undefined, before: SovereignPolicy | undefined): void {
    if (!isDeepStrictEqual(wishesOf(now), wishesOf(before))) {
      this.#controller.add(key);
      for (const duty of this.#duties) duty.policyChanged?.(key);
    }
    if (!now || isInForce(now) !== isInForce(before)) this.#addTargeting((now ?? before)?.spec?.targetNamespace, key);
    if (!now) this.#controller.forget(key);
  }

  #namespaceChanged(name: string, now: KubeObject | undefined, before: KubeObject | undefined): void {
    if (isDeepStrictEqual(facetsOf(now), facetsOf(before))) return;
    this.#addTargeting(name, '');
  }

  #addTargeting(target: string | undefined, except: string): void {
    for (const policy of this.policies.values()) {
      const key = keyOf(policy.metadata);
      if (policy.spec?.targetNamespace === target && key !== except) this.#controller.add(key);
    }
  }
}

/** What a policy asks for, as against what we say of it. */
function wishesOf(policy: SovereignPolicy | undefined): unknown {
  if (!policy) return undefined;
  const { generation, deletionTimestamp, finalizers, annotations, uid } = policy.metadata;
  return [uid, generation, deletionTimestamp, finalizers, annotations?.[REVISION]];
}

function isInForce(policy: SovereignPolicy | undefined): boolean {
  if (!policy || policy.metadata.deletionTimestamp !== undefined) return false;
  return policy.status?.conditions?.some((one) => one.type === 'Enforced' && one.status === 'True') === true;
}

function facetsOf(namespace: KubeObject | undefined): unknown {
  return namespace && [namespace.metadata.labels, namespace.metadata.annotations, namespace.metadata.deletionTimestamp];
}

function sameEnforcement(
  now: Enforcement | undefined,
  before: Enforcement | undefined,
  engine: 'gatekeeper' | 'admission-policy',
): boolean {
  if (!now || !before) return false;
  const facets = (one: Enforcement): unknown => [
    one.spec,
    one.metadata.annotations,
    one.metadata.labels,
    uptakeOf(one, engine),
  ];
  return isDeepStrictEqual(facets(now), facets(before));
}
