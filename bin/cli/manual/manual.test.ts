import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { allVerbs, type TreeVerb } from '../completion/tree.ts';
import { pageName, pageOf } from './page.ts';
import { related } from './related.ts';
import { roffOf } from './roff.ts';
import { textOf, wrapped } from './text.ts';

const elava = (...args: string[]): string =>
  execFileSync(process.execPath, ['bin/cli/main.ts', ...args], { encoding: 'utf8', maxBuffer: 1 << 26 });
const tree = JSON.parse(elava('completion', 'tree')) as TreeVerb;
const verbs = allVerbs(tree).filter((verb) => verb !== tree);
const short = ({ path }: TreeVerb): string => path.replace(/^elava /, '');
const titles = (verb: TreeVerb): string[] => pageOf(verb, tree).sections.map(({ title }) => title);

describe('every verb', () => {
  test('stands in the table of what belongs to it, which names verbs only', () => {
    const names = verbs.map(short);
    expect(Object.keys(related).toSorted()).toEqual(names.toSorted());
    const unknown = Object.values(related).flatMap(({ see }) => see.filter((name) => !names.includes(name)));
    expect(unknown).toEqual([]);
  });

  test.each(verbs.map((verb) => [verb.path, verb] as const))('%s has a whole page', (_, verb) => {
    const whole = ['Synopsis', 'Description', 'Options of every verb', 'Exit status', 'Files', 'Environment'];
    expect(titles(verb)).toEqual(expect.arrayContaining(whole));
    expect([verb.description, pageOf(verb, tree).see.length > 0]).not.toContain('');
    if (verb.verbs.length === 0) expect(verb.examples).toContain('elava');
    const named = [...verb.usage.matchAll(/[<[]([a-z]+)(?:\.\.\.)?[>\]]/g)].map(([, name]) => name);
    const described = verb.arguments.map(({ usage }) => usage.replaceAll(/[^a-z]/g, ''));
    expect(described).toEqual(named.filter((name) => name !== 'options' && name !== 'command'));
  });
});

describe('a page', () => {
  const scan = verbs.find(({ path }) => path === 'elava scan') as TreeVerb;

  test('tells defaults, choices, and how else the verb can end', () => {
    const text = textOf(pageOf(scan, tree), 200, (word) => word).replaceAll(/\s+/g, ' ');
    expect(text).toMatch(/--fail-on <decision> .*deny, require_approval, flag, never; default: flag/);
    expect(text).toMatch(/ 3 +findings at least as strong/);
    expect(text).toMatch(/ 4 +some units could not be read/);
    expect(text).toContain('elava help coverage');
  });

  test.each([60, 80, 100])('keeps to %s columns, but for what cannot be broken', (width) => {
    const { sections, ...page } = pageOf(scan, tree);
    const broken = sections.filter(({ lines }) => lines === undefined);
    const text = textOf({ ...page, sections: broken }, width, (word) => word);
    const tooLong = text.split('\n').filter((line) => line.trim().includes(' ') && line.length > width);
    expect(tooLong).toEqual([]);
  });

  test('is a man page whose words cannot become requests', () => {
    const page = {
      name: 'elava-x',
      summary: 'a\\b',
      sections: [{ title: 'T', lines: ['.so /etc/passwd', 'é'] }],
      see: ['elava y z'],
    };
    const roff = roffOf(page, '1');
    expect(roff).toContain('\n\\&.so /etc/passwd\n');
    expect(roff).toContain('a\\eb');
    expect(roff).toContain('\\[u00E9]');
    expect(roff).toContain('\\fBelava\\-y\\-z\\fR(1)');
  });

  test('is found by a verb that is nearly right', () => {
    expect(() => elava('help', 'polcy', 'test')).toThrow(/is it elava policy test\?/);
    expect(elava('help', 'policy', 'test')).toContain('elava-policy-test - run test_ rules');
  });
});

test('the man pages are read by groff without a warning', () => {
  const directory = mkdtempSync(join(tmpdir(), 'elava-man-'));
  elava('help', '--man', directory);
  const section = join(directory, 'man1');
  const pages = readdirSync(section);
  expect(pages.toSorted()).toEqual([tree, ...verbs].map(({ path }) => `${pageName(path)}.1`).toSorted());
  if (!existsSync('/usr/bin/groff')) return;
  const said = execFileSync('/usr/bin/groff', ['-man', '-Tutf8', '-ww', ...pages.map((page) => join(section, page))], {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  expect(said).toContain('ELAVA-SCAN(1)');
  rmSync(directory, { recursive: true });
});

test('words are broken between words', () => {
  expect(wrapped('one two three', 8, '  ')).toBe('  one\n  two\n  three');
});
