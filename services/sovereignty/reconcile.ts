/**
 * One policy: reads all state, writes what differs, says how it stands. It never asks what happened, so it may run at
 * any time, twice, or after a restart in the middle.
 */
import { codeOf, elavaError } from '../../lib/errors.ts';
import type { Logger } from '../../lib/log.ts';
import type { Clock } from '../../lib/time.ts';
import { againIn, failureOf, obstacleOf, settledOf, statusOf, type Verdict } from './decide.ts';
import { type Enforcement, enforcementName, uptakeOf } from './enforcement.ts';
import type { EngineState } from './engine.ts';
import { FIELD_MANAGER } from './field-manager.ts';
import type { KubeClient } from './kube/client.ts';
import type { Attempt, Outcome } from './kube/controller.ts';
import { kinds } from './kube/kinds.ts';
import type { Term } from './kube/lease.ts';
import { type KubeObject, keyOf } from './kube/objects.ts';
import type { Recorder } from './kube/recorder.ts';
import type { Reflector } from './kube/reflector.ts';
import type { Permissions } from './permission.ts';
import { FINALIZER, type Phase, type PolicyStatus, type SovereignPolicy } from './sovereign-policy.ts';
import type { Writer } from './writer.ts';

export interface Alert {
  readonly policy: string;
  readonly reason: string;
  readonly message: string;
  /** True when the policy stands again after it had failed. */
  readonly resolved: boolean;
}
export interface ReconcilerOptions {
  readonly client: KubeClient;
  readonly writer: Writer;
  readonly policies: Reflector<SovereignPolicy>;
  readonly namespaces: Reflector<KubeObject>;
  readonly permissions: Permissions;
  readonly engine: EngineState;
  readonly recorder: Recorder;
  readonly clock: Clock;
  readonly log: Logger;
  readonly onAlert: (alert: Alert) => void;
  /** Copies of the policy in workload clusters that must go before it may. */
  readonly withdraw: (policy: SovereignPolicy, term: Term) => Promise<void>;
}

export type PolicyAttempt = Attempt & { readonly term: Term };

export class PolicyReconciler {
  readonly #options: ReconcilerOptions;
  /** Policies that people were told have failed. */
  readonly #alerted = new Set<string>();

  constructor(options: ReconcilerOptions) {
    this.#options = options;
  }

  async reconcile(attempt: PolicyAttempt): Promise<Outcome> {
    const policy = this.#options.policies.get(attempt.key);
    if (!policy) return await this.#sweep(attempt);
    if (policy.metadata.deletionTimestamp !== undefined) return await this.#end(policy, attempt.term);
    const held = await this.#hold(policy, attempt.term);
    const { verdict, failed } = await this.#attempt(held, attempt);
    await this.#tell(held, verdict, attempt.term);
    if (failed !== undefined) return { failed };
    const againMs = againIn(held, verdict, this.#options.clock.now());
    return againMs === undefined ? {} : { againMs };
  }

  async #sweep({ key, term }: PolicyAttempt): Promise<Outcome> {
    if (await this.#options.writer.sweep(key, term))
      this.#options.log.warn({ policy: key }, 'constraint without a policy removed');
    return {};
  }

  /** The finalizer first: once a constraint stands, nothing may forget to take it away. */
  async #hold(policy: SovereignPolicy, term: Term): Promise<SovereignPolicy> {
    const { finalizers = [], resourceVersion, name, namespace = '' } = policy.metadata;
    if (finalizers.includes(FINALIZER)) return policy;
    const patch = { metadata: { resourceVersion, finalizers: [...finalizers, FINALIZER] } };
    const options = { fieldManager: FIELD_MANAGER, signal: term.fence() };
    const held = await this.#options.client.patch<SovereignPolicy>(kinds.policy, { namespace, name }, patch, options);
    this.#options.policies.learn(held);
    return held;
  }

