import type { Command } from 'commander';
import { parseInstant } from '../../../lib/instant.ts';
import type { StoredResource } from '../../../services/history/history.contract.ts';
import { noteCoverage } from '../coverage-note.ts';
import { type FilterOptions, filterOf, withFilter } from '../filter.ts';
import { type Column, type Output, pages, writeRows } from '../output.ts';
import { type ReaderOptions, withReader } from '../reader.ts';

type Options = ReaderOptions & FilterOptions & { at?: string; limit?: number; output: Output };

const columns: Column<StoredResource>[] = [
  { head: 'TYPE', value: (r) => r.type },
  { head: 'ACCOUNT', value: (r) => r.account, spare: true },
  { head: 'REGION', value: (r) => r.region, spare: true },
  { head: 'NAME', value: (r) => r.name },
  { head: 'STATUS', value: (r) => r.status },
  { head: 'SINCE', value: (r) => r.state_since.slice(0, 16) },
  { head: 'ID', value: (r) => r.id },
];

export function resourcesCommand(program: Command): Command {
  return withFilter(program.command('resources'))
    .summary('list resources, now or as of an instant')
    .description(
      'Lists what the memory holds: live resources, or with --at those that lived at an instant of the last 30 days.',
    )
    .option('--at <instant>', 'as of: 2026-11-20T12:00Z, 2026-11-20, or 24h for a day ago')
    .addHelpText(
      'after',
      `
Examples:
  elava resources --type s3,rds --region us-east-1
  elava resources --tag environment=production --at 24h
  elava resources --output ndjson | jq -r .id`,
    )
    .action(async (_, command: Command) => {
      await listResources(command.optsWithGlobals<Options>());
    });
}

async function listResources(options: Options): Promise<void> {
  const at = options.at === undefined ? {} : { at: parseInstant(options.at, Date.now()) };
  await withReader(options, async (reader) => {
    const answers = pages(
      async (page) => {
        const answer = await reader.resources({ filter: filterOf(options), ...at, ...page });
        if (page.after === undefined) noteCoverage(answer.coverage);
        return answer;
      },
      (answer) => answer.resources,
      options.limit,
    );
    await writeRows(options.output, columns, answers);
  });
}
