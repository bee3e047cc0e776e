/** What a process of a cluster holds beside its broker: the queue, whose turn it is to lead, and the link to NATS. */
import { SharedBudget } from './budget.ts';
import { KvCheckpoints } from './checkpoints.ts';
import type { Config } from './config/schema.ts';
import { elavaError } from './errors.ts';
import { JetStreamJobs, type JetStreamJobsOptions } from './jobs/jetstream-jobs.ts';
import { queueLags } from './jobs/lag.ts';
import { type Term, Terms, takeLease, tryLease } from './lease.ts';
import type { Logger } from './log.ts';
import type { Metrics } from './metrics.ts';
import { NatsLink } from './nats.ts';
import { systemClock } from './time.ts';

export interface ClusterParts {
  readonly nats: Config['nats'];
  readonly node: string;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly trace?: Pick<JetStreamJobsOptions, 'trace' | 'traced'>;
}

/** Jobs carry the term of this role's leader: only the scheduler plans work. */
const PLANNER = 'orchestrator';

/** What is told of whole units, and pages of resources with their bodies, do not fit into NATS' own default of 1 MiB. */
const MIN_PAYLOAD = 8_000_000;

export class Cluster {
  readonly link: NatsLink;
  readonly jobs: JetStreamJobs;
  /** Request rates that the processes share. */
  readonly budget: SharedBudget;
  /** How far long listings came. */
  readonly checkpoints: KvCheckpoints;
  readonly #parts: ClusterParts;
  readonly #held = new Map<string, Term>();
  #terms: Terms | undefined;
  #closing: Promise<void> | undefined;

  constructor(parts: ClusterParts) {
    const { nats, node, log, metrics, trace } = parts;
    this.#parts = parts;
    this.link = new NatsLink(nats, node);
    const { namespace: prefix, replicas } = nats;
    this.checkpoints = new KvCheckpoints({ link: this.link, prefix, replicas });
    this.budget = new SharedBudget({ link: this.link, prefix, replicas, clock: systemClock });
    this.jobs = new JetStreamJobs({
      link: this.link,
      log,
      prefix: nats.namespace,
      replicas: nats.replicas,
      capacity: nats.queue,
      ackWaitMs: nats.ack_wait,
      timeoutMs: nats.timeout,
      fence: () => this.#held.get(PLANNER)?.token,
      isStale: (fence) => this.#terms?.isStale(PLANNER, fence) ?? false,
      onSettled: (topic, outcome) => metrics.jobs.labels(topic, outcome).inc(),
      ...trace,
    });
  }

  /** Connects, so that a wrong address or password is said at start. Error: NATS_UNAVAILABLE. */
  async open(): Promise<void> {
    await this.jobs.open();
    this.#terms ??= await Terms.watch(this.link, this.#lease);
    const { max_payload: most = 0 } = (await this.link.connection()).info ?? {};
    if (most < MIN_PAYLOAD)
      this.#parts.log.warn(
        { max_payload: most, needed: MIN_PAYLOAD },
        'NATS takes smaller messages than answers may be',
      );
  }

  /** Waits for the lead of a role. Errors: CANCELLED, NATS_UNAVAILABLE. */
  async lead(role: string, signal: AbortSignal): Promise<Term> {
    const { node, log, metrics } = this.#parts;
    const leading = metrics.leading.labels(role);
    leading.set(0);
    const term = await takeLease(this.link, { ...this.#lease, key: role, me: node }, signal);
    this.#held.set(role, term);
    leading.set(1);
    log.info({ role, term: term.token }, 'this process leads');
    // The term stays: what is still on its way out carries it, and is known to be late.
    term.lost.addEventListener('abort', () => leading.set(0));
    return term;
  }

  /** A lead of which there are many, such as that of a shard; undefined where another has it. Error: NATS_UNAVAILABLE. */
  tryLead(key: string): Promise<Term | undefined> {
    return tryLease(this.link, { ...this.#lease, key, me: this.#parts.node });
  }

  /** The node that has the lead, as far as is known here. */
  holderOf(key: string): string | undefined {
    return this.#terms?.holderOf(key);
  }

  /** The token of the role's latest lead, to go with each write; undefined when this process never led it. */
  fence(role: string): number | undefined {
    return this.#held.get(role)?.token;
  }

  /** Sets the gauges of all queues; for one process of the cluster, that of the scheduler. */
  async measure(): Promise<void> {
    const { metrics, nats, log } = this.#parts;
    try {
      const { jsm } = await this.jobs.open();
      for (const { topic, waiting, dead } of await queueLags(jsm, nats.namespace)) {
        metrics.jobsWaiting.labels(topic).set(waiting);
        metrics.jobsDead.labels(topic).set(dead);
      }
    } catch (error) {
      log.warn({ error }, 'the queues could not be measured');
    }
  }

  /** Ready to work: connected, and not asked to stop. */
  get ready(): boolean {
    return this.link.up && this.#closing === undefined;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  get #lease() {
    const { namespace, lease, replicas } = this.#parts.nats;
    return { prefix: namespace, ttlMs: lease, replicas };
  }

  async #close(): Promise<void> {
    await this.jobs.close();
    this.#terms?.close();
    await Promise.all([...this.#held.values()].map((term) => term.release()));
    await this.link.close();
  }
}

/** Roles that one process at a time may have, in the order in which a process takes them: any other could block two. */
const leaders = ['history', 'orchestrator', 'attribution', 'reconciler'] as const;

/** Whether one of the roles is for one process at a time. */
export function leads(roles: readonly string[]): boolean {
  return leaders.some((role) => roles.includes(role));
}

/** Takes the lead of every role of the list that only one may have. The signal aborts when one of them is lost. */
export async function leadAll(
  cluster: Cluster,
  roles: readonly string[],
  signal: AbortSignal,
): Promise<{ readonly terms: readonly Term[]; readonly lost: AbortSignal }> {
  const terms: Term[] = [];
  try {
    for (const role of leaders) if (roles.includes(role)) terms.push(await cluster.lead(role, signal));
    return { terms, lost: AbortSignal.any(terms.map((term) => term.lost)) };
  } catch (error) {
    for (const term of terms) await term.release();
    throw signal.aborted ? elavaError('CANCELLED', 'the process is stopping', { cause: error }) : error;
  }
}
