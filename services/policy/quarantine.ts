/**
 * Remembers which policies of which revision took threads down, so that one that does it again and again is not tried
 * any more: each time costs a thread, and the batches beside it their time.
 */
import { type Culprit, linesOf, policiesOf, type WorkerTask } from './tasks.ts';
import type { Failure } from './voices.ts';

export interface QuarantineOptions {
  /** Milliseconds; any clock that goes forward. */
  readonly now: () => number;
  /** How long a policy that is not tried any more stays so; 600,000 ms. A machine that was only slow may be faster then. */
  readonly forMs?: number;
}

/** So many threads it may cost. */
const patience = 3;
/** Revisions that are remembered; the oldest goes. */
const maxRevisions = 1_000;

interface Record {
  times: number;
  /** When it last took a thread down. */
  last: number;
  readonly policies: Map<string, { times: number; failure: Failure }>;
}

/**
 * The policies of a tenant are quarantined together, by the revision of their bundle. Of our own bundle, in which one
 * policy must not silence the others, each stands for itself.
 */
export class Quarantine {
  readonly #options: Required<QuarantineOptions>;
  readonly #records = new Map<string, Record>();

  constructor(options: QuarantineOptions) {
    this.#options = { forMs: 600_000, ...options };
  }

  /** A thread was lost to a policy on these lines; to several policies, where it is not known to which of them. */
  lost(task: WorkerTask, culprits: readonly Culprit[], tenant?: string): void {
    const revision = revisionOf(task, tenant);
    const record = this.#records.get(revision) ?? { times: 0, last: 0, policies: new Map() };
    this.#records.delete(revision);
    this.#records.set(revision, record);
    record.times += 1;
    record.last = this.#options.now();
    const [first] = culprits;
    if (first && culprits.every(({ policy }) => policy === first.policy)) {
      const { policy, code, message } = first;
      const times = (record.policies.get(policy)?.times ?? 0) + 1;
      record.policies.set(policy, { times, failure: { code, message } });
    }
    const [oldest] = this.#records.keys();
    if (this.#records.size > maxRevisions && oldest !== undefined) this.#records.delete(oldest);
  }

  /** What is not to be tried of the task: a policy on every line of it. */
  held(task: WorkerTask, tenant: string | undefined): Culprit[] {
    const record = this.#current(revisionOf(task, tenant));
    if (!record) return [];
    const isHeld = (policy: string): boolean =>
      tenant === undefined ? (record.policies.get(policy)?.times ?? 0) >= patience : record.times >= patience;
    const policies = policiesOf(task).filter(isHeld);
    if (policies.length === 0) return [];
    const lines = linesOf(task.lines).length;
    return policies.flatMap((policy) => {
      const failure = { code: 'POLICY_QUARANTINED', message: messageFor(record, policy) } as const;
      return Array.from({ length: lines }, (_, line) => ({ line, policy, ...failure }));
    });
  }

  #current(revision: string): Record | undefined {
    const record = this.#records.get(revision);
    if (!record || this.#options.now() - record.last <= this.#options.forMs) return record;
    this.#records.delete(revision);
    return undefined;
  }
}

/** Two tenants may have the same policies: what one of them asks is not held against the other. */
function revisionOf({ bundle }: WorkerTask, tenant = ''): string {
  return `${tenant} ${bundle.digest}`;
}

function messageFor({ times, policies }: Record, policy: string): string {
  const own = policies.get(policy);
  const why = own ? `, the last time with ${own.failure.code}: ${own.failure.message}` : '';
  return `this revision is not evaluated any more: it ended its thread ${own?.times ?? times} times${why}`;
}
