import { type Command, Option } from 'commander';
import { parseInstant } from '../../../lib/instant.ts';
import type { ChangeDimension, Step } from '../../../services/history/questions.schema.ts';
import { noteCoverage } from '../coverage-note.ts';
import { type FilterOptions, filterOf, listOf, withFilter } from '../filter.ts';
import { type Output, onePage, writeRows } from '../output.ts';
import { type ReaderOptions, withReader } from '../reader.ts';
import { seriesColumns, seriesRows, steps } from '../render/series.ts';
import { type ActorOptions, actorsOf, changeDimensions, withActors } from './changes.ts';

type Options = ReaderOptions &
  FilterOptions &
  ActorOptions & { since: string; until?: string; every: Step; by?: ChangeDimension[]; limit?: number; output: Output };

export function activityCommand(program: Command): Command {
  return withActors(withFilter(program.command('activity')))
    .summary('how many changes there were, day by day, and whose')
    .description('Counts changes by hour, day or week; first scans are no changes.')
    .option('--since <instant>', 'from: an instant, or 7d for a week ago', '7d')
    .option('--until <instant>', 'up to, not with it (default: now)')
    .addOption(new Option('--every <step>', 'length of a step').choices(steps).default('day'))
    .option('--by <what>', `${changeDimensions.join(', ')} (default: actor_kind)`, listOf(changeDimensions))
    .addHelpText(
      'after',
      `
Examples:
  elava activity
  elava activity --since 30d --by actor --output csv
  elava activity --since 24h --every hour --by kind --type security_group`,
    )
    .action(async (_, command: Command) => {
      await showActivity(command.optsWithGlobals<Options>());
    });
}

async function showActivity(options: Options): Promise<void> {
  const { every: step, by = ['actor_kind'], limit: top = options.output === 'table' ? 6 : 20 } = options;
  const now = Date.now();
  const to = options.until === undefined ? {} : { to: parseInstant(options.until, now) };
  const window = { from: parseInstant(options.since, now), ...to, step, by, top };
  await withReader(options, async (reader) => {
    const question = { filter: filterOf(options), ...window, ...actorsOf(options) };
    const { coverage, ...series } = await reader.activity(question);
    noteCoverage(coverage);
    await writeRows(options.output, seriesColumns(series), onePage(seriesRows(series)));
  });
}
