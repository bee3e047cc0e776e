/** What a tenant may use: evaluations a second, and evaluations at once. */
import { elavaError } from '../../lib/errors.ts';

export interface Budget {
  /** Evaluations a second; as many may come at once. */
  readonly rate: number;
  readonly concurrency: number;
}
export interface BudgetOptions {
  readonly of: (tenant: string) => Budget;
  /** Milliseconds; any clock that goes forward. */
  readonly now: () => number;
  /** Told when a tenant has used four fifths of a budget, once a minute. */
  readonly onWarning: (tenant: string, warning: Warning) => void;
}
export interface Warning {
  readonly budget: 'rate' | 'concurrency';
  readonly used: number;
  readonly limit: number;
}

const warnAt = 0.8;
const quietMs = 60_000;

interface Use {
  readonly budget: Budget;
  tokens: number;
  at: number;
  running: number;
  warned: number;
}

export class Budgets {
  readonly #options: BudgetOptions;
  readonly #uses = new Map<string, Use>();

  constructor(options: BudgetOptions) {
    this.#options = options;
  }

  /** Begins an evaluation, to be ended by `leave`. Errors: TENANT_BUDGET, with `retryAfter` in seconds. */
  enter(tenant: string): void {
    const now = this.#options.now();
    const use = this.#uses.get(tenant) ?? this.#begin(tenant, now);
    const { rate, concurrency } = use.budget;
    use.tokens = Math.min(rate, use.tokens + ((now - use.at) / 1000) * rate);
    use.at = now;
    if (use.tokens < 1) throw refuse('rate', rate);
    if (use.running >= concurrency) throw refuse('concurrency', concurrency);
    use.tokens -= 1;
    use.running += 1;
    this.#warn(tenant, use, now);
  }

  leave(tenant: string): void {
    const use = this.#uses.get(tenant);
    if (use) use.running -= 1;
  }

  /** A tenant that is gone, or whose budget changed. */
  forget(tenant: string): void {
    if ((this.#uses.get(tenant)?.running ?? 0) === 0) this.#uses.delete(tenant);
  }

  #begin(tenant: string, now: number): Use {
    const budget = this.#options.of(tenant);
    const use = { budget, tokens: budget.rate, at: now, running: 0, warned: Number.NEGATIVE_INFINITY };
    this.#uses.set(tenant, use);
    return use;
  }

  #warn(tenant: string, use: Use, now: number): void {
    const { rate, concurrency } = use.budget;
    const spent = rate - use.tokens;
    const isRate = spent >= rate * warnAt;
    if ((!isRate && use.running < concurrency * warnAt) || now - use.warned < quietMs) return;
    use.warned = now;
    const warning: Warning = isRate
      ? { budget: 'rate', used: Math.round(spent), limit: rate }
      : { budget: 'concurrency', used: use.running, limit: concurrency };
    this.#options.onWarning(tenant, warning);
  }
}

function refuse(budget: Warning['budget'], limit: number): Error {
  const what = budget === 'rate' ? 'evaluations a second' : 'evaluations at once';
  return elavaError('TENANT_BUDGET', `the tenant may have ${limit} ${what}`, { data: { retryAfter: 1 } });
}
