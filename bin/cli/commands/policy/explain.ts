import { existsSync } from 'node:fs';
import { styleText } from 'node:util';
import type { Command } from 'commander';
import { clientOf } from '../../../../lib/contract.ts';
import type { Workshop } from '../../../../services/policy/authoring.ts';
import type { Values } from '../../../../services/policy/compiler/requests.ts';
import { policyContract } from '../../../../services/policy/policy.contract.ts';
import { type Explained, explainPolicies, type MissedRule } from '../../../../services/policy/tools/explain.ts';
import { exit } from '../../exit.ts';
import { list } from '../../filter.ts';
import { note, write } from '../../output.ts';
import { askServer } from '../../reader.ts';
import { settings, withSession } from '../../session.ts';
import { directoryText, type Finish, inWorkshop, type PolicyOptions, readInput, refuse } from './workshop.ts';

type Options = PolicyOptions & { server?: string; package?: string[]; rule?: string[]; all?: boolean };

export function explainCommand(policy: Command, finish: Finish): void {
  policy
    .command('explain')
    .argument('<resource>', 'id of a live resource, or a file that holds an input; - reads an input from stdin')
    .argument('[directory]', directoryText)
    .summary('which rules spoke, on which values, and which nearly did')
    .description('The resource is the id of a live one, or a file with an input; - reads an input from stdin.')
    .option('--package <names>', "packages to ask (default: those of the resource's environment)", list)
    .option('--rule <names>', 'only rules of these names', list)
    .option('--all', 'also the rules that failed at their first condition')
    .addHelpText(
      'after',
      `
Examples:
  elava policy explain arn:aws:s3:::logs
  elava policy explain input.json --package security --rule public_bucket --all`,
    )
    .action((resource: string, directory: string | undefined, _, command: Command) =>
      inWorkshop<Options>(directory, command, async (workshop, options) =>
        finish(await explain(workshop, resource, options)),
      ),
    );
}

async function explain(workshop: Workshop, resource: string, options: Options): Promise<number> {
  const input = await inputOf(resource, options);
  const explained = await explainPolicies(workshop, input, options.package);
  if ('errors' in explained) return refuse(explained.errors);
  const narrowed = narrow(explained, options);
  await write(options.output === 'table' ? textOf(narrowed) : `${JSON.stringify(narrowed)}\n`);
  if (explained.error !== '') note(`the evaluation failed: ${explained.error}`);
  return explained.error === '' ? exit.ok : exit.error;
}

/** What is no file is the id of a resource in the memory. Nothing is judged meanwhile. */
async function inputOf(resource: string, options: Options): Promise<object> {
  if (resource === '-' || existsSync(resource)) return readInput(resource);
  if (options.server !== undefined) {
    return (await askServer<{ input: object }>(options.server, 'input', { id: resource })).input;
  }
  const config = settings(options, { 'policies.enabled': false });
  return withSession(config, { ...options, roles: ['history', 'scanner', 'policy'] }, async ({ broker }) => {
    const { input } = await clientOf(policyContract, broker).input({ id: resource });
    return input;
  });
}

function narrow(explained: Explained, { rule: wanted, all }: Options): Explained {
  const isWanted = ({ rule, file }: { rule: string; file: string }): boolean =>
    wanted === undefined || wanted.some((name) => rule.endsWith(`.${name}`) || file.endsWith(`/${name}.rego`));
  const missed = explained.missed.filter((one) => isWanted(one) && (all || wanted || one.missed.met > 0));
  return { ...explained, fired: explained.fired.filter(isWanted), missed };
}

function textOf({ policies, fired, missed }: Explained): string {
  const bold = (text: string): string => styleText('bold', text, { stream: process.stdout });
  const spoke = fired.flatMap(({ rule, file, row, times, values }) => [
    `  ${bold(rule)}  ${file}:${row}${times > 1 ? `  ${times} times` : ''}`,
    ...values.flatMap((one) => linesOf(one, '      ')),
  ]);
  const nearly = missed.flatMap((one) => missedLines(one, '  '));
  const lines = [`asked ${policies.join(', ')}`, '', 'held', ...(spoke.length > 0 ? spoke : ['  none'])];
  return `${[...lines, '', 'nearly held', ...(nearly.length > 0 ? nearly : ['  none'])].join('\n')}\n`;
}

function missedLines({ rule, file, row, missed, because }: MissedRule, indent: string): string[] {
  return [
    `${indent}${rule}  ${file}:${row}  ${missed.met} of ${missed.of} conditions held`,
    `${indent}    not true: ${missed.text.replaceAll(/\s+/g, ' ')}  (${file}:${missed.row}:${missed.col})`,
    ...linesOf(missed.values, `${indent}      `),
    ...because.flatMap((one) => missedLines(one, `${indent}    `)),
  ];
}

function linesOf({ known, undefined: unknown = [] }: Values, indent: string): string[] {
  const values = Object.entries(known).map(([name, value]) => `${indent}${name} = ${short(value)}`);
  return [...values, ...unknown.map((name) => `${indent}${name} is undefined`)].sort();
}

function short(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 100 ? `${text.slice(0, 99)}…` : text;
}
