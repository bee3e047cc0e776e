import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { styleText } from 'node:util';
import type { Command } from 'commander';
import { nearest } from '../../../lib/config/nearest.ts';
import { elavaError } from '../../../lib/errors.ts';
import { version } from '../../../lib/version.ts';
import { allVerbs, type TreeVerb, treeOf } from '../completion/tree.ts';
import { pageOf } from '../manual/page.ts';
import { roffOf } from '../manual/roff.ts';
import { textOf } from '../manual/text.ts';
import { note, write } from '../output.ts';

const DEFAULT_WIDTH = 80;

/** In the place of the parser's own, which knows less. */
export function helpCommand(program: Command): void {
  program.helpCommand(false);
  program
    .command('help')
    .argument('[verb...]', 'whose page is shown, such as policy test (default: elava itself)')
    .summary('the manual: one page a verb')
    .description('Shows a page of the manual, or writes all of them as man pages. --help is the short form.')
    .option('--man <directory>', 'write every page for man below this directory instead')
    .addHelpText(
      'after',
      `
Examples:
  elava help scan
  elava help policy explain | less
  elava help --man ~/.local/share/man && man elava-scan`,
    )
    .action(async (words: string[], { man }: { man?: string }) => {
      const root = treeOf(program);
      if (man !== undefined) return writeAll(root, man);
      const verb = verbOf(root, words);
      const bold = (text: string): string => styleText('bold', text, { stream: process.stdout });
      return write(textOf(pageOf(verb, root), process.stdout.columns ?? DEFAULT_WIDTH, bold));
    });
}

/** Error: INVALID_REQUEST names the nearest verb. */
function verbOf(root: TreeVerb, words: readonly string[]): TreeVerb {
  const path = ['elava', ...words].join(' ');
  const all = allVerbs(root);
  const found = all.find((verb) => verb.path === path);
  if (found) return found;
  const near = nearest(
    path,
    all.map((verb) => verb.path),
  );
  throw elavaError('INVALID_REQUEST', `there is no ${path}${near === undefined ? '' : `; is it ${near}?`}`);
}

async function writeAll(root: TreeVerb, directory: string): Promise<void> {
  const section = path.join(directory, 'man1');
  await mkdir(section, { recursive: true });
  const pages = allVerbs(root).map((verb) => pageOf(verb, root));
  for (const page of pages) await writeFile(path.join(section, `${page.name}.1`), roffOf(page, version));
  note(`${pages.length} pages are in ${section}; MANPATH=${directory}: man elava shows the first.`);
}
