import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { areasOf, faultsOf, rowsOf } from './check-asked.ts';

const files: Readonly<Record<string, string>> = {
  'lib/a.ts': 'code',
  'lib/a.test.ts': `// adds wrongly\ntest('adds two', () => {});\ntest("it\\'s quoted", () => {});`,
  'policies/x_test.rego': 'test_denied if {\n}\n',
};
const faults = (where: string, shown: string): string[] =>
  faultsOf(`- **main job**: x\n| S0-001 | asked | ${where} | ${shown} |\n`, (path) => files[path]);

describe('a row', () => {
  test.each([
    ['`lib/a.ts`', '`lib/a.test.ts` adds two'],
    ['`lib/a.ts` `lib/a.test.ts`', '`lib/a.test.ts` adds two <br> `policies/x_test.rego` test_denied'],
    ['`lib/a.ts`', "`lib/a.test.ts` it's quoted"],
    ['', 'open: main job'],
    ['', 'left out: nobody has it'],
  ])('%s shown by %s holds', (where, shown) => {
    expect(faults(where, shown)).toEqual([]);
  });

  test.each([
    ['`lib/b.ts`', '`lib/a.test.ts` adds two', 'lib/b.ts does not exist'],
    ['`lib/a.ts`', '`lib/b.test.ts` adds two', 'lib/b.test.ts does not exist'],
    ['`lib/a.ts`', '`lib/a.test.ts` adds three', 'has no test "adds three"'],
    ['`lib/a.ts`', '`lib/a.test.ts` adds wrongly', 'has no test'],
    ['`lib/a.ts`', '`policies/x_test.rego` test_den', 'has no test'],
    ['', '`lib/a.test.ts` adds two', 'where it lives'],
    ['', 'open: elsewhere', 'no area "elsewhere"'],
    ['', 'left out:', 'needs a reason'],
    ['', 'done', 'the last column'],
    ['', 'done | extra', 'four cells'],
    ['', '', 'the last column'],
  ])('%s shown by %s is refused', (where, shown, fault) => {
    expect(faults(where, shown)).toEqual([expect.stringContaining(fault)]);
  });

  test('an id is used once, and the line is told', () => {
    const markdown = '- **a**: x\n| S0-1 | x | | open: a |\n| S0-1 | y | | open: a |\n';
    expect(faultsOf(markdown, () => undefined)).toEqual(['docs/asked.md:3: S0-1: its id is taken']);
  });

  test('a bar in a cell is no border', () => {
    expect(rowsOf('| S0-1 | a \\| b | `x` | open: a |\n')).toEqual([
      { line: 1, id: 'S0-1', where: '`x`', shown: 'open: a' },
    ]);
  });
});

test('the real table has every seed and names its areas', () => {
  const markdown = readFileSync('docs/asked.md', 'utf8');
  const seeds = Map.groupBy(rowsOf(markdown), ({ id }) => id.slice(0, 2));
  for (const seed of ['S0', 'S1', 'S2', 'S3', 'S4']) expect(seeds.get(seed)?.length).toBeGreaterThan(40);
  expect(areasOf(markdown)).toContain('main job');
});

test('the licence is MIT', () => {
  expect(readFileSync('LICENSE', 'utf8')).toMatch(/^MIT License\n\nCopyright \(c\) \d{4} Elava contributors\n/);
  expect(JSON.parse(readFileSync('package.json', 'utf8'))).toMatchObject({ license: 'MIT' });
});
