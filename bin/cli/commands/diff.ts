import type { Command } from 'commander';
import { clientOf } from '../../../lib/contract.ts';
import { elavaError } from '../../../lib/errors.ts';
import { parseInstant } from '../../../lib/instant.ts';
import { historyContract } from '../../../services/history/history.contract.ts';
import { noteCoverage } from '../coverage-note.ts';
import { type FilterOptions, filterOf, withFilter } from '../filter.ts';
import { type Output, pages, writeRows } from '../output.ts';
import type { ReaderOptions } from '../reader.ts';
import { settings, withSession } from '../session.ts';
import { changeColumns } from './changes.ts';

type Options = ReaderOptions & FilterOptions & { from: string; to: string; limit?: number; output: Output };

export function diffCommand(program: Command): Command {
  return withFilter(program.command('diff'))
    .summary('the net difference of two instants')
    .description('What is different between two instants, whatever happened in between.')
    .requiredOption('--from <instant>', 'an instant, or 7d for a week ago')
    .option('--to <instant>', 'the later one', '1ms')
    .addHelpText('after', '\nExample:\n  elava diff --from 2026-11-20T12:00Z --to 2026-11-21T12:00Z --type ec2')
    .action(async (_, command: Command) => {
      await showDiff(command.optsWithGlobals<Options>());
    });
}

async function showDiff(options: Options): Promise<void> {
  if (options.server !== undefined)
    throw elavaError('INVALID_REQUEST', '--server does not serve this verb yet; run it where the data directory is');
  const now = Date.now();
  const between = { from: parseInstant(options.from, now), to: parseInstant(options.to, now) };
  await withSession(settings(options), { ...options, roles: ['history'] }, async ({ broker }) => {
    const history = clientOf(historyContract, broker);
    const answers = pages(
      async (page) => {
        const answer = await history.diff({ filter: filterOf(options), ...between, ...page });
        if (page.after === undefined) noteCoverage(answer.coverage);
        return answer;
      },
      (answer) => answer.changes,
      options.limit,
    );
    await writeRows(options.output, changeColumns, answers);
  });
}
