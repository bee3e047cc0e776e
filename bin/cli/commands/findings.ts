import { type Command, Option } from 'commander';
import { parseInstant } from '../../../lib/instant.ts';
import type { Evaluation } from '../../../services/history/history.contract.ts';
import { noteCoverage } from '../coverage-note.ts';
import { type FilterOptions, filterOf, list, withFilter } from '../filter.ts';
import { type Column, type Output, pages, writeRows } from '../output.ts';
import { type ReaderOptions, withReader } from '../reader.ts';
import { type ExchangeForm, exchangeForms, writeExchange } from '../render/exchange.ts';
import { decisions } from '../render/summary.ts';

type Options = ReaderOptions &
  FilterOptions & {
    decision?: string[];
    policy?: string[];
    rule?: string[];
    since?: string;
    limit?: number;
    output: Output;
    as?: ExchangeForm;
  };

const columns: Column<Evaluation>[] = [
  { head: 'DECISION', value: (f) => f.result.decision },
  { head: 'POLICY', value: (f) => f.policy_name },
  { head: 'TYPE', value: (f) => f.type },
  { head: 'ACCOUNT', value: (f) => f.account, spare: true },
  { head: 'REGION', value: (f) => f.region, spare: true },
  { head: 'NAME', value: (f) => f.name },
  { head: 'WHY', value: (f) => f.result.reason },
];

export function findingsCommand(program: Command): Command {
  return withFilter(program.command('findings'))
    .summary('what policies say of live resources, and why')
    .description('Lists the latest evaluation of each policy; without --decision those that do not allow.')
    .option('--decision <names>', 'deny, require_approval, flag, allow', list)
    .option('--policy <packages>', 'packages such as elava.security', list)
    .option(
      '--rule <names>',
      'rules such as elava.security.deny_public_bucket; of a resource that one of them speaks of',
      list,
    )
    .option('--since <instant>', 'results that changed since')
    .addOption(new Option('--as <form>', 'in a form that other products read').choices(exchangeForms))
    .addHelpText(
      'after',
      `
Examples:
  elava findings --decision deny
  elava findings --policy elava.waste --output csv > waste.csv
  elava findings --as sarif > findings.sarif   for code scanning
  elava findings --as ocsf > findings.ocsf     events for a security lake, one a line`,
    )
    .action(async (_, command: Command) => {
      await listFindings(command.optsWithGlobals<Options>());
    });
}

async function listFindings(options: Options): Promise<void> {
  const narrowed = {
    filter: filterOf(options),
    decisions: options.decision ?? decisions,
    ...(options.policy && { policies: options.policy }),
    ...(options.rule && { rules: options.rule }),
    ...(options.since !== undefined && { since: parseInstant(options.since, Date.now()) }),
  };
  await withReader(options, async (reader) => {
    const answers = pages(
      async (page) => {
        const answer = await reader.evaluations({ ...narrowed, ...page });
        if (page.after === undefined) noteCoverage(answer.coverage);
        return answer;
      },
      (answer) => answer.evaluations,
      options.limit,
    );
    if (options.as) await writeExchange(options.as, answers);
    else await writeRows(options.output, columns, answers);
  });
}
