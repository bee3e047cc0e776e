import { styleText } from 'node:util';
import type { Command } from 'commander';
import {
  checkPolicies,
  evaluatePolicies,
  type Tested,
  testPolicies,
  type Workshop,
} from '../../../services/policy/authoring.ts';
import type { Judgement, RuleInfo } from '../../../services/policy/policy.contract.ts';
import { junitOf } from '../../../services/policy/tools/junit.ts';
import { exit } from '../exit.ts';
import { list } from '../filter.ts';
import { type Column, note, onePage, write, writeRows } from '../output.ts';
import { benchCommand } from './policy/bench.ts';
import { buildCommand } from './policy/build.ts';
import { explainCommand } from './policy/explain.ts';
import { fmtCommand } from './policy/fmt.ts';
import { directoryText, type Finish, inWorkshop, type PolicyOptions, readInput, refuse } from './policy/workshop.ts';

type Options = PolicyOptions & { filter?: string; coverage?: boolean; junit?: boolean; package?: string[] };

const ruleColumns: Column<RuleInfo>[] = [
  { head: 'PACKAGE', value: (r) => r.package },
  { head: 'RULE', value: (r) => r.rule },
  { head: 'SEVERITY', value: (r) => r.severity },
  { head: 'TITLE', value: (r) => r.title },
  { head: 'WHERE', value: (r) => `${r.file}:${r.row}` },
];

export function policyCommand(program: Command, finish: Finish): Command {
  const policy = program
    .command('policy')
    .summary('list, check, test and evaluate policies')
    .description('Works on a directory of Rego, without an OPA installation.');
  const verb = (name: string): Command => policy.command(name).argument('[directory]', directoryText);
  verb('list')
    .summary('the rules, with what they are for')
    .description('Reads the rules and their METADATA blocks; a directory that does not compile says where.')
    .addHelpText('after', `\nExamples:\n  elava policy list\n  elava policy list ./policies --output json`)
    .action((directory: string | undefined, _, command: Command) =>
      inWorkshop(directory, command, async (workshop, options) => finish(await listRules(workshop, options))),
    );
  verb('check')
    .summary('compile and type-check; says file:line:column')
    .description('Compiles as a server would, without running anything. Exits with 2 when something does not compile.')
    .addHelpText('after', `\nExamples:\n  elava policy check\n  elava policy check ./policies && git commit`)
    .action((directory: string | undefined, _, command: Command) =>
      inWorkshop(directory, command, async (workshop, options) => finish(await check(workshop, options))),
    );
  verb('test')
    .summary('run test_ rules and the tables allowed.json and denied.json')
    .description('Runs the tests that stand beside the rules. Exits with 1 when one fails.')
    .option('--filter <regex>', 'only tests whose full name matches')
    .option('--coverage', 'which lines the tests reach')
    .option('--junit', "the outcomes in JUnit's XML")
    .addHelpText(
      'after',
      `\nExamples:\n  elava policy test\n  elava policy test ./policies --filter security --coverage\n  elava policy test --junit > report.xml`,
    )
    .action((directory: string | undefined, _, command: Command) =>
      inWorkshop(directory, command, async (workshop, options) => finish(await test(workshop, options))),
    );
  evalCommand(policy);
  for (const add of [explainCommand, fmtCommand, buildCommand, benchCommand]) add(policy, finish);
  return policy;
}

function evalCommand(policy: Command): void {
  policy
    .command('eval')
    .argument('<input>', 'file that holds the input as JSON; - reads stdin')
    .argument('[directory]', directoryText)
    .summary('what the policies decide for an input; - reads it from stdin')
    .description('Judges one input, or a list of them, as a scan would; nothing is stored.')
    .option('--package <names>', "packages to ask (default: those of the input's environment)", list)
    .addHelpText(
      'after',
      `
The input is one JSON object {resource, history, context, environment, attribution}, or a list of them.

Examples:
  elava policy eval input.json
  elava policy eval - --package elava.security < input.json`,
    )
    .action((input: string, directory: string | undefined, _, command: Command) =>
      inWorkshop(directory, command, (workshop, options) => evaluate(workshop, input, options)),
    );
}

