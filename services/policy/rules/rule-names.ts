/** What the rules of rule policies are called in Rego. */
import type { Diagnostic } from '../policy.contract.ts';
import type { RulePolicy, RulePolicyRule } from './rule-policy.ts';

function plain(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]+/g, '_');
}

function of(policy: RulePolicy, rule: RulePolicyRule): string {
  return `match_${plain(policy.name)}__${plain(rule.name)}`;
}

/** `a-b` and `a_b` are the same name to Rego, where they would be one rule. */
function clashes(policies: readonly RulePolicy[]): Diagnostic[] {
  const taken = new Map<string, string>();
  const found: Diagnostic[] = [];
  for (const policy of policies) {
    for (const rule of policy.rules) {
      const name = of(policy, rule);
      const other = taken.get(name);
      const { row, col } = rule;
      const message = `${rule.name} cannot be told from ${other ?? ''}: only letters and digits count`;
      if (other !== undefined) found.push({ code: 'rules_error', message, file: policy.file, row, col });
      taken.set(name, `${policy.name}/${rule.name}`);
    }
  }
  return found;
}

export const ruleNames = { of, clashes };
