/** The rules of one rule policy as Rego: for each a rule that is true when it matches. */
import type { RegoFile } from '../compiler/requests.ts';
import { isNegated, operators } from './operators.ts';
import { referenceOf } from './path.ts';
import { ruleNames } from './rule-names.ts';
import type { Comparison, Condition, RulePolicy, RulePolicyRule } from './rule-policy.ts';

/** A part of the text, and the line on which it is to stand where the text before leaves room. */
interface Piece {
  readonly row: number;
  readonly text: string;
}

export function ruleModule(policy: RulePolicy): RegoFile {
  const pieces = policy.rules.flatMap((rule) => piecesOf(ruleNames.of(policy, rule), rule));
  const lines = [`package ${policy.package}`, ''];
  for (const { row, text } of pieces) {
    if (row > lines.length) while (lines.length < row) lines.push('');
    const [first = '', ...more] = text.split('\n');
    lines.push(`${lines.pop() ?? ''}${first}`, ...more);
  }
  return { path: policy.file, text: `${lines.join('\n')}\n` };
}

function piecesOf(name: string, rule: RulePolicyRule): Piece[] {
  const custom = rule.severity === '' ? {} : { custom: { severity: rule.severity } };
  const annotation = JSON.stringify({ title: rule.reason || rule.name, ...custom });
  const body = rule.when ? conditionsOf(rule.when.kind === 'all' ? rule.when.conditions : [rule.when]) : [];
  const begin = { row: rule.row, text: `\n# METADATA\n# ${annotation}\n${name} if ${body.length > 0 ? '{ ' : 'true'}` };
  return body.length > 0 ? [begin, ...body, { row: 0, text: ' }' }] : [begin];
}

/** All of them, one after the other. */
function conditionsOf(conditions: readonly Condition[]): Piece[] {
  return conditions.flatMap((one, i) => [...(i > 0 ? [{ row: 0, text: '; ' }] : []), ...conditionOf(one)]);
}

/**
 * Groups are written where they stand: a function that calls another may not be in a package that is an entrypoint, and
 * a rule would be part of what the package says.
 */
function conditionOf(condition: Condition): Piece[] {
  const { kind, row } = condition;
  if (kind === 'comparison') return comparisonOf(condition);
  if (kind === 'all') return conditionsOf(condition.conditions);
  if (kind === 'not') return countOf(row, conditionsOf(condition.conditions), ' == 0');
  const counts = condition.conditions.map((one, i) => countOf(row, conditionOf(one), '', i > 0 ? ' + ' : ''));
  return [...counts.flat(), { row: 0, text: ' > 0' }];
}

/** How often conditions hold: never is a number too, so it may be compared where a plain condition is undefined. */
function countOf(row: number, inside: readonly Piece[], after: string, before = ''): Piece[] {
  return [{ row, text: `${before}count([1 | ` }, ...inside, { row: 0, text: `])${after}` }];
}

function comparisonOf({ operator, path, value, row }: Comparison): Piece[] {
  const ref = referenceOf(path);
  const rego = operators[operator]?.rego(ref, JSON.stringify(value), value) ?? 'false';
  // A field with [*] is looked up once: two lookups could find two elements.
  const once = ref.includes('[_]') ? `some found in [value | value := ${ref}]; ${rego.replaceAll(ref, 'found')}` : rego;
  const piece = { row, text: once };
  if (isNegated(operator, value)) return countOf(row, [piece], ' == 0');
  return ref.includes('[_]') ? countOf(row, [piece], ' > 0') : [piece];
}
