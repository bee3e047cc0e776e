import type { Command } from 'commander';
import { parseInstant } from '../../../lib/instant.ts';
import type { ChangeDimension, Group } from '../../../services/history/questions.schema.ts';
import { noteCoverage } from '../coverage-note.ts';
import { type FilterOptions, filterOf, listOf, withFilter } from '../filter.ts';
import { type Column, type Output, onePage, pages, writeRows } from '../output.ts';
import { type ReaderOptions, withReader } from '../reader.ts';
import { type ActorOptions, actorsOf, changeColumns, changeDimensions, withActors } from './changes.ts';

type Options = ReaderOptions &
  FilterOptions &
  ActorOptions & {
    from: string;
    to: string;
    by?: ChangeDimension[];
    baseline: boolean;
    limit?: number;
    output: Output;
  };

export function diffCommand(program: Command): Command {
  return withActors(withFilter(program.command('diff')))
    .summary('the net difference of two instants')
    .description(
      'What is different between two instants, whatever happened in between, with who made the last change to it.',
    )
    .requiredOption('--from <instant>', 'an instant, or 7d for a week ago')
    .option('--to <instant>', 'the later one (default: now)', '1ms')
    .option('--by <what>', `count instead: ${changeDimensions.join(', ')}`, listOf(changeDimensions))
    .option('--no-baseline', 'without what a first scan found')
    .addHelpText(
      'after',
      `
Examples:
  elava diff --from 2026-11-20T12:00Z --to 2026-11-21T12:00Z --type ec2
  elava diff --from 7d --by actor,kind`,
    )
    .action(async (_, command: Command) => {
      await showDiff(command.optsWithGlobals<Options>());
    });
}

async function showDiff(options: Options): Promise<void> {
  const now = Date.now();
  const question = {
    filter: filterOf(options),
    from: parseInstant(options.from, now),
    to: parseInstant(options.to, now),
    ...actorsOf(options),
    ...(options.baseline ? {} : { baseline: false }),
  };
  const { by } = options;
  await withReader(options, async (reader) => {
    if (by) {
      const { groups = [], coverage } = await reader.diff({ ...question, by, limit: 0 });
      noteCoverage(coverage);
      await writeRows(options.output, groupColumns(by), onePage(groups.slice(0, options.limit)));
      return;
    }
    const answers = pages(
      async (page) => {
        const answer = await reader.diff({ ...question, ...page });
        if (page.after === undefined) noteCoverage(answer.coverage);
        return answer;
      },
      (answer) => answer.changes,
      options.limit,
    );
    await writeRows(options.output, changeColumns, answers);
  });
}

/** What was counted by, then how many. */
export function groupColumns(by: readonly string[]): Column<Group>[] {
  return [
    ...by.map((name) => ({ head: name.toUpperCase(), value: ({ key }: Group) => key[name] || '(none)' })),
    { head: 'COUNT', value: ({ count }: Group) => count, right: true },
  ];
}
