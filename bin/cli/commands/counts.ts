import { type Command, Option } from 'commander';
import { elavaError } from '../../../lib/errors.ts';
import { parseInstant } from '../../../lib/instant.ts';
import type { Dimension, Step } from '../../../services/history/questions.schema.ts';
import { noteCoverage } from '../coverage-note.ts';
import { type FilterOptions, filterOf, listOf, withFilter } from '../filter.ts';
import { note, type Output, onePage, writeRows } from '../output.ts';
import { type ReaderOptions, withReader } from '../reader.ts';
import { seriesColumns, seriesRows, steps } from '../render/series.ts';
import { groupColumns } from './diff.ts';

type Options = ReaderOptions &
  FilterOptions & { by?: Dimension[]; at?: string; since?: string; every?: Step; limit?: number; output: Output };

const dimensions = ['type', 'account', 'region', 'status', 'owner'] as const;

export function countsCommand(program: Command): Command {
  return withFilter(program.command('counts'))
    .summary('how many resources there are, were, or were over time')
    .description('Counts resources by type, account, region, status or owner: now, as of an instant, or over time.')
    .option('--by <what>', `${dimensions.join(', ')}; up to three, comma-separated (default: type)`, listOf(dimensions))
    .option('--at <instant>', 'as of: 2026-11-20T12:00Z, 2026-11-20, or 24h for a day ago')
    .option('--since <instant>', 'over time, from there to --at or now')
    .addOption(new Option('--every <step>', 'length of a step (default: day)').choices(steps))
    .addHelpText(
      'after',
      `
Examples:
  elava counts
  elava counts --by account,type --at 7d
  elava counts --since 30d --by type --output csv
  elava counts --since 24h --every hour --type ec2 --by status`,
    )
    .action(async (_, command: Command) => {
      const options = command.optsWithGlobals<Options>();
      if (options.since === undefined) {
        if (options.every !== undefined) throw elavaError('INVALID_REQUEST', '--every says nothing without --since');
        await showCounts(options);
      } else await showSeries(options, options.since);
    });
}

async function showCounts(options: Options): Promise<void> {
  const by = options.by ?? ['type'];
  const at = options.at === undefined ? {} : { at: parseInstant(options.at, Date.now()) };
  await withReader(options, async (reader) => {
    const limit = options.limit ?? 1000;
    const { groups = [], rest = 0, coverage } = await reader.counts({ filter: filterOf(options), by, limit, ...at });
    noteCoverage(coverage);
    await writeRows(options.output, groupColumns(by), onePage(groups));
    if (rest > 0) note(`and ${rest} more that --limit left out`);
  });
}

async function showSeries(options: Options, since: string): Promise<void> {
  const { by = ['type'], every: step = 'day', limit: top = options.output === 'table' ? 6 : 20 } = options;
  const now = Date.now();
  const to = options.at === undefined ? {} : { to: parseInstant(options.at, now) };
  const window = { from: parseInstant(since, now), ...to, step, top };
  await withReader(options, async (reader) => {
    const { coverage, ...series } = await reader.series({ filter: filterOf(options), by, ...window });
    noteCoverage(coverage);
    await writeRows(options.output, seriesColumns(series), onePage(seriesRows(series)));
  });
}
