import type { Command } from 'commander';
import { parseInstant } from '../../../lib/instant.ts';
import type { Related } from '../../../services/history/questions.schema.ts';
import { noteCoverage } from '../coverage-note.ts';
import { byIdOrName } from '../named.ts';
import { type Column, note, type Output, onePage, writeRows } from '../output.ts';
import { type ReaderOptions, withReader } from '../reader.ts';

type Options = ReaderOptions & { at?: string; limit?: number; output: Output };

const columns: Column<Related>[] = [
  { head: 'FROM', value: (r) => `${r.from.slice(0, 16)}${r.began ? '' : ' or before'}` },
  { head: 'UNTIL', value: (r) => r.until.slice(0, 16) },
  { head: 'HOW', value: (r) => (r.direction === 'to' ? 'refers to' : 'is referred to by') },
  { head: 'TYPE', value: (r) => r.type },
  { head: 'NAME', value: (r) => r.name },
  { head: 'ID', value: (r) => r.id },
];

export function relationsCommand(program: Command): Command {
  return program
    .command('relations')
    .argument('<id>', 'the ARN, a part of it, or a name that only one resource has')
    .summary('what a resource belonged together with, and when')
    .description('What it referred to and what referred to it in the last 30 days: disks, groups, roles, networks.')
    .option('--at <instant>', 'only what belonged to it then')
    .addHelpText(
      'after',
      `
Examples:
  elava relations vol-0a1b2c3d
  elava relations i-0a1b2c3d --at 2026-11-20T12:00Z --output json`,
    )
    .action(async (id: string, _, command: Command) => {
      const options = command.optsWithGlobals<Options>();
      const at = options.at === undefined ? {} : { at: parseInstant(options.at, Date.now()) };
      const limit = options.limit === undefined ? {} : { limit: options.limit };
      await withReader(options, async (reader) => {
        const { relations, coverage } = await byIdOrName(reader, id, (one) =>
          reader.relations({ id: one, ...at, ...limit }),
        );
        noteCoverage(coverage);
        await writeRows(options.output, columns, onePage(relations));
        if (relations.length === 0) note('It referred to nothing and nothing referred to it.');
      });
    });
}
