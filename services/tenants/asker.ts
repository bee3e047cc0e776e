/** Asks a tenant's policies within its budget, and tells what was answered. */
import { randomUUID } from 'node:crypto';
import { isObject } from '../../lib/is-object.ts';
import type { Metrics } from '../../lib/metrics.ts';
import type { DecisionRecord } from '../../lib/policy-event/record.ts';
import { type Answered, type AskTenant, Batches, type Question } from './batches.ts';
import type { Budgets } from './budgets.ts';
import { agentInput, verdictOf } from './judging.ts';
import type { Teller } from './teller.ts';
import type { AgentVerdict, TenantDecision } from './tenants.contract.ts';
import { allowObject, type Outcome, outcomeOf } from './verdict.ts';

export interface AskerOptions {
  readonly ask: AskTenant;
  readonly budgets: Budgets;
  /** Absent: nobody is told. */
  readonly teller: Pick<Teller, 'emit'> | undefined;
  readonly metrics: Pick<Metrics, 'tenantSeconds'>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}
interface From {
  readonly tenant: string;
  readonly principal?: string;
  readonly correlation?: string;
}
export interface Evaluation extends From {
  readonly path: readonly string[];
  readonly shape?: 'allow';
  readonly input?: unknown;
}

interface Told extends From {
  readonly id: string;
  readonly at: number;
  readonly path: readonly string[];
  readonly input: unknown;
  readonly value: unknown;
  readonly outcome: Outcome;
  readonly micros: number;
  readonly digest: string;
  readonly error: string;
}

export class Asker {
  readonly #options: AskerOptions;
  readonly #batches: Batches;
  /** Tenants whose `allow` was an object the last time: the rules beside it need not be asked. */
  readonly #whole = new Set<string>();
  readonly #histograms = new Map<string, { observe(seconds: number): void }>();

  constructor(options: AskerOptions) {
    this.#options = options;
    this.#batches = new Batches(options.ask);
  }

  /** A failed evaluation is in the answer. Errors: TENANT_UNKNOWN, TENANT_BUDGET, POLICY_SYNTAX, QUEUE_FULL. */
  async evaluate(asked: Evaluation): Promise<TenantDecision> {
    const { tenant, path } = asked;
    const answered = await this.#within(tenant, () =>
      asked.shape === 'allow' ? this.#askAllow(asked) : this.#ask(tenant, question([path], asked.input)),
    );
    const { answer, digest, revision } = answered;
    const value = asked.shape === 'allow' ? shaped(answer.values) : answer.values[0]?.result;
    const outcome = answer.error ? failed(answer.error) : outcomeOf(value, path);
    const told = this.#told({ ...asked, input: asked.input, value, outcome }, answered);
    return {
      id: told.id,
      micros: told.micros,
      bundle: digest,
      revision,
      ...(answer.error ? { error: answer.error } : value === undefined ? {} : { value }),
    };
  }

  /** Errors: those of evaluate, and POLICY_EVALUATION with the code of what failed: a failure allows nothing. */
  async judge({ tenant, request, ...from }: From & { request: Record<string, unknown> }): Promise<AgentVerdict> {
    const input = agentInput(request);
    const paths = [
      ['elava', 'rules', 'outcome'],
      ['tenants', tenant, 'allow'],
    ];
    const answered = await this.#within(tenant, () => this.#ask(tenant, question(paths, input)));
    const { answer } = answered;
    const [rules, rego] = answer.values.map(({ result }) => result);
    const verdict = answer.error ? { ...failed(answer.error), warnings: [] } : verdictOf(rules, rego);
    const { allowed, effect, reason, policy, rule, warnings } = verdict;
    const value = { allow: allowed, effect, reason, policy, rule, warnings };
    const path = ['tenants', tenant, 'policies'];
    const told = this.#told({ ...from, tenant, path, input, value, outcome: verdict }, answered);
    return {
      allowed,
      effect,
      reason,
      matched_policy: policy || null,
      matched_rule: rule || null,
      warnings: [...warnings],
      decision_id: told.id,
      evaluation_time_ms: told.micros / 1000,
    };
  }

  #ask(tenant: string, asked: Question): Promise<Answered> {
    return this.#batches.ask(tenant, asked);
  }

  async #askAllow({ tenant, path, input }: Evaluation): Promise<Answered> {
    const folder = path.slice(0, -1);
    const all = [path, [...folder, 'redact'], [...folder, 'reason']];
    const first = await this.#ask(tenant, question(this.#whole.has(tenant) ? [path] : all, input));
    const isWhole = isObject(first.answer.values[0]?.result);
    if (isWhole) this.#remember(tenant);
    const isEnough = isWhole || first.answer.error !== undefined || first.answer.values.length > 1;
    if (isEnough) return first;
    this.#whole.delete(tenant);
    return this.#ask(tenant, question(all, input));
  }

  #remember(tenant: string): void {
    if (this.#whole.size > 20_000) this.#whole.clear();
    this.#whole.add(tenant);
  }

  /** To look a histogram up by its label costs more than to count in it. */
  #histogram(outcome: string): { observe(seconds: number): void } {
    const found = this.#histograms.get(outcome) ?? this.#options.metrics.tenantSeconds.labels(outcome);
    this.#histograms.set(outcome, found);
    return found;
  }

  async #within<T>(tenant: string, work: () => Promise<T>): Promise<T> {
    this.#options.budgets.enter(tenant);
    try {
      return await work();
    } finally {
      this.#options.budgets.leave(tenant);
    }
  }

  #told(
    asked: Pick<Told, 'tenant' | 'principal' | 'correlation' | 'path' | 'input' | 'value' | 'outcome'>,
    { answer, digest }: Answered,
  ): Told {
    const { teller, now } = this.#options;
    const micros = Math.round(answer.eval_ns / 1000);
    const error = answer.error?.code ?? '';
    const told: Told = { ...asked, id: randomUUID(), at: now(), micros, digest, error };
    this.#histogram(error || asked.outcome.effect).observe(micros / 1e6);
    teller?.emit(() => recordOf(told));
    return told;
  }
}

function question(paths: ReadonlyArray<readonly string[]>, input: unknown): Question {
  const copied = paths.map((path) => [...path]);
  return input === undefined ? { paths: copied } : { paths: copied, input };
}

function shaped(values: Answered['answer']['values']): unknown {
  const [allow, redact, reason] = values.map(({ result }) => result);
  // Nothing at all under the name is OPA's undefined, and no refusal with reasons.
  if (allow === undefined && redact === undefined && reason === undefined) return undefined;
  return allowObject(allow, redact, reason);
}

function failed({ code, message }: { code: string; message: string }): Outcome {
  return { allowed: false, effect: 'deny', reason: `${code}: ${message}`, policy: '', rule: '' };
}

/** Written when it is told, not while somebody waits for the answer. */
function recordOf(told: Told): DecisionRecord {
  const { id, tenant, path, input, value, outcome, micros, digest, error } = told;
  return {
    kind: 'decision',
    id,
    tenant,
    at: new Date(told.at).toISOString(),
    path: path.join('/'),
    input: input === undefined ? '' : JSON.stringify(input),
    result: value === undefined ? '' : JSON.stringify(value),
    ...outcome,
    micros,
    bundle: digest,
    principal: told.principal ?? '',
    correlation: told.correlation ?? '',
    error,
  };
}
