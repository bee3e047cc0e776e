import type { Command } from 'commander';
import { parseInstant } from '../../../lib/instant.ts';
import type { Pattern } from '../../../services/analyzer/analyzer.contract.ts';
import { withAnalyzer } from '../analyze.ts';
import { noteCoverage } from '../coverage-note.ts';
import { type FilterOptions, filterOf, withFilter } from '../filter.ts';
import { type Column, note, type Output, onePage, writeRows } from '../output.ts';
import type { ReaderOptions } from '../reader.ts';

type Options = ReaderOptions & FilterOptions & { since?: string; limit?: number; output: Output };

const columns: Column<Pattern>[] = [
  { head: 'PATTERN', value: (p) => p.pattern },
  { head: 'CONFIDENCE', value: (p) => p.confidence, right: true },
  { head: 'SEEN', value: (p) => p.observations.length, right: true },
  { head: 'SUBJECT', value: (p) => p.subject },
  { head: 'WHAT', value: (p) => p.text },
];

export function patternsCommand(program: Command): Command {
  return withFilter(program.command('patterns'))
    .summary('what recurs: nightly stops, growth, flapping, what changes together')
    .description('Patterns in the changes of 30 days, each with the observations that it rests on (--output json).')
    .option('--since <instant>', 'from: an instant, or 7d for a week ago (default: 30d)')
    .addHelpText(
      'after',
      `\nExamples:\n  elava patterns --type ec2\n  elava patterns --since 7d --output json | jq '.[].observations'`,
    )
    .action(async (_, command: Command) => {
      const options = command.optsWithGlobals<Options>();
      const since = options.since === undefined ? {} : { since: parseInstant(options.since, Date.now()) };
      await withAnalyzer(options, async (analyzer) => {
        const { patterns, coverage } = await analyzer.patterns({ filter: filterOf(options), ...since });
        noteCoverage(coverage);
        await writeRows(options.output, columns, onePage(patterns.slice(0, options.limit)));
        if (patterns.length === 0) note('Nothing recurs in these changes.');
      });
    });
}
