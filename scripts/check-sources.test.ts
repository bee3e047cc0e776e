import { describe, expect, test } from '@jest/globals';
import { faultsOf, linesOf } from './check-sources.ts';

const lines = (count: number): string => 'x\n'.repeat(count);
const faults = (path: string, text: string): string[] =>
  faultsOf([{ path, text }, ...Array.from({ length: 50 }, (_, i) => ({ path: `lib/small-${i}.ts`, text: 'x\n' }))]);

describe('sizes', () => {
  test('a file of 400 lines is the largest, and pages have their own limits', () => {
    expect(faults('lib/a.ts', lines(400))).toEqual([]);
    expect(faults('lib/a.ts', lines(401))).toEqual(['lib/a.ts has 401 lines, 400 at most: split it']);
    expect(faults('lib/a.test.ts', lines(401))).toHaveLength(1);
    expect(faults('README.md', lines(151))).toHaveLength(1);
    expect(faults('docs/asked.md', lines(900))).toEqual([]);
  });

  test('half of the files are short, nine tenths not long', () => {
    const files = (...sizes: number[]) =>
      faultsOf(sizes.map((size, i) => ({ path: `lib/f${i}.ts`, text: lines(size) })));
    expect(files(80, 80, 250)).toEqual(['90 % of the files should have 250 lines at most, they have 250'].slice(1));
    expect(files(81, 81, 100)[0]).toMatch(/^50 %/);
    expect(files(10, 10, 10, 251, 10, 10, 10, 10, 251, 251)[0]).toMatch(/^90 %/);
  });

  test('a last line without an end counts', () => {
    expect([
      linesOf({ path: '', text: 'a\nb' }),
      linesOf({ path: '', text: 'a\nb\n' }),
      linesOf({ path: '', text: '' }),
    ]).toEqual([2, 2, 0]);
  });
});

describe('the environment', () => {
  test.each([
    'const { env } = process;',
    'const { argv, env: e } = process;',
    'globalThis.process.env.X',
    "globalThis['process'].env",
  ])('%s is found', (text) => {
    expect(faults('services/a/b.ts', text)).toHaveLength(1);
    expect(faults('lib/config/env.ts', text)).toEqual([]);
  });
  test.each(['const { env } = options;', 'const { pid } = process;', 'environment = process.argv'])(
    '%s is not',
    (text) => {
      expect(faults('services/a/b.ts', text)).toEqual([]);
    },
  );
});

test('unfinished work is found with its line', () => {
  expect(faults('lib/a.ts', `a\n// ${'TO'}${'DO'}: later\n`)).toEqual([
    'lib/a.ts:2: unfinished work belongs in an issue',
  ]);
});
