/** The Rego that finds, in a package of rule policies, the rule that decides, and says it as the policy contract asks. */
import type { RegoFile } from '../compiler/requests.ts';
import type { Effect } from '../policy.contract.ts';
import { support } from './operators.ts';
import { parsePath, referenceOf } from './path.ts';
import { ruleNames } from './rule-names.ts';
import type { RulePolicy, RulePolicyRule } from './rule-policy.ts';

/** `policies` are in the order in which they are asked. */
export function outcomeModule(name: string, policies: readonly RulePolicy[], effect: Effect): RegoFile {
  const candidates = policies.flatMap((policy) => inOrder(policy.rules).map((rule) => candidate(policy, rule)));
  const matched = candidates.length > 0 ? candidates.join(' else := ') : `${nothing} if false`;
  const text = [`package ${name}`, `matched := ${matched}`, defaultOutcome(effect), verdict, support].join('\n\n');
  return { path: `${name}.rules.rego`, text };
}

const nothing = '{"policy": "", "rule": "", "effect": "", "severity": "", "why": ""}';

/** The highest priority first; of equal ones, as they are written. */
function inOrder(rules: readonly RulePolicyRule[]): RulePolicyRule[] {
  return rules.toSorted((a, b) => b.priority - a.priority);
}

function candidate(policy: RulePolicy, rule: RulePolicyRule): string {
  const texts = { policy: policy.name, rule: rule.name, effect: rule.effect, severity: rule.severity };
  const fields = Object.entries(texts).map(([key, value]) => `"${key}": ${JSON.stringify(value)}`);
  const words = template(rule.reason || policy.description || `${policy.name}: ${rule.name}`);
  return `{${fields.join(', ')}, "why": ${words}} if ${ruleNames.of(policy, rule)}`;
}

/** Rego's template strings write an undefined field out, where `sprintf` would make the rule silent. */
function template(reason: string): string {
  const inside = reason.split(/(\{[^{}]*\})/).map((part) => {
    const path = part.startsWith('{') && part.endsWith('}') ? parsePath(part.slice(1, -1)) : undefined;
    if (path) return `{${referenceOf(path)}}`;
    return JSON.stringify(part).slice(1, -1).replaceAll('{', '\\{');
  });
  return `$"${inside.join('')}"`;
}

function defaultOutcome(effect: Effect): string {
  const why = `no rule matched, and the default is ${effect}`;
  return `outcome := matched if matched\n\nelse := {"effect": "${effect}", "why": "${why}"}`;
}

/** `allow` is said only where a rule says it: silence is allow anyway. */
const verdict = `deny contains outcome.why if outcome.effect == "deny"

warn contains outcome.why if outcome.effect == "warn"

audit contains outcome.why if outcome.effect == "audit"

decision := "allow" if matched.effect == "allow"

reason := matched.why if matched.effect == "allow"

metadata := {"matched_policy": matched.policy, "matched_rule": matched.rule, "severity": matched.severity}`;