async function listRules(workshop: Workshop, { output }: Options): Promise<number> {
  const { rules, errors } = await checkPolicies(workshop);
  if (errors.length > 0) return refuse(errors);
  await writeRows(output, ruleColumns, onePage(rules));
  return exit.ok;
}

async function check(workshop: Workshop, { output }: Options): Promise<number> {
  const { rules, errors, files } = await checkPolicies(workshop);
  if (output === 'json') await write(`${JSON.stringify({ errors, rules: rules.length, files })}\n`);
  if (errors.length > 0) return refuse(errors);
  note(`${files} files with ${rules.length} rules are right.`);
  return exit.ok;
}

async function test(workshop: Workshop, { filter, coverage, junit, output }: Options): Promise<number> {
  const tested = await testPolicies(workshop, {
    ...(filter !== undefined && { filter }),
    ...(coverage && { coverage }),
  });
  if (tested.errors.length > 0) return refuse(tested.errors);
  if (junit) await write(junitOf(tested));
  else if (output === 'json') await write(`${JSON.stringify(tested)}\n`);
  else await writeTested(tested);
  return tested.tests.some(isBad) || tested.tables.some((row) => !row.passed) ? exit.error : exit.ok;
}

function isBad({ outcome }: Tested['tests'][number]): boolean {
  return outcome === 'fail' || outcome === 'error';
}

async function writeTested(tested: Tested): Promise<void> {
  const { tests, tables, coverage } = tested;
  for (const failure of tests.filter(isBad)) await writeFailure(failure);
  for (const { file, name, instead } of tables.filter((row) => !row.passed)) {
    await write(`${file}: "${name}" came to ${instead}\n`);
  }
  await writeMissed(coverage);
  const passed = tests.filter((one) => one.outcome === 'pass').length + tables.filter((row) => row.passed).length;
  const reached = coverage ? `, ${coverage.coverage.toFixed(1)} % of the lines reached` : '';
  await write(`${passed} passed, ${tests.length + tables.length - passed} failed${reached}\n`);
}

async function writeFailure({ file, row, name, error, failedAt, output }: Tested['tests'][number]): Promise<void> {
  const place = failedAt
    ? `${failedAt.file}:${failedAt.row}:${failedAt.col}: ${failedAt.text}`
    : (error?.message ?? '');
  await write(`${file}:${row}: ${name} failed\n  ${place}\n${output === undefined ? '' : `  ${output}\n`}`);
}

async function writeMissed(coverage: Tested['coverage']): Promise<void> {
  for (const [file, { not_covered: missed = [] }] of Object.entries(coverage?.files ?? {})) {
    const rows = missed.map(({ start, end }) => (start.row === end.row ? `${start.row}` : `${start.row}-${end.row}`));
    if (rows.length > 0) await write(`${file}: not reached: ${rows.join(', ')}\n`);
  }
}

async function evaluate(workshop: Workshop, input: string, options: Options): Promise<void> {
  const given = await readInput(input);
  const inputs = Array.isArray(given) ? (given as object[]) : [given];
  const judgements = await evaluatePolicies(workshop, inputs, options.package);
  if (options.output === 'table') return writeJudgements(judgements);
  const text = options.output === 'json' && !Array.isArray(given) ? judgements[0] : judgements;
  await write(
    options.output === 'json' ? `${JSON.stringify(text)}\n` : judgements.map((j) => `${JSON.stringify(j)}\n`).join(''),
  );
}

async function writeJudgements(judgements: readonly Judgement[]): Promise<void> {
  for (const { result, packages } of judgements) {
    await write(`${styleText('bold', result.decision)} ${result.reason}\n`);
    for (const { policy, result: own, error } of packages) {
      await write(`  ${policy}: ${own.decision} ${error || own.policies.join(', ')}\n`);
    }
  }
}
