/** What holds for every shipped rule: it is tested whole, described, and says nothing but what decides. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { suppliedBuiltins } from '../../services/policy/builtins/index.ts';
import { RegoCompiler } from '../../services/policy/compiler/compiler.ts';
import type { RegoFile, RegoModule } from '../../services/policy/compiler/requests.ts';
import { policyInputSchema } from '../../services/policy/input-schema.ts';
import { readSources } from '../../services/policy/sources.ts';
import { folder, packages, regoFiles } from './shipped.ts';

// With coverage each test runs three times, in OPA's interpreter.
const minutes = 120_000;
const compiler = new RegoCompiler({ deadlineMs: minutes });
let files: readonly RegoFile[];
let tests: readonly RegoFile[];
let modules: readonly RegoModule[];

/** Strict, with the functions that are supplied, and typed: a misspelt field of the input fails here with its place. */
beforeAll(async () => {
  ({ files, tests } = await readSources(folder));
  const checked = await compiler.check({
    files,
    strict: true,
    builtins: suppliedBuiltins,
    inputSchema: policyInputSchema,
  });
  if (!checked.ok) throw new Error(JSON.stringify(checked.errors));
  modules = checked.modules;
});
afterAll(() => compiler.close());

const isTest = (path: string) => path.endsWith('_test.rego');
const decides = /^(deny|flag|require|tag)_[a-z0-9_]+$/;
const deciding = () => modules.filter((module) => module.package.startsWith('data.elava.'));

test('every file has its test beside it', () => {
  const paths = regoFiles();
  const missing = paths.filter((path) => !isTest(path) && !paths.includes(path.replace(/\.rego$/, '_test.rego')));
  expect(missing).toEqual([]);
});

test(
  'every test passes, and together they reach every line of every rule',
  async () => {
    const run = await compiler.test({ files: [...files, ...tests], coverage: true });
    if (!run.ok) throw new Error(JSON.stringify(run.errors));
    expect(run.tests.filter(({ outcome }) => outcome !== 'pass')).toEqual([]);
    expect(run.tests.length).toBeGreaterThan(200);
    const holes = Object.entries(run.coverage?.files ?? {}).filter(
      ([, { not_covered = [] }]) => not_covered.length > 0,
    );
    expect(holes).toEqual([]);
    expect(run.coverage?.coverage).toBe(100);
  },
  minutes,
);

test('every file is written as opa fmt writes it', async () => {
  const formatted = await compiler.format({ files: [...files, ...tests] });
  if (!formatted.ok) throw new Error(JSON.stringify(formatted.errors));
  const before = new Map([...files, ...tests].map(({ path, text }) => [path, text]));
  expect(formatted.files.filter(({ path, text }) => before.get(path) !== text).map(({ path }) => path)).toEqual([]);
});

test('the packages are those that environments name', () => {
  const names = new Set(deciding().map((module) => module.package.slice('data.elava.'.length)));
  expect([...names].sort()).toEqual([...packages]);
});

// A package's document is evaluated and read whole: a helper that is a rule would cost time with each resource.
test('a package that decides holds rules that speak, and functions', () => {
  const others = deciding().flatMap(({ file, rules }) =>
    rules.filter(({ name, kind }) => kind !== 'function' && !decides.test(name)).map(({ name }) => `${file}: ${name}`),
  );
  expect(others).toEqual([]);
});

interface Words {
  readonly title: string;
  readonly description: string;
  readonly custom: { readonly severity: string; readonly remediation: string };
}

/** Each rule that speaks, with its annotation. */
function rules() {
  return deciding().flatMap((module) =>
    module.rules
      .filter(({ kind }) => kind !== 'function')
      .map(({ name, annotations = [] }) => ({
        name: `${module.package.slice('data.elava.'.length)}.${name}`,
        words: annotations[0] as Words | undefined,
      })),
  );
}

describe('every rule', () => {
  test('has a title, a description, a severity and a remedy', () => {
    const sentence = expect.stringMatching(/^\S.*\.$/);
    for (const rule of rules()) {
      expect(rule).toEqual({
        name: rule.name,
        words: expect.objectContaining({
          title: expect.stringMatching(/^\S.*[^.]$/),
          description: sentence,
          custom: { severity: expect.stringMatching(/^(info|low|medium|high)$/), remediation: sentence },
        }),
      });
    }
  });

  test('stands in the README with its severity', () => {
    const rows = rules().map(({ name, words }) => `| \`${name}\` | ${words?.custom.severity} | ${words?.title} |`);
    const readme = readFileSync(`${folder}/README.md`, 'utf8').split('\n');
    const listed = readme.filter((line) => /^\| `[a-z]+\./.test(line));
    expect(listed.map((line) => line.replace(/ +/g, ' '))).toEqual(rows.sort());
  });
});
