import { execFileSync } from 'node:child_process';
import { allVerbs, type TreeVerb } from '../../bin/cli/completion/tree.ts';
import { code, markdownHead, type Output, table } from './output.ts';

/** docs/cli.md: every verb with its options and examples, as the parser knows them. */
export function cliDocs(): Output[] {
  const tree = JSON.parse(
    execFileSync(process.execPath, ['bin/cli/main.ts', 'completion', 'tree'], { encoding: 'utf8', maxBuffer: 1 << 26 }),
  ) as TreeVerb;
  const verbs = allVerbs(tree).filter((verb) => verb !== tree);
  const text = `${markdownHead('bin/cli')}
# Command line

\`elava <verb> --help\` says the same. Results go to stdout, all else to stderr. Exit codes: 0 ok, 1 error, 2 usage,
3 findings, 4 some units could not be read, 5 refused for safety, 130 interrupted.

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
    .map(({ usage, text, choices }) => [code(usage), choices.length > 0 ? `${text}: ${choices.join(', ')}` : text]);
  return rows.length === 0 ? '' : table(['option', 'what it does'], rows);
}

function verbText(verb: TreeVerb): string {
  const examples = verb.examples === '' ? '' : `\n\`\`\`sh\n${verb.examples}\n\`\`\`\n`;
  return `## ${verb.path}

\`${verb.usage}\`

${verb.description || verb.summary}
${examples}
${optionTable(verb)}`;
}
