import { execFileSync } from 'node:child_process';
import { allVerbs, type TreeVerb } from '../../bin/cli/completion/tree.ts';
import { pageName } from '../../bin/cli/manual/page.ts';
import { related } from '../../bin/cli/manual/related.ts';
import { code, markdownHead, type Output, table } from './output.ts';

/** docs/cli.md: every verb with its options and examples, as the parser knows them. */
export function cliDocs(): Output[] {
  const tree = JSON.parse(
    execFileSync(process.execPath, ['bin/cli/main.ts', 'completion', 'tree'], { encoding: 'utf8', maxBuffer: 1 << 26 }),
  ) as TreeVerb;
  const verbs = allVerbs(tree).filter((verb) => verb !== tree);
  const text = `${markdownHead('bin/cli')}
# Command line

\`elava help <verb>\` shows the same with files and environment, \`elava <verb> --help\` is the short form, and
\`elava help --man <directory>\` writes man pages. Results go to stdout, all else to stderr. Exit codes: 0 ok, 1 error,
2 usage, 3 findings, 4 some units could not be read, 5 refused for safety, 130 interrupted.

${table(
  ['verb', 'what it does'],
  verbs.map(({ path, summary }) => [`[${path}](#${path.replaceAll(' ', '-')})`, summary]),
)}
## Options of every verb

${optionTable(tree)}
${verbs.map(verbText).join('\n')}`;
  return [{ path: 'docs/cli.md', text }];
}

function optionTable({ options }: TreeVerb): string {
  const rows = options
    .filter(({ flags }) => !flags.includes('--help'))
    .map(({ usage, text, choices, default: otherwise }) => {
      const told = choices.length > 0 ? `${text}: ${choices.join(', ')}` : text;
      return [code(usage), otherwise === '' ? told : `${told} (default: ${otherwise})`];
    });
  return rows.length === 0 ? '' : table(['option', 'what it does'], rows);
}

function argumentTable({ arguments: taken }: TreeVerb): string {
  const rows = taken.map(({ usage, text }) => [code(usage), text]);
  return rows.length === 0 ? '' : table(['argument', 'what it is'], rows);
}

function verbText(verb: TreeVerb): string {
  const { ends = {}, see = [] } = related[verb.path.replace(/^elava /, '')] ?? {};
  const links = see.map((name) => `[elava ${name}](#${pageName(`elava ${name}`)})`);
  const parts = [
    `## ${verb.path}`,
    `\`${verb.usage}\``,
    verb.description || verb.summary,
    verb.notes,
    verb.examples === '' ? '' : `\`\`\`sh\n${verb.examples}\n\`\`\``,
    argumentTable(verb),
    optionTable(verb),
    Object.entries(ends)
      .map(([status, text]) => `Exit code ${status}: ${text}.`)
      .join(' '),
    links.length === 0 ? '' : `See also ${links.join(', ')}.`,
  ];
  return `${parts
    .map((part) => part.trimEnd())
    .filter(Boolean)
    .join('\n\n')}\n`;
}
