import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Command, Option } from 'commander';
import { completionFor } from './shells.ts';
import { treeOf } from './tree.ts';

function cli(): Command {
  const root = new Command('elava').addOption(
    new Option('-o, --output <form>', "a form's name").choices(['table', 'json']),
  );
  root.command('scan').summary('read the cloud').option('--region <names>', 'regions');
  const policy = root.command('policy').summary('work on policies');
  policy.command('test').summary('run tests').option('--coverage', 'also coverage');
  policy.command('check').summary('compile');
  root.helpCommand(false).command('help').summary('the manual');
  return root;
}
const tree = treeOf(cli());

/** What bash offers for a line that ends where the cursor is. */
function bash(line: string): string[] {
  const words = line.split(' ');
  const script = `${completionFor('bash', tree)}
COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}; _elava; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync('bash', ['-c', script], { encoding: 'utf8' }).split('\n').filter(Boolean);
}

describe('bash completes', () => {
  test.each([
    ['elava s', ['scan']],
    ['elava policy ', ['test', 'check', '-h', '--help', '--output', '-o']],
    ['elava policy test --c', ['--coverage']],
    ['elava --output json policy ch', ['check']],
    ['elava scan --output ', ['table', 'json']],
    ['elava scan -o j', ['json']],
    ['elava scan --region ', []],
    ['elava scan nothing p', []],
    ['elava help po', ['policy']],
    ['elava help policy c', ['check']],
  ])('%s', (line, offered) => {
    expect(bash(line).toSorted()).toEqual(offered.toSorted());
  });
});

describe('the other shells take what is written for them', () => {
  const file = (name: string, text: string): string => {
    const path = join(mkdtempSync(join(tmpdir(), 'elava-completion-')), name);
    writeFileSync(path, text);
    return path;
  };
  test.each([
    ['zsh', ['-n']],
    ['fish', ['--no-execute']],
  ] as const)('%s', (shell, args) => {
    const text = completionFor(shell, tree);
    expect(text).toContain('read the cloud');
    expect(text).toContain('check');
    // Where the shell is there it must find no fault.
    if (existsSync(`/usr/bin/${shell}`)) execFileSync(`/usr/bin/${shell}`, [...args, file(`elava.${shell}`, text)]);
  });
});

test('the tree has every verb with its path and its options', () => {
  expect(tree.verbs.map(({ path }) => path)).toEqual(['elava scan', 'elava policy', 'elava help']);
  expect(tree.verbs[1]?.verbs.map(({ path }) => path)).toEqual(['elava policy test', 'elava policy check']);
  expect(tree.verbs[0]?.options.map(({ usage }) => usage)).toContain('--region <names>');
});
