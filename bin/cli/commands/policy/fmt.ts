import type { Command } from 'commander';
import type { Workshop } from '../../../../services/policy/authoring.ts';
import { type Formatted, formatPolicies, writeFormatted } from '../../../../services/policy/tools/format.ts';
import { exit } from '../../exit.ts';
import { note, write } from '../../output.ts';
import { directoryText, type Finish, inWorkshop, type PolicyOptions, refuse } from './workshop.ts';

type Options = PolicyOptions & { check?: boolean; upgrade?: boolean };

export function fmtCommand(policy: Command, finish: Finish): void {
  policy
    .command('fmt')
    .argument('[directory]', directoryText)
    .summary('write the files in the form of opa fmt')
    .description('Rewrites the files in place; what does not parse is left as it is and told.')
    .option('--check', 'write nothing; list the files that differ and exit with 1')
    .option('--upgrade', 'write Rego v0 as v1')
    .addHelpText(
      'after',
      `\nExamples:\n  elava policy fmt\n  elava policy fmt --check\n  elava policy fmt ./old --upgrade`,
    )
    .action((directory: string | undefined, _, command: Command) =>
      inWorkshop<Options>(directory, command, async (workshop, options) => finish(await format(workshop, options))),
    );
}

async function format(workshop: Workshop, { check, upgrade, output }: Options): Promise<number> {
  const formatted = await formatPolicies(workshop, upgrade === true);
  if (formatted.errors.length > 0) return refuse(formatted.errors);
  if (!check) await writeFormatted(workshop.directory, formatted);
  await list(formatted, output === 'json');
  note(`${formatted.differ.length} of ${formatted.files} files ${check ? 'differ' : 'written'}.`);
  return check && formatted.differ.length > 0 ? exit.error : exit.ok;
}

async function list({ differ, files }: Formatted, asJson: boolean): Promise<void> {
  const paths = differ.map(({ path }) => path);
  await write(asJson ? `${JSON.stringify({ files, differ: paths })}\n` : paths.map((path) => `${path}\n`).join(''));
}
