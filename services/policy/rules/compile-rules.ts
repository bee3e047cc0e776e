/**
 * Rule policies as Rego. The policies of one package are asked from the highest priority down, and in each its rules in
 * the same way; the first rule that matches decides. The same files give the same text.
 */
import type { RegoFile } from '../compiler/requests.ts';
import type { Diagnostic } from '../policy.contract.ts';
import { outcomeModule } from './outcome-module.ts';
import { readRulePolicy } from './read-policy.ts';
import { ruleModule } from './rule-module.ts';
import { ruleNames } from './rule-names.ts';
import type { RulePolicy } from './rule-policy.ts';

const endings = ['.policy.yaml', '.policy.yml'];

export function isRules(path: string): boolean {
  return endings.some((ending) => path.endsWith(ending));
}

/**
 * One module for each file, under the file's own path and with each rule at the line of the rule, so that what the
 * compiler says of it leads there; and one for each package, which finds the rule that decides.
 */
export function compileRules(files: readonly RegoFile[]): {
  files: readonly RegoFile[];
  errors: readonly Diagnostic[];
} {
  const read = files.map(readRulePolicy);
  const errors = read.flatMap((one) => ('errors' in one ? one.errors : []));
  const policies = read.flatMap((one) => ('policy' in one ? [one.policy] : []));
  const packages = Map.groupBy(policies, (policy) => policy.package);
  const compiled = [...packages].map(([name, own]) => compilePackage(name, own));
  return {
    files: compiled.flatMap((one) => one.files),
    errors: [...errors, ...compiled.flatMap((one) => one.errors)],
  };
}

function compilePackage(name: string, policies: readonly RulePolicy[]) {
  const errors = [...conflictsOf(policies), ...ruleNames.clashes(policies)];
  const enabled = policies.filter((policy) => policy.enabled);
  const files = [...enabled.map(ruleModule), outcomeModule(name, inOrder(enabled), defaultOf(policies))];
  return { files: errors.length > 0 ? [] : files, errors };
}

function defaultOf(policies: readonly RulePolicy[]) {
  return policies.map((policy) => policy.defaultEffect).find((effect) => effect !== undefined) ?? 'allow';
}

/** The highest priority first; of equal ones, by name. */
function inOrder(policies: readonly RulePolicy[]): RulePolicy[] {
  return policies.toSorted((a, b) => b.priority - a.priority || (a.name < b.name ? -1 : 1));
}

/** Two files of one package that do not agree. */
function conflictsOf(policies: readonly RulePolicy[]): Diagnostic[] {
  const effect = defaultOf(policies);
  return policies.flatMap((policy, i): Diagnostic[] => {
    const { file, row, col, defaultEffect, name } = policy;
    const twin = policies.slice(0, i).find((other) => other.name === name);
    const wrong = [
      twin ? `${twin.file} has a policy named ${name} already` : '',
      defaultEffect && defaultEffect !== effect ? `another file says that ${policy.package} defaults to ${effect}` : '',
    ];
    return wrong.filter(Boolean).map((message) => ({ code: 'rules_error', message, file, row, col }));
  });
}
