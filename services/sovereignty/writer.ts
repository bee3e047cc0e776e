/** The operator's writes for a policy. Each passes the leader's fence and names the version that it was decided upon. */
import { elavaError } from '../../lib/errors.ts';
import type { Logger } from '../../lib/log.ts';
import type { Clock } from '../../lib/time.ts';
import {
  type Enforcement,
  type Engine,
  enforcementKind,
  enforcementName,
  enforcementOf,
  FENCE,
  isCurrent,
  POLICY_KEY,
} from './enforcement.ts';
import { FIELD_MANAGER } from './field-manager.ts';
import type { KubeClient } from './kube/client.ts';
import { kinds } from './kube/kinds.ts';
import type { Term } from './kube/lease.ts';
import { type KubeObject, keyOf } from './kube/objects.ts';
import type { Reflector } from './kube/reflector.ts';
import { endedMarks, hasMarks, type Marks, marksOf, UPDATED_AT } from './marks.ts';
import type { SovereignPolicy } from './sovereign-policy.ts';

export interface WriterOptions {
  readonly client: KubeClient;
  readonly enforcements: Readonly<Record<Engine, Reflector<Enforcement>>>;
  readonly namespaces: Reflector<KubeObject>;
  readonly clock: Clock;
  readonly log: Logger;
}
export interface Enforcing {
  readonly engine: Engine;
  readonly found: Enforcement | undefined;
  readonly now: number;
}
export interface Marking {
  readonly now: number;
  readonly peers: readonly SovereignPolicy[];
  /** The policy itself is on its way out. */
  readonly ended?: boolean;
}

const engines = ['gatekeeper', 'admission-policy'] as const;
/** API servers look once a second whether bindings have changed, and apply one that has gone until then. */
const unboundMs = 3000;

export class Writer {
  readonly #options: WriterOptions;
  /** Policies whose binding has gone, and until when an API server may apply it still, milliseconds. */
  readonly #unbound = new Map<string, number>();

  constructor(options: WriterOptions) {
    this.#options = options;
  }

  /** `key` is the policy's. */
  find(key: string, engine: Engine): Enforcement | undefined {
    return this.#options.enforcements[engine].get(enforcementName(key));
  }

  /** Brings the constraint to what it should be, in place. Gives it as it stands; undefined when it is to be none. */
  async enforce(
    policy: SovereignPolicy,
    { engine, found, now }: Enforcing,
    term: Term,
  ): Promise<Enforcement | undefined> {
    const wanted = enforcementOf(policy, engine, now);
    if (!wanted) {
      if (found) await this.#delete(keyOf(policy.metadata), engine, term);
      return undefined;
    }
    if (found && isCurrent(found, wanted)) return found;
    refuseOlder(found, term);
    const { client, enforcements, log } = this.#options;
    const { resourceVersion } = found?.metadata ?? {};
    const metadata = {
      ...wanted.metadata,
      annotations: { ...wanted.metadata.annotations, [FENCE]: `${term.token}` },
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
    };
    const options = { fieldManager: FIELD_MANAGER, signal: term.fence() };
    const written = await client.apply<Enforcement>(enforcementKind[engine], { ...wanted, metadata }, options);
    enforcements[engine].learn(written);
    log.debug({ constraint: metadata.name, engine }, found ? 'constraint updated' : 'constraint created');
    return written;
  }

  /** Takes away what another engine than the present one would still enforce. */
  async dropOther(policy: SovereignPolicy, engine: Engine, term: Term): Promise<void> {
    const key = keyOf(policy.metadata);
    for (const other of engines) {
      if (other !== engine && this.find(key, other)) await this.#delete(key, other, term);
    }
  }

  /**
   * Of a policy that goes: for so many milliseconds it must stay. An API server that still applies its binding when it is
   * gone refuses every volume of the cluster.
   */
  async remove(key: string, term: Term): Promise<number> {
    for (const engine of engines) await this.#delete(key, engine, term);
    return Math.max(0, (this.#unbound.get(key) ?? 0) - this.#options.clock.now());
  }

  /** Of a policy that went without us, such as one whose finalizer was taken off by hand. */
  async sweep(key: string, term: Term): Promise<boolean> {
    const left = engines.filter((engine) => this.find(key, engine)?.metadata.annotations?.[POLICY_KEY] === key);
    for (const engine of left) await this.#delete(key, engine, term);
    return left.length > 0;
  }

  /** The marks of the namespace, as all policies in force on it make them. */
  async mark(policy: SovereignPolicy, { now, peers, ended = false }: Marking, term: Term): Promise<void> {
    const namespace = this.#options.namespaces.get(policy.spec?.targetNamespace ?? '');
    if (!namespace || namespace.metadata.deletionTimestamp !== undefined) return;
    const at = `${new Date(now).toISOString().slice(0, 19)}Z`;
    const wanted = marksOf(ended ? peers : [policy, ...peers], now);
    if (!wanted) {
      const trail = endedMarks(namespace.metadata, policy, at);
      if (trail) await this.#mark(namespace, trail, term);
    } else if (!hasMarks(namespace.metadata, wanted)) {
      const annotations = { ...wanted.annotations, [UPDATED_AT]: at };
      await this.#mark(namespace, { labels: wanted.labels, annotations }, term);
    }
  }

  async #mark(namespace: KubeObject, marks: Marks, term: Term): Promise<void> {
    const { name, resourceVersion = '' } = namespace.metadata;
    const metadata = { name, resourceVersion, ...marks };
    const options = { fieldManager: FIELD_MANAGER, signal: term.fence() };
    const written = await this.#options.client.apply<KubeObject>(kinds.namespace, { metadata }, options);
    this.#options.namespaces.learn(written);
    this.#options.log.info({ namespace: name, ...marks }, 'namespace marked');
  }

  /** Asked of the server, not of the copy: what was just written may not be in it yet. */
  async #delete(key: string, engine: Engine, term: Term): Promise<void> {
    const found = this.find(key, engine);
    refuseOlder(found, term);
    const ref = { name: enforcementName(key) };
    const preconditions = found?.metadata.uid === undefined ? {} : { uid: found.metadata.uid };
    const gone = await this.#options.client.delete(enforcementKind[engine], ref, preconditions, term.fence());
    if (gone && engine === 'admission-policy') this.#unbind(key);
  }

  #unbind(key: string): void {
    const now = this.#options.clock.now();
    for (const [one, until] of this.#unbound) if (until <= now) this.#unbound.delete(one);
    this.#unbound.set(key, now + unboundMs);
  }
}

/** An object that a later leader wrote is not ours to write, whatever the clock says. */
function refuseOlder(found: KubeObject | undefined, { token }: Pick<Term, 'token'>): void {
  const written = Number(found?.metadata.annotations?.[FENCE] ?? 0);
  if (written > token)
    throw elavaError('NOT_LEADER', `term ${written} wrote ${found?.metadata.name}, this is term ${token}`);
}