  async #attempt(
    policy: SovereignPolicy,
    { term, failures }: PolicyAttempt,
  ): Promise<{ verdict: Verdict; failed?: unknown }> {
    const { engine, writer, permissions, client, namespaces } = this.#options;
    try {
      const found = engine.engine && writer.find(keyOf(policy.metadata), engine.engine);
      const obstacle = obstacleOf({
        policy,
        namespaceExists: namespaces.get(policy.spec?.targetNamespace ?? '') !== undefined,
        permission: await permissions.check(client, policy, term.signal),
        engineFault: engine.engine === undefined ? engine.fault : '',
        standing: found !== undefined,
      });
      if (obstacle) return { verdict: obstacle };
      return { verdict: await this.#enforce(policy, found, term) };
    } catch (error) {
      if (codeOf(error) === 'NOT_LEADER' || term.signal.aborted) throw error;
      return { verdict: failureOf(error, failures, policy.status), failed: error };
    }
  }

  /** The constraint before the marks: they must never claim what is not enforced. */
  async #enforce(policy: SovereignPolicy, found: Enforcement | undefined, term: Term): Promise<Verdict> {
    const { engine, writer, clock } = this.#options;
    const by = engine.engine;
    if (by === undefined) throw elavaError('KUBE_NOT_FOUND', engine.fault);
    const now = clock.now();
    const standing = await writer.enforce(policy, { engine: by, found, now }, term);
    await writer.mark(policy, { now, peers: this.#peers(policy) }, term);
    const uptake = standing ? uptakeOf(standing, by) : { enforced: false, why: '' };
    // Until the present engine enforces it the other one does, unless nothing is to be enforced any more.
    if (!standing || uptake.enforced) await writer.dropOther(policy, by, term);
    return settledOf(policy, uptake, now);
  }

  /** Other policies that are in force on the same namespace. */
  #peers(policy: SovereignPolicy): SovereignPolicy[] {
    const target = policy.spec.targetNamespace;
    return [...this.#options.policies.values()].filter(
      (one) =>
        one.spec?.targetNamespace === target &&
        one.metadata.uid !== policy.metadata.uid &&
        one.metadata.deletionTimestamp === undefined &&
        one.status?.conditions?.some(({ type, status }) => type === 'Enforced' && status === 'True') === true,
    );
  }

  async #tell(policy: SovereignPolicy, verdict: Verdict, term: Term): Promise<void> {
    const { clock, client, policies } = this.#options;
    const status = statusOf(policy, verdict, clock.now());
    if (!status) return;
    const { name, namespace = '', resourceVersion = '' } = policy.metadata;
    const metadata = { name, namespace, ...(resourceVersion === '' ? {} : { resourceVersion }) };
    const options = { fieldManager: FIELD_MANAGER, subresource: 'status', signal: term.fence() };
    policies.learn(await client.apply<SovereignPolicy>(kinds.policy, { metadata, status }, options));
    this.#announce(policy, verdict);
  }

  /** To the log, as an Event and to people; a message that only counts attempts is no news to them. */
  #announce(policy: SovereignPolicy, { phase, reason, message }: Verdict): void {
    const { log, recorder } = this.#options;
    const key = keyOf(policy.metadata);
    const { phase: before = '', conditions = [] } = policy.status ?? {};
    if (before === phase && reasonIn(conditions) === reason && phase !== 'Active') return;
    log.info({ policy: key, before, phase, reason }, message);
    if (reason !== 'AwaitingEngine')
      recorder.record(policy, { type: phase === 'Failed' ? 'Warning' : 'Normal', reason, message });
    this.#alert({ policy: key, reason, message, resolved: false }, phase);
  }

  #alert(alert: Alert, phase: Phase): void {
    if (phase === 'Failed') {
      this.#alerted.add(alert.policy);
      this.#options.onAlert(alert);
    } else if (phase !== 'Pending' && this.#alerted.delete(alert.policy)) {
      this.#options.onAlert({ ...alert, resolved: true });
    }
  }

  /** The policy goes: its constraint first, then, with the marks' trail closed, the finalizer. */
  async #end(policy: SovereignPolicy, term: Term): Promise<Outcome> {
    const { name, namespace = '', finalizers = [], resourceVersion } = policy.metadata;
    if (!finalizers.includes(FINALIZER)) return {};
    const { writer, clock, client, policies, recorder, log } = this.#options;
    await this.#options.withdraw(policy, term);
    const key = keyOf(policy.metadata);
    const wait = await writer.remove(key, term);
    if (wait > 0) return { againMs: wait };
    await writer.mark(policy, { now: clock.now(), peers: this.#peers(policy), ended: true }, term);
    const patch = { metadata: { resourceVersion, finalizers: finalizers.filter((one) => one !== FINALIZER) } };
    const options = { fieldManager: FIELD_MANAGER, signal: term.fence() };
    await client.patch(kinds.policy, { namespace, name }, patch, options);
    policies.drop(key);
    this.#alerted.delete(key);
    log.info({ policy: key, constraint: enforcementName(key) }, 'policy deleted, constraint removed');
    recorder.record(policy, {
      type: 'Normal',
      reason: 'Removed',
      message: `no longer enforced on ${policy.spec?.targetNamespace}`,
    });
    return {};
  }
}

function reasonIn(conditions: NonNullable<PolicyStatus['conditions']>): string {
  return conditions.find(({ type }) => type === 'Ready')?.reason ?? '';
}
