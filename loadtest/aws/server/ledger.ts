/** What was asked of the simulator: counts for every account, region and action, and the calls that changed something. */

interface LedgerCount {
  readonly action: string;
  readonly account: string;
  readonly region: string;
  readonly calls: number;
  readonly errors: number;
}
export interface Mutation {
  readonly action: string;
  readonly account: string;
  readonly region: string;
  readonly caller: string;
  /** ISO 8601, by the world's clock. */
  readonly at: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** "" when it succeeded. */
  readonly error: string;
}
export interface LedgerReport {
  readonly calls: number;
  readonly errors: number;
  readonly counts: readonly LedgerCount[];
  /** The latest ten thousand. */
  readonly mutations: readonly Mutation[];
}

const keptMutations = 10_000;
const readOnly = /^(Describe|List|Get|Head|Lookup|Search|Batch(Get|Check)|AssumeRole|Query|Scan)/;

/** Whether AWS counts the operation among those that change something. */
export function isMutating(operation: string): boolean {
  return !readOnly.test(operation);
}

export class Ledger {
  readonly #counts = new Map<
    string,
    { action: string; account: string; region: string; calls: number; errors: number }
  >();
  readonly #mutations: Mutation[] = [];

  count(action: string, account: string, region: string, failed: boolean): void {
    const key = `${action} ${account} ${region}`;
    const held = this.#counts.get(key) ?? { action, account, region, calls: 0, errors: 0 };
    held.calls += 1;
    held.errors += failed ? 1 : 0;
    this.#counts.set(key, held);
  }

  mutation(mutation: Mutation): void {
    this.#mutations.push(mutation);
    if (this.#mutations.length > keptMutations) this.#mutations.shift();
  }

  report(): LedgerReport {
    const counts = [...this.#counts.values()].map((count) => ({ ...count }));
    return {
      calls: counts.reduce((sum, { calls }) => sum + calls, 0),
      errors: counts.reduce((sum, { errors }) => sum + errors, 0),
      counts,
      mutations: [...this.#mutations],
    };
  }

  clear(): void {
    this.#counts.clear();
    this.#mutations.length = 0;
  }
}
