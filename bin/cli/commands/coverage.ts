import type { Command } from 'commander';
import { type ErrorCode, errorTable } from '../../../lib/errors.ts';
import type { Coverage } from '../../../lib/resource.ts';
import { type FilterOptions, filterOf, withFilter } from '../filter.ts';
import { type Column, note, type Output, onePage, writeRows } from '../output.ts';
import { type ReaderOptions, withReader } from '../reader.ts';

type Options = ReaderOptions & FilterOptions & { failed?: boolean; limit?: number; output: Output };

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
    .option('--failed', 'only units that were not read whole')
    .addHelpText('after', `\nExamples:\n  elava coverage --failed\n  elava coverage --account 210000019372 --type rds`)
    .action(async (_, command: Command) => {
      const options = command.optsWithGlobals<Options>();
      await withReader(options, async (reader) => {
        const { units: all, summary } = await reader.coverage({ filter: filterOf(options) });
        const units = options.failed ? all.filter(({ state }) => state !== 'complete') : all;
        await writeRows(options.output, coverageColumns, onePage(units.slice(0, options.limit)));
        if (options.output === 'table') noteWhatToDo(units);
        note(
          `${summary.complete} of ${summary.units} units complete; the oldest of them read ${summary.oldest || 'never'}`,
        );
      });
    });
}

/** What to do about each error that there is, once. */
function noteWhatToDo(units: readonly Coverage[]): void {
  for (const error of new Set(units.map((unit) => unit.error))) {
    if (error in errorTable) note(`${error} → ${errorTable[error as ErrorCode].next}`);
  }
}
