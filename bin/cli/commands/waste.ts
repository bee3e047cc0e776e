import type { Command } from 'commander';
import type { WasteFinding } from '../../../services/analyzer/analyzer.contract.ts';
import { withAnalyzer } from '../analyze.ts';
import { noteCoverage } from '../coverage-note.ts';
import { type FilterOptions, filterOf, withFilter } from '../filter.ts';
import { type Column, type Output, onePage, writeRows } from '../output.ts';
import type { ReaderOptions } from '../reader.ts';

type Options = ReaderOptions & FilterOptions & { limit?: number; output: Output };

const columns: Column<WasteFinding>[] = [
  { head: 'KIND', value: (f) => f.kind },
  { head: 'SINCE', value: (f) => f.since.slice(0, 10) },
  { head: 'CONFIDENCE', value: (f) => f.confidence, right: true },
  { head: 'TYPE', value: (f) => f.type },
  { head: 'ACCOUNT', value: (f) => f.account },
  { head: 'REGION', value: (f) => f.region },
  { head: 'NAME', value: (f) => f.name },
  { head: 'EVIDENCE', value: (f) => f.evidence.join('; ') },
];
/** What a tool that knows prices joins with its own tables. */
const exported: Column<WasteFinding>[] = [
  ...columns,
  { head: 'STATUS', value: (f) => f.status },
  { head: 'ID', value: (f) => f.id },
  { head: 'FACTS', value: (f) => JSON.stringify(f.facts) },
  { head: 'TAGS', value: (f) => JSON.stringify(f.tags) },
];

export function wasteCommand(program: Command): Command {
  return withFilter(program.command('waste'))
    .summary('what nobody seems to need, since when, and why we think so')
    .description('Stopped, unattached, obsolete, unused and orphaned resources with the evidence; no cost is guessed.')
    .addHelpText(
      'after',
      '\nExamples:\n  elava waste\n  elava waste --output csv > waste.csv   # facts for a tool that knows prices',
    )
    .action(async (_, command: Command) => {
      const options = command.optsWithGlobals<Options>();
      await withAnalyzer(options, async (analyzer) => {
        const { findings, coverage } = await analyzer.waste({ filter: filterOf(options) });
        noteCoverage(coverage);
        const shown = options.output === 'csv' ? exported : columns;
        await writeRows(options.output, shown, onePage(findings.slice(0, options.limit)));
      });
    });
}
