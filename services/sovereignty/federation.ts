/** Several clusters: a control cluster's policies reach workload clusters, whose kubeconfigs are Secrets beside the operator. */
import { isDeepStrictEqual } from 'node:util';
import { codeOf, messageOf } from '../../lib/errors.ts';
import type { Logger } from '../../lib/log.ts';
import { sleep } from '../../lib/time.ts';
import { ClusterLink } from './cluster-link.ts';
import { clusterStatus, isMeantFor, names, revisionOf } from './copies.ts';
import { SYNC_MANAGER } from './field-manager.ts';
import type { ClientOptions, KubeClient } from './kube/client.ts';
import { kinds } from './kube/kinds.ts';
import type { Term } from './kube/lease.ts';
import type { KubeObject } from './kube/objects.ts';
import type { Recorder } from './kube/recorder.ts';
import { Reflector } from './kube/reflector.ts';
import type { Duty } from './operator.ts';
import type { ClusterStatus, SovereignPolicy } from './sovereign-policy.ts';

interface Secret extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
}
export interface FederationOptions {
  readonly client: KubeClient;
  readonly policies: Reflector<SovereignPolicy>;
  readonly recorder: Recorder;
  readonly log: Logger;
  readonly limits: ClientOptions;
  readonly settings: { readonly namespace: string; readonly silence: number };
  readonly onDrift: () => void;
}

/** A Secret with this label and a key `kubeconfig` is a workload cluster, by the Secret's name. */
const CLUSTER_SELECTOR = 'compliance.federated.io/cluster=true';
const SETTLE_MS = 100;
const INTERVAL_MS = 30_000;

export class Federation implements Duty {
  readonly #options: FederationOptions;
  readonly #secrets: Reflector<Secret>;
  readonly #links = new Map<string, ClusterLink>();
  readonly #refused = new Map<string, string>();
  #changed: () => void = () => undefined;

  constructor(options: FederationOptions) {
    this.#options = options;
    const { client, log, settings } = options;
    this.#secrets = new Reflector<Secret>({
      client,
      kind: kinds.secret,
      namespace: settings.namespace,
      labelSelector: CLUSTER_SELECTOR,
      onChange: () => this.#changed(),
      log,
      idleMs: settings.silence,
    });
  }

  policyChanged(): void {
    this.#changed();
  }

  async run(term: Term): Promise<void> {
    const watching = this.#secrets.run(term.signal);
    while (!term.signal.aborted) {
      const changed = new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
      await this.#round(term);
      const wait = new AbortController();
      const signal = AbortSignal.any([term.signal, wait.signal]);
      await Promise.race([changed, sleep(INTERVAL_MS, signal).catch(() => undefined)]);
      wait.abort();
      await sleep(SETTLE_MS, term.signal).catch(() => undefined);
    }
    await watching;
    for (const name of this.#links.keys()) await this.#drop(name);
  }

  async withdraw(policy: SovereignPolicy, term: Term): Promise<void> {
    for (const link of this.#links.values()) if (names(policy.spec, link.name)) await link.withdraw(policy, term);
  }

  async #round(term: Term): Promise<void> {
    try {
      await this.#connect();
      await Promise.all([...this.#links.values()].map((link) => link.sync(this.#options.policies.values(), term)));
      for (const policy of this.#options.policies.values()) await this.#tell(policy, term);
    } catch (error) {
      if (term.signal.aborted) return;
      this.#options.log.warn({ code: codeOf(error), reason: messageOf(error) }, 'clusters not synced');
    }
  }

  /** A line for every Secret, a new one when its kubeconfig changed, none when it went. */
  async #connect(): Promise<void> {
    const { limits, log, settings, recorder, onDrift } = this.#options;
    const wanted = new Map([...this.#secrets.values()].map((secret) => [secret.metadata.name, kubeconfigIn(secret)]));
    for (const [name, link] of this.#links) if (wanted.get(name) !== link.kubeconfig) await this.#drop(name);
    for (const name of this.#refused.keys()) if (!wanted.has(name)) this.#refused.delete(name);
    for (const [name, kubeconfig] of wanted) {
      if (this.#links.has(name)) continue;
      const options = {
        name,
        kubeconfig,
        namespace: settings.namespace,
        limits,
        idleMs: settings.silence,
        log,
        onChange: () => this.#changed(),
        onDrift: (policy: SovereignPolicy, cluster: string) => {
          onDrift();
          log.warn({ policy: policy.metadata.name, cluster }, 'drift mended');
          recorder.record(policy, {
            type: 'Warning',
            reason: 'DriftMended',
            message: `its copy in ${cluster} had been changed`,
          });
        },
      };
      try {
        this.#links.set(name, await ClusterLink.open(options));
        this.#refused.delete(name);
      } catch (error) {
        this.#refused.set(name, messageOf(error));
      }
    }
  }

  async #drop(name: string): Promise<void> {
    const link = this.#links.get(name);
    this.#links.delete(name);
    await link?.close();
  }

  async #tell(policy: SovereignPolicy, term: Term): Promise<void> {
    if (policy.metadata.deletionTimestamp !== undefined) return;
    const clusters = this.#statusOf(policy);
    if (isDeepStrictEqual(clusters, policy.status?.clusters ?? [])) return;
    const { name, namespace = '' } = policy.metadata;
    const options = { fieldManager: SYNC_MANAGER, subresource: 'status', signal: term.fence() };
    const body = { metadata: { name, namespace }, status: { clusters } };
    this.#options.policies.learn(await this.#options.client.apply<SovereignPolicy>(kinds.policy, body, options));
  }

  #statusOf(policy: SovereignPolicy): ClusterStatus[] {
    const none = { revision: revisionOf(policy), acknowledged: '', phase: '' };
    const reached = [...this.#links.values()]
      .filter(({ name }) => isMeantFor(policy, name))
      .map((link): ClusterStatus => {
        if (link.fault === '') return clusterStatus(link.name, policy, link.copy(policy));
        return { ...none, name: link.name, state: 'Unreachable', message: link.fault };
      });
    const refused = [...this.#refused]
      .filter(([name]) => isMeantFor(policy, name))
      .map(([name, message]): ClusterStatus => ({ ...none, name, state: 'Refused', message }));
    return [...reached, ...refused].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }
}

function kubeconfigIn({ data = {} }: Secret): string {
  return Buffer.from(data['kubeconfig'] ?? '', 'base64').toString('utf8');
}
