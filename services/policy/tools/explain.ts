/** Why policies said what they said of an input, and which rules nearly spoke. */
import { suppliedBuiltins } from '../builtins/index.ts';
import type { RegoCompiler } from '../compiler/compiler.ts';
import type { Explanation, MissedCondition, RuleTrace, Values } from '../compiler/requests.ts';
import { normalEnvironment, rulesFor } from '../environment.ts';
import { nanosecondsOf } from '../evaluate-lines.ts';
import { pathOf, policyName } from '../packages.ts';
import type { Diagnostic } from '../policy.contract.ts';
import type { JudgeSettings } from '../settings.ts';
import { readSources } from '../sources.ts';

export interface FiredRule {
  /** `elava.security.deny` */
  readonly rule: string;
  readonly file: string;
  readonly row: number;
  readonly times: number;
  readonly values: readonly Values[];
}
export interface MissedRule {
  readonly rule: string;
  readonly file: string;
  readonly row: number;
  readonly missed: MissedCondition;
  /** Where the rules and functions failed that the condition refers to. */
  readonly because: readonly MissedRule[];
}
export interface Explained {
  readonly policies: readonly string[];
  readonly fired: readonly FiredRule[];
  /** The nearest first. */
  readonly missed: readonly MissedRule[];
  /** What OPA's interpreter says where the evaluation failed, else "". */
  readonly error: string;
}
export type ExplainOutcome = { readonly errors: readonly Diagnostic[] } | Explained;

export interface ExplainInput {
  readonly environment?: unknown;
  readonly context?: { readonly now?: unknown };
}
interface Place {
  readonly directory: string;
  readonly compiler: RegoCompiler;
  readonly settings: JudgeSettings;
}

/** `policies` none: those of the input's environment. Errors: POLICY_LOAD, those of the compiler. */
export async function explainPolicies(
  { directory, compiler, settings }: Place,
  input: ExplainInput,
  policies: readonly string[] = [],
): Promise<ExplainOutcome> {
  const { files, data, errors } = await readSources(directory);
  if (errors.length > 0) return { errors };
  const environment = typeof input.environment === 'string' ? input.environment : '';
  const own = rulesFor(normalEnvironment(environment, settings), settings).policies;
  const asked = policies.length > 0 ? policies.map(policyName) : own;
  const result = await compiler.explain({
    files,
    data,
    builtins: suppliedBuiltins,
    // One after the other, each in a list: a package that says nothing is no reason not to ask the next.
    query: `[${asked.map((name) => `[value | value := ${referenceTo(name)}]`).join(', ')}]`,
    inputs: [input],
    nowNs: nanosecondsOf(input.context?.now),
  });
  const [explanation] = result.ok ? result.explanations : [];
  return explanation ? describe(explanation, asked) : { errors: result.ok ? [] : result.errors };
}

function referenceTo(policy: string): string {
  return `data${policy
    .split('.')
    .map((name) => `[${JSON.stringify(name)}]`)
    .join('')}`;
}

function describe({ rules, error }: Explanation, policies: readonly string[]): Explained {
  const asked = rules.filter((rule) => policies.includes(packageOf(rule)));
  const missed = asked.flatMap((rule) =>
    rule.times === 0 && rule.missed ? [missedRule(rule, rule.missed, rules)] : [],
  );
  return {
    policies,
    fired: asked.filter(({ times }) => times > 0).map(firedRule),
    missed: missed.sort((a, b) => nearness(b.missed) - nearness(a.missed)),
    error: error?.message ?? '',
  };
}

function firedRule(rule: RuleTrace): FiredRule {
  const { file, row, times, held = [] } = rule;
  return { rule: nameOf(rule), file, row, times, values: held };
}

const maxDepth = 4;

function missedRule(rule: RuleTrace, missed: MissedCondition, rules: readonly RuleTrace[], depth = 0): MissedRule {
  const called = (missed.calls ?? []).flatMap((at) =>
    rules.filter(({ file, row }) => file === at.file && row === at.row),
  );
  const failed = depth < maxDepth ? called.filter(({ times, missed: why }) => times === 0 && why) : [];
  const because = failed.flatMap((one) => (one.missed ? [missedRule(one, one.missed, rules, depth + 1)] : []));
  return { rule: nameOf(rule), file: rule.file, row: rule.row, missed, because };
}

/** Of two rules that came as far, the one with more conditions was nearer. */
function nearness({ met, of }: MissedCondition): number {
  return met / of + of / 1e6;
}

function packageOf(rule: RuleTrace): string {
  return pathOf(rule.package).join('.');
}

function nameOf(rule: RuleTrace): string {
  return `${packageOf(rule)}.${rule.name}`;
}
