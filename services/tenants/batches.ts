/** Gathers what is asked of a tenant in one turn of the event loop into one call of the engine. */
import type { Static } from 'typebox';
import type { Client } from '../../lib/contract.ts';
import type { policyContract, TenantAnswer, TenantQuestion } from '../policy/policy.contract.ts';

export type Question = Static<typeof TenantQuestion>;
export interface Answered {
  readonly answer: Static<typeof TenantAnswer>;
  readonly revision: string;
  readonly digest: string;
}
export type AskTenant = Client<typeof policyContract>['askTenant'];

interface Pending {
  readonly question: Question;
  readonly resolve: (answered: Answered) => void;
  readonly reject: (error: unknown) => void;
}

/** What askTenant takes at once. */
const maxQuestions = 1000;

export class Batches {
  readonly #ask: AskTenant;
  #pending = new Map<string, Pending[]>();
  #scheduled = false;

  constructor(ask: AskTenant) {
    this.#ask = ask;
  }

  /** Errors: those of policy.askTenant. */
  ask(tenant: string, question: Question): Promise<Answered> {
    return new Promise((resolve, reject) => {
      const own = this.#pending.get(tenant) ?? [];
      own.push({ question, resolve, reject });
      this.#pending.set(tenant, own);
      if (this.#scheduled) return;
      this.#scheduled = true;
      setImmediate(() => this.#flush());
    });
  }

  #flush(): void {
    this.#scheduled = false;
    const all = this.#pending;
    this.#pending = new Map();
    for (const [tenant, pending] of all) {
      for (let i = 0; i < pending.length; i += maxQuestions) this.#send(tenant, pending.slice(i, i + maxQuestions));
    }
  }

  #send(tenant: string, pending: readonly Pending[]): void {
    this.#ask({ tenant, questions: pending.map(({ question }) => question) }).then(
      ({ answers, revision, digest }) => {
        for (const [i, { resolve }] of pending.entries()) {
          resolve({ answer: answers[i] ?? { values: [], eval_ns: 0 }, revision, digest });
        }
      },
      (error: unknown) => {
        for (const { reject } of pending) reject(error);
      },
    );
  }
}
