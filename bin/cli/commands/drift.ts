import type { Command } from 'commander';
import { parseInstant } from '../../../lib/instant.ts';
import type { DriftFinding } from '../../../services/analyzer/analyzer.contract.ts';
import { withAnalyzer } from '../analyze.ts';
import { noteCoverage } from '../coverage-note.ts';
import { type FilterOptions, filterOf, withFilter } from '../filter.ts';
import { type Column, note, type Output, onePage, writeRows } from '../output.ts';
import type { ReaderOptions } from '../reader.ts';
import { fieldText, whoText } from '../render/change.ts';

type Options = ReaderOptions & FilterOptions & { since?: string; until?: string; limit?: number; output: Output };

const columns: Column<DriftFinding>[] = [
  { head: 'SEVERITY', value: (f) => f.severity },
  { head: 'AT', value: (f) => f.at.slice(0, 19) },
  { head: 'TYPE', value: (f) => f.type },
  { head: 'ACCOUNT', value: (f) => f.account, spare: true },
  { head: 'REGION', value: (f) => f.region, spare: true },
  { head: 'NAME', value: (f) => f.name },
  { head: 'WHO', value: whoText },
  { head: 'WHAT', value: (f) => f.what },
  { head: 'FIELDS', value: (f) => f.fields.map(fieldText).join('; ') },
];

export function driftCommand(program: Command): Command {
  return withFilter(program.command('drift'))
    .summary('what drifted, the worst first, and who did it')
    .description('Changes of the last day by how much they matter; what AWS does by itself and what flaps is left out.')
    .option('--since <instant>', 'from: an instant, or 7d for a week ago (default: 24h)')
    .option('--until <instant>', 'up to')
    .addHelpText('after', '\nExamples:\n  elava drift --since 7d\n  elava drift --type security_group --output csv')
    .action(async (_, command: Command) => {
      const options = command.optsWithGlobals<Options>();
      const now = Date.now();
      const window = {
        ...(options.since !== undefined && { since: parseInstant(options.since, now) }),
        ...(options.until !== undefined && { until: parseInstant(options.until, now) }),
      };
      await withAnalyzer(options, async (analyzer) => {
        const { findings, coverage } = await analyzer.drift({ filter: filterOf(options), ...window });
        noteCoverage(coverage);
        await writeRows(options.output, columns, onePage(findings.slice(0, options.limit)));
        if (findings.length === 0) note('Nothing drifted in that time.');
      });
    });
}
