/** The linter's rules, each tried with what it is there to refuse: a configuration that matches nothing fails nobody. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

const long = (count: number): string => Array.from({ length: count }, (_, i) => `  out.push(${i});`).join('\n');
const branches = Array.from({ length: 10 }, (_, i) => `  if (n === ${i}) return ${i};`).join('\n');

const refused: Readonly<Record<string, readonly [rule: string, text: string]>> = {
  'lib/floating.ts': ['no-floating-promises', 'export function f(a: () => Promise<void>) {\n  a();\n}\n'],
  'lib/misused.ts': [
    'no-misused-promises',
    'export function f(a: () => Promise<void>) {\n  [1].forEach(async () => {\n    await a();\n  });\n}\n',
  ],
  'lib/thrown.ts': ['only-throw-error', "export function f() {\n  throw 'x';\n}\n"],
  'lib/any.ts': ['no-explicit-any', 'export const a = (x: any) => x as unknown;\n'],
  'lib/non-null.ts': ['no-non-null-assertion', 'export const a = (x: string | undefined) => x!;\n'],
  'lib/type-import.ts': [
    'consistent-type-imports',
    "import { Readable } from 'node:stream';\nexport type A = Readable;\n",
  ],
  'lib/missing-case.ts': [
    'switch-exhaustiveness-check',
    "export function f(x: 'a' | 'b') {\n  switch (x) {\n    case 'a':\n      return 1;\n  }\n  return 2;\n}\n",
  ],
  'lib/env.ts': ['no-process-env', "export const a = process.env['X'];\n"],
  'lib/env-import.ts': ['no-restricted-imports', "import { env } from 'node:process';\nexport const a = env['X'];\n"],
  'lib/default.ts': ['no-default-export', 'export default 1;\n'],
  'lib/loose.ts': ['eqeqeq', 'export const a = (x: unknown) => x == 1;\n'],
  'services/a/print.ts': ['no-console', "console.log('x');\n"],
  'lib/CamelCase.ts': ['filename-case', 'export const a = 1;\n'],
  'lib/long-function.ts': ['max-lines-per-function', `export function f(out: number[]) {\n${long(40)}\n}\n`],
  'lib/long-file.ts': ['max-lines', Array.from({ length: 401 }, (_, i) => `export const c${i} = ${i};\n`).join('')],
  'lib/params.ts': [
    'max-params',
    'export const f = (a: number, b: number, c: number, d: number, e: number) => a + b + c + d + e;\n',
  ],
  'lib/complex.ts': ['complexity', `export function f(n: number) {\n${branches}\n  return n;\n}\n`],
  'lib/skipped.test.ts': [
    'no-disabled-tests',
    "import { expect, test } from '@jest/globals';\ntest.skip('x', () => {\n  expect(1).toBe(1);\n});\n",
  ],
  'lib/focused.test.ts': [
    'no-focused-tests',
    "import { expect, test } from '@jest/globals';\ntest.only('x', () => {\n  expect(1).toBe(1);\n});\n",
  ],
  'lib/nothing.test.ts': ['expect-expect', "import { test } from '@jest/globals';\ntest('x', () => {});\n"],
};
const allowed: Readonly<Record<string, string>> = {
  'lib/config/env.ts': "export const a = process.env['X'];\n",
  'bin/main.ts': "console.log('x');\n",
  'services/a/a.service.ts': 'export default 1;\n',
  'lib/full-function.ts': `export function f(out: number[]) {\n${long(38)}\n}\n`,
  'lib/long.test.ts': `import { expect, test } from '@jest/globals';\ntest('x', () => {\n  const out: number[] = [];\n${long(60)}\n  expect(out).toHaveLength(60);\n});\n`,
};

let folder: string;
let found: readonly { filename: string; code: string }[];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'elava-lint-'));
  for (const file of ['.oxlintrc.json', 'tsconfig.json', 'package.json']) copyFileSync(file, join(folder, file));
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
  for (const [path, text] of [
    ...Object.entries(refused).map(([path, [, text]]) => [path, text] as const),
    ...Object.entries(allowed),
  ]) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const { stdout } = spawnSync(resolve('node_modules/.bin/oxlint'), ['--format', 'json'], {
    cwd: folder,
    encoding: 'utf8',
  });
  found = (JSON.parse(stdout) as { diagnostics: typeof found }).diagnostics;
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const rulesIn = (path: string): string[] => found.filter(({ filename }) => filename === path).map(({ code }) => code);

describe('the linter', () => {
  test.each(Object.entries(refused).map(([path, [rule]]) => [path, rule]))('%s is refused by %s', (path, rule) => {
    expect(rulesIn(path).join()).toContain(rule);
  });

  test.each(Object.keys(allowed))('%s is allowed', (path) => {
    expect(rulesIn(path)).toEqual([]);
  });

  test('a function has 40 lines at most', () => {
    expect(rulesIn('lib/long-function.ts')).toEqual(['eslint(max-lines-per-function)']);
  });
});
