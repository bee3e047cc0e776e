/** The compliance scan, a duty of the leader: judges what runs at every change and each interval, and tells of it. */

import { codeOf, messageOf } from '../../lib/errors.ts';
import { lazily } from '../../lib/lazily.ts';
import type { Logger } from '../../lib/log.ts';
import { type Clock, sleep } from '../../lib/time.ts';
import { SCAN_MANAGER } from './field-manager.ts';
import type { Inventory } from './inventory.ts';
import type { Applied, KubeClient } from './kube/client.ts';
import { type Kind, kinds } from './kube/kinds.ts';
import type { Term } from './kube/lease.ts';
import { keyOf } from './kube/objects.ts';
import type { Recorder } from './kube/recorder.ts';
import { Reflector } from './kube/reflector.ts';
import type { Duty } from './operator.ts';
import { reportKinds, reportOf } from './reports.ts';
import { type ClusterNode, nodeView, podView, type RunningPod, type Volume, volumeView } from './running.ts';
import { violationKey, violationsIn } from './scan.ts';
import type { SovereignPolicy } from './sovereign-policy.ts';
import type { Violation } from './sovereignty.contract.ts';

export interface ComplianceOptions {
  readonly client: KubeClient;
  readonly policies: Reflector<SovereignPolicy>;
  readonly recorder: Recorder;
  readonly inventory: Inventory;
  readonly clock: Clock;
  readonly log: Logger;
  readonly intervalMs: number;
  readonly idleMs: number;
  readonly reports: boolean;
  /** Told of every scan: all that was found, and what is new in it. */
  readonly onScan: (found: readonly Violation[], fresh: readonly Violation[]) => Promise<void>;
}

interface Telling {
  readonly own: readonly Violation[];
  /** The kind of report that the cluster serves, if reports are wanted; the server is asked once a scan at most. */
  readonly reportKind: () => Promise<Kind | undefined>;
}

/** Changes come in bursts: a scan waits so long for the rest of one. */
const SETTLE_MS = 500;

export class Compliance implements Duty {
  readonly #options: ComplianceOptions;
  readonly #pods: Reflector<RunningPod>;
  readonly #volumes: Reflector<Volume>;
  readonly #nodes: Reflector<ClusterNode>;
  #changed: () => void = () => undefined;
  #found: readonly Violation[] = [];
  #known = new Set<string>();
  /** Violations told of each policy, so that only a change is written. */
  readonly #told = new Map<string, string>();
  #scanned = '';

  constructor(options: ComplianceOptions) {
    this.#options = options;
    const { client, log, idleMs } = options;
    const onChange = (): void => this.#changed();
    const shared = { client, log, idleMs, onChange };
    this.#pods = new Reflector<RunningPod>({ ...shared, kind: kinds.pod, project: podView });
    this.#volumes = new Reflector<Volume>({ ...shared, kind: kinds.volume, project: volumeView });
    this.#nodes = new Reflector<ClusterNode>({ ...shared, kind: kinds.node, project: nodeView });
  }

  get found(): readonly Violation[] {
    return this.#found;
  }

  /** When the last scan was, ISO 8601; "" before the first. */
  get scanned(): string {
    return this.#scanned;
  }

  policyChanged(): void {
    this.#changed();
  }

