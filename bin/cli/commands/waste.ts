import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { elavaError, messageOf } from '../../../lib/errors.ts';
import type { WasteFinding } from '../../../services/analyzer/analyzer.contract.ts';
import { type Analyzer, withAnalyzer } from '../analyze.ts';
import { noteCoverage } from '../coverage-note.ts';
import { type FilterOptions, filterOf, withFilter } from '../filter.ts';
import { type Column, note, type Output, onePage, writeRows } from '../output.ts';
import type { ReaderOptions } from '../reader.ts';

type Options = ReaderOptions & FilterOptions & { limit?: number; output: Output; measure?: boolean; parquet?: string };

const columns: Column<WasteFinding>[] = [
  { head: 'KIND', value: (f) => f.kind },
  { head: 'SINCE', value: (f) => f.since.slice(0, 10) },
  { head: 'CONFIDENCE', value: (f) => f.confidence, right: true },
  { head: 'TYPE', value: (f) => f.type },
  { head: 'ACCOUNT', value: (f) => f.account, spare: true },
  { head: 'REGION', value: (f) => f.region, spare: true },
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
    .description(
      'Stopped, unattached, obsolete, idle, oversized and orphaned resources with the evidence; no cost is guessed.',
    )
    .option('--measure', 'first ask CloudWatch how much is used, where that is not known of the last day')
    .option('--parquet <file>', 'write all of it, with the facts that a price needs, into a file')
    .addHelpText(
      'after',
      `
Examples:
  elava waste --measure
  elava waste --output csv > waste.csv     # facts for a tool that knows prices
  elava waste --parquet waste.parquet`,
    )
    .action(async (_, command: Command) => {
      await showWaste(command.optsWithGlobals<Options>());
    });
}

async function showWaste(options: Options): Promise<void> {
  const filter = filterOf(options);
  await withAnalyzer(
    options,
    async (analyzer) => {
      if (options.measure) noteMeasured(await analyzer.measure({ filter }));
      const { findings, coverage } = await analyzer.waste({ filter });
      noteCoverage(coverage);
      if (options.parquet !== undefined) {
        await writeParquet(options.parquet, findings);
        return;
      }
      const shown = options.output === 'csv' ? exported : columns;
      await writeRows(options.output, shown, onePage(findings.slice(0, options.limit)));
      if (findings.length === 0) note('Nothing is found that nobody needs.');
    },
    options.measure ? ['scanner'] : [],
  );
}

function noteMeasured({ measured, failed }: Awaited<ReturnType<Analyzer['measure']>>): void {
  note(`${measured} resources were measured.`);
  for (const { account, region, error, detail } of failed)
    note(`warning: ${account} ${region} could not be measured: ${error} ${detail}`);
}

async function writeParquet(file: string, findings: readonly WasteFinding[]): Promise<void> {
  const { wasteParquet } = await import('../render/parquet.ts');
  try {
    await writeFile(file, wasteParquet(findings));
  } catch (error) {
    throw elavaError('INVALID_REQUEST', `${file} cannot be written: ${messageOf(error)}`);
  }
  note(`${findings.length} findings are in ${file}.`);
}
