import type { Command } from 'commander';
import type { Found } from '../../../services/history/questions.schema.ts';
import { noteCoverage } from '../coverage-note.ts';
import { type FilterOptions, filterOf, withFilter } from '../filter.ts';
import { type Column, note, type Output, onePage, writeRows } from '../output.ts';
import { type ReaderOptions, withReader } from '../reader.ts';

type Options = ReaderOptions & FilterOptions & { gone?: boolean; limit?: number; output: Output };

const columns: Column<Found>[] = [
  { head: 'TYPE', value: (f) => f.type },
  { head: 'ACCOUNT', value: (f) => f.account, spare: true },
  { head: 'REGION', value: (f) => f.region, spare: true },
  { head: 'NAME', value: (f) => f.name },
  { head: 'STATUS', value: (f) => (f.live ? f.status : 'gone') },
  { head: 'BY', value: (f) => f.matched },
  { head: 'ID', value: (f) => f.id },
];

export function searchCommand(program: Command): Command {
  return withFilter(program.command('search'))
    .argument('<words...>', 'words of the id, name, a tag or the place; all must be found; key=value is a tag')
    .summary('find resources by words, the best first')
    .description('Looks for words in ids, names, values of tags, types, accounts and regions.')
    .option('--gone', 'also what is gone')
    .addHelpText(
      'after',
      `
Examples:
  elava search billing
  elava search team=data eu-west-1 s3
  elava search i-0a1b2c --gone`,
    )
    .action(async (words: string[], _, command: Command) => {
      const options = command.optsWithGlobals<Options>();
      const { gone = false, limit = 20 } = options;
      await withReader(options, async (reader) => {
        const question = { text: words.join(' '), filter: filterOf(options), limit, ...(gone && { gone }) };
        const { found, total, coverage } = await reader.search(question);
        noteCoverage(coverage);
        await writeRows(options.output, columns, onePage(found));
        if (total === 0)
          note(
            gone
              ? 'Nothing has all of these words.'
              : 'Nothing that lives has all of these words; --gone also looks at what is gone.',
          );
        else if (total > found.length) note(`${found.length} of ${total}; --limit shows more.`);
      });
    });
}
