/** What a tenant's rule policies and Rego say together of a request of an agent. Pure. */
import { isObject } from '../../lib/is-object.ts';
import type { Verdict } from '../../lib/policy-event/record.ts';
import { type Outcome, outcomeOf, text } from './verdict.ts';

export interface AgentOutcome extends Outcome {
  readonly warnings: readonly string[];
}

const strength: Readonly<Record<Verdict, number>> = { deny: 3, warn: 2, audit: 1, allow: 0 };

/** The request under the names that policies know: `subject.user_id` is the agent's id, as in requests of the edge. */
export function agentInput(request: Record<string, unknown>): Record<string, unknown> {
  const { agent, context = {} } = request;
  const id = isObject(agent) ? agent['id'] : agent;
  return {
    ...request,
    context,
    subject: { user_id: id },
    environment: isObject(context) ? (context['environment'] ?? {}) : {},
  };
}

/**
 * `rules` is the outcome of the rule policies, undefined where there are none; `rego` the value of the tenant's `allow`.
 * The stronger of the two speaks. Where neither says anything, nothing is allowed.
 */
export function verdictOf(rules: unknown, rego: unknown): AgentOutcome {
  const voices = [...ruleVoice(rules), ...regoVoice(rego)];
  const [first, ...others] = voices;
  if (!first)
    return { allowed: false, effect: 'deny', reason: 'no policy speaks of it', policy: '', rule: '', warnings: [] };
  return others.reduce((best, one) => (strength[one.effect] > strength[best.effect] ? one : best), first);
}

function ruleVoice(rules: unknown): AgentOutcome[] {
  if (!isObject(rules)) return [];
  const effect = rules['effect'] as Verdict;
  const reason = text(rules['why']);
  const warnings = effect === 'warn' ? [reason] : [];
  const named = { policy: text(rules['policy']), rule: text(rules['rule']) };
  return [{ allowed: effect !== 'deny', effect, reason, ...named, warnings }];
}

function regoVoice(rego: unknown): AgentOutcome[] {
  if (rego === undefined) return [];
  const outcome = outcomeOf(rego, ['allow']);
  const said = isObject(rego) && Array.isArray(rego['warnings']) ? rego['warnings'].map(String) : [];
  return [{ ...outcome, warnings: outcome.effect === 'warn' && said.length === 0 ? [outcome.reason] : said }];
}
