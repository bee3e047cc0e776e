import type { Command } from 'commander';
import type { Coverage } from '../../../lib/resource.ts';
import { type FilterOptions, filterOf, withFilter } from '../filter.ts';
import { type Column, note, type Output, onePage, writeRows } from '../output.ts';
import { type ReaderOptions, withReader } from '../reader.ts';

type Options = ReaderOptions & FilterOptions & { limit?: number; output: Output };

const coverageColumns: Column<Coverage>[] = [
  { head: 'STATE', value: (c) => c.state },
  { head: 'ACCOUNT', value: (c) => c.account },
  { head: 'REGION', value: (c) => c.region },
  { head: 'TYPE', value: (c) => c.type },
  { head: 'RESOURCES', value: (c) => c.count, right: true },
  { head: 'FINISHED', value: (c) => c.finished.slice(0, 19) },
  { head: 'ERROR', value: (c) => c.error },
  { head: 'DETAIL', value: (c) => c.detail },
];

export function coverageCommand(program: Command): Command {
  return withFilter(program.command('coverage'))
    .summary('what was scanned, when, and what could not be')
    .description('The last observation of each unit: account × region × type.')
    .action(async (_, command: Command) => {
      const options = command.optsWithGlobals<Options>();
      await withReader(options, async (reader) => {
        const { units, summary } = await reader.coverage({ filter: filterOf(options) });
        await writeRows(options.output, coverageColumns, onePage(units.slice(0, options.limit)));
        note(
          `${summary.complete} of ${summary.units} units complete; the oldest of them read ${summary.oldest || 'never'}`,
        );
      });
    });
}