  async run(term: Term): Promise<void> {
    const copies = [this.#pods, this.#volumes, this.#nodes];
    const running = copies.map((copy) => copy.run(term.signal));
    const aborted = new Promise<void>((resolve) =>
      term.signal.addEventListener('abort', () => resolve(), { once: true }),
    );
    await Promise.race([aborted, Promise.all(copies.map((copy) => copy.synced))]);
    while (!term.signal.aborted) {
      const changed = new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
      await this.#scan(term);
      const wait = new AbortController();
      const signal = AbortSignal.any([term.signal, wait.signal]);
      await Promise.race([changed, sleep(this.#options.intervalMs, signal).catch(() => undefined)]);
      wait.abort();
      await sleep(SETTLE_MS, term.signal).catch(() => undefined);
    }
    await Promise.allSettled(running);
  }

  async #scan(term: Term): Promise<void> {
    const { policies, inventory, clock, log, onScan } = this.#options;
    try {
      await inventory.learn([...this.#nodes.values()].map(({ instance }) => instance));
      const now = clock.now();
      const estate = {
        policies: policies.values(),
        pods: this.#pods.values(),
        volumes: this.#volumes.values(),
        node: (name: string) => this.#nodes.get(name),
        instance: (id: string) => inventory.get(id),
      };
      const found = violationsIn(estate, now);
      const fresh = found.filter((one) => !this.#known.has(violationKey(one)));
      this.#found = found;
      this.#scanned = new Date(now).toISOString();
      await this.#tell(found, fresh, term);
      await onScan(found, fresh);
      this.#known = new Set(found.map(violationKey));
    } catch (error) {
      if (term.signal.aborted) return;
      log.warn({ code: codeOf(error), reason: messageOf(error) }, 'the compliance scan failed');
    }
  }

  async #tell(found: readonly Violation[], fresh: readonly Violation[], term: Term): Promise<void> {
    for (const one of fresh) this.#record(one);
    const reportKind = lazily(async () => (this.#options.reports ? await this.#reportKind(term) : undefined));
    const byPolicy = Map.groupBy(found, ({ policy }) => policy);
    for (const policy of this.#options.policies.values()) {
      await this.#tellOf(policy, { own: byPolicy.get(keyOf(policy.metadata)) ?? [], reportKind }, term);
    }
    for (const key of this.#told.keys()) if (!this.#options.policies.get(key)) this.#told.delete(key);
  }

  /** Only what is not written yet, or not as a report of the kind served now: a policy that was always clean costs nothing. */
  async #tellOf(policy: SovereignPolicy, { own, reportKind }: Telling, term: Term): Promise<void> {
    if (policy.metadata.deletionTimestamp !== undefined) return;
    const key = keyOf(policy.metadata);
    const before = this.#told.get(key) ?? ((policy.status?.violations ?? 0) === 0 ? '' : undefined);
    if (before === '' && own.length === 0) return;
    const kind = await reportKind();
    const digest = digestOf(own, kind);
    if (before === digest) return;
    await this.#count(policy, own, term);
    if (kind) await this.#report(kind, reportOf(policy, own, this.#options.clock.now()), term);
    this.#told.set(key, digest);
  }

  async #count(policy: SovereignPolicy, own: readonly Violation[], term: Term): Promise<void> {
    const { name, namespace = '' } = policy.metadata;
    const options = { fieldManager: SCAN_MANAGER, subresource: 'status', signal: term.fence() };
    const body = { metadata: { name, namespace }, status: { violations: own.length } };
    this.#options.policies.learn(await this.#options.client.apply<SovereignPolicy>(kinds.policy, body, options));
  }

  async #report(kind: Kind, report: Applied, term: Term): Promise<void> {
    await this.#options.client.apply(kind, report, { fieldManager: SCAN_MANAGER, signal: term.fence() });
  }

  async #reportKind(term: Term): Promise<Kind | undefined> {
    for (const kind of reportKinds) if (await this.#options.client.serves(kind, term.signal)) return kind;
    return undefined;
  }

  #record({ kind, namespace, name, policy, fault, message }: Violation): void {
    const about = kind === 'Pod' ? this.#pods.get(`${namespace}/${name}`) : this.#volumes.get(name);
    if (about)
      this.#options.recorder.record(about, {
        type: 'Warning',
        reason: 'OutsideRegions',
        message: `${policy} (${fault}): ${message}`,
      });
  }
}

/** "" when there is nothing to tell. */
function digestOf(own: readonly Violation[], kind: Kind | undefined): string {
  return own.length === 0 ? '' : [kind?.group, ...own.map(violationKey).toSorted()].join('\n');
}
