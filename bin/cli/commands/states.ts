import type { Command } from 'commander';
import { parseInstant } from '../../../lib/instant.ts';
import type { Standing } from '../../../services/history/questions.schema.ts';
import { noteCoverage } from '../coverage-note.ts';
import { type FilterOptions, filterOf, withFilter } from '../filter.ts';
import { type Column, note, type Output, onePage, pages, writeRows } from '../output.ts';
import { type Reader, type ReaderOptions, withReader } from '../reader.ts';

type Options = ReaderOptions &
  FilterOptions & { at?: string; for?: string; list?: boolean; limit?: number; output: Output };
type Group = Awaited<ReturnType<Reader['states']>>['groups'][number];

const groupColumns: Column<Group>[] = [
  { head: 'TYPE', value: (g) => g.type },
  { head: 'STATUS', value: (g) => g.status || '(none)' },
  { head: 'COUNT', value: (g) => g.count, right: true },
  { head: '<1D', value: (g) => g.day, right: true },
  { head: '<7D', value: (g) => g.week, right: true },
  { head: '<30D', value: (g) => g.month, right: true },
  { head: 'LONGER', value: (g) => g.longer, right: true },
  { head: 'OLDEST', value: (g) => g.oldest.slice(0, 16) },
];
const columns: Column<Standing>[] = [
  { head: 'SINCE', value: (r) => `${r.state_since.slice(0, 16)}${r.at_least ? ' or before' : ''}` },
  { head: 'TYPE', value: (r) => r.type },
  { head: 'STATUS', value: (r) => r.status || '(none)' },
  { head: 'ACCOUNT', value: (r) => r.account, spare: true },
  { head: 'REGION', value: (r) => r.region, spare: true },
  { head: 'NAME', value: (r) => r.name },
  { head: 'ID', value: (r) => r.id },
];

export function statesCommand(program: Command): Command {
  return withFilter(program.command('states'))
    .summary('resources by how long they are in their state')
    .description('Counts resources by status and by how long they have had it; --list names them, the longest first.')
    .option('--for <duration>', 'only those that are in it for longer: 7d, 12h')
    .option('--at <instant>', 'as of: an instant, or 24h for a day ago')
    .option('--list', 'the resources, the longest first')
    .addHelpText(
      'after',
      `
Examples:
  elava states --type ec2,rds
  elava states --type ebs --status available --for 7d --list`,
    )
    .action(async (_, command: Command) => {
      await showStates(command.optsWithGlobals<Options>());
    });
}

async function showStates(options: Options): Promise<void> {
  const now = options.at === undefined ? Date.now() : Date.parse(parseInstant(options.at, Date.now()));
  const question = {
    filter: filterOf(options),
    ...(options.at === undefined ? {} : { at: new Date(now).toISOString() }),
    ...(options.for === undefined ? {} : { since_before: parseInstant(options.for, now) }),
  };
  await withReader(options, async (reader) => {
    if (!options.list) {
      const { groups, coverage } = await reader.states({ ...question, limit: 1 });
      noteCoverage(coverage);
      await writeRows(options.output, groupColumns, onePage(groups.slice(0, options.limit)));
      return;
    }
    const answers = pages(
      async (page) => {
        const answer = await reader.states({ ...question, ...page });
        if (page.after === undefined) noteCoverage(answer.coverage);
        return answer;
      },
      (answer) => answer.resources,
      options.limit,
    );
    if ((await writeRows(options.output, columns, answers)) === 0) note('Nothing is in its state for so long.');
  });
}
