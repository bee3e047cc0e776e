/** The line to one workload cluster: writes the copies of policies that are meant for it, and reads what became of them. */
import { codeOf, messageOf } from '../../lib/errors.ts';
import type { Logger } from '../../lib/log.ts';
import { COPY_LABEL, copyOf, isMeantFor, ORIGIN, stateOf } from './copies.ts';
import { SYNC_MANAGER } from './field-manager.ts';
import { type ClientOptions, KubeClient } from './kube/client.ts';
import { connectText } from './kube/connection.ts';
import { kinds } from './kube/kinds.ts';
import type { Term } from './kube/lease.ts';
import { keyOf } from './kube/objects.ts';
import { Reflector } from './kube/reflector.ts';
import { policyView } from './projections.ts';
import type { SovereignPolicy } from './sovereign-policy.ts';

export interface LinkOptions {
  readonly name: string;
  readonly kubeconfig: string;
  /** The operator's namespace, here and there. */
  readonly namespace: string;
  readonly limits: ClientOptions;
  readonly idleMs: number;
  readonly log: Logger;
  readonly onChange: () => void;
  /** The copy of a policy was changed by somebody else there, and is mended. */
  readonly onDrift: (policy: SovereignPolicy, cluster: string) => void;
}

export class ClusterLink {
  readonly name: string;
  readonly kubeconfig: string;
  readonly #options: LinkOptions;
  readonly #client: KubeClient;
  readonly #copies: Reflector<SovereignPolicy>;
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;
  /** Policies whose copy stood as it should: when one of these is absent, somebody took it away. */
  readonly #stood = new Set<string>();
  #ready = false;
  #fault = 'not reached yet';

  private constructor(options: LinkOptions, client: KubeClient) {
    this.name = options.name;
    this.kubeconfig = options.kubeconfig;
    this.#options = options;
    this.#client = client;
    const [[label, value] = ['', '']] = Object.entries(COPY_LABEL);
    this.#copies = new Reflector<SovereignPolicy>({
      client,
      kind: kinds.policy,
      namespace: options.namespace,
      labelSelector: `${label}=${value}`,
      project: policyView,
      onChange: options.onChange,
      log: options.log,
      idleMs: options.idleMs,
    });
    this.#running = this.#copies.run(this.#stop.signal);
    void this.#copies.synced.then(() => {
      this.#ready = true;
      this.#fault = '';
      options.onChange();
    });
  }

  /** Errors: KUBE_CONFIG. */
  static async open(options: LinkOptions): Promise<ClusterLink> {
    const connection = await connectText(options.kubeconfig);
    return new ClusterLink(options, new KubeClient(connection, options.limits));
  }

  /** "" while the cluster answers. */
  get fault(): string {
    return this.#fault;
  }

  copy(policy: SovereignPolicy): SovereignPolicy | undefined {
    const { namespace = '', name } = copyOf(policy, this.#options.namespace).metadata;
    return this.#copies.get(keyOf({ namespace, name }));
  }

  /** Brings every copy to what it should be; what one cluster refuses does not hold up another. */
  async sync(policies: Iterable<SovereignPolicy>, term: Term): Promise<void> {
    if (!this.#ready) return;
    const meant = [...policies].filter((policy) => isMeantFor(policy, this.name));
    try {
      for (const policy of meant) await this.#write(policy, term);
      const origins = new Set(meant.map(({ metadata }) => keyOf(metadata)));
      for (const copy of this.#copies.values()) {
        if (!origins.has(copy.metadata.annotations?.[ORIGIN] ?? '')) await this.#remove(copy, term);
      }
      this.#fault = '';
    } catch (error) {
      if (term.signal.aborted) throw error;
      this.#fault = `${codeOf(error)}: ${messageOf(error)}`;
      this.#options.log.warn(
        { cluster: this.name, code: codeOf(error), reason: messageOf(error) },
        'cluster not synced',
      );
    }
  }

  /** Takes the copy of a policy back. Errors: as of the call; a cluster that is away keeps the policy from going. */
  async withdraw(policy: SovereignPolicy, term: Term): Promise<void> {
    const { namespace = '', name } = copyOf(policy, this.#options.namespace).metadata;
    this.#stood.delete(keyOf(policy.metadata));
    await this.#client.delete(kinds.policy, { namespace, name }, {}, term.fence());
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#running;
    this.#client.close();
  }

  async #write(policy: SovereignPolicy, term: Term): Promise<void> {
    const wanted = copyOf(policy, this.#options.namespace);
    const key = keyOf(policy.metadata);
    const state = stateOf(this.copy(policy), wanted);
    if (state === 'current') {
      this.#stood.add(key);
      return;
    }
    const drifted = state === 'drifted' || (state === 'absent' && this.#stood.has(key));
    const options = { fieldManager: SYNC_MANAGER, signal: term.fence() };
    this.#copies.learn(await this.#client.apply<SovereignPolicy>(kinds.policy, wanted, options));
    if (drifted) this.#options.onDrift(policy, this.name);
  }

  async #remove({ metadata }: SovereignPolicy, term: Term): Promise<void> {
    if (metadata.deletionTimestamp !== undefined) return;
    const { name, namespace = '', uid } = metadata;
    await this.#client.delete(kinds.policy, { namespace, name }, uid === undefined ? {} : { uid }, term.fence());
  }
}
