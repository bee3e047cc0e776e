/** Whatever is wrong with the policies: what was good before serves on, and the fault is told with its place. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { RegoCompiler } from './compiler/compiler.ts';
import { PolicyStore } from './policy-store.ts';

const compiler = new RegoCompiler();
let directory: string;
let store: PolicyStore;
let good: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'elava-bad-'));
  await writeFile(join(directory, 'good.rego'), 'package elava.good\n\nflag contains "seen" if input.resource\n');
  store = new PolicyStore({ directory, compiler, settings: {}, now: () => 0 });
  good = (await store.current()).served.digest;
});
afterEach(async () => {
  for (const name of ['bad.rego', 'data.json', 'bad.policy.yaml']) await rm(join(directory, name), { force: true });
});
afterAll(async () => {
  await compiler.close();
  await rm(directory, { recursive: true });
});

const rego = (body: string): [string, string] => ['bad.rego', `package elava.bad\n\n${body}\n`];

test.each<[string, [file: string, text: string], row: number]>([
  ['a body that does not end', rego('flag contains "x" if {'), 4],
  ['a file without a package', ['bad.rego', 'flag contains "x" if true\n'], 1],
  ['a function that is not there', rego('flag contains "x" if no_such(input)'), 3],
  ['a function that reaches out', rego('x := http.send({"method": "get", "url": "http://a"})'), 3],
  ['a variable that nothing binds', rego('flag contains x if input.resource'), 3],
  ['a rule that asks itself', rego('a if b\n\nb if a'), 3],
  ['a rule of two kinds', rego('flag contains "x" if true\n\nflag := 1 if true'), 3],
  ['two defaults', rego('default a := 1\n\ndefault a := 2'), 1],
  ['a call with too few arguments', rego('x := startswith("a")'), 3],
  ['values that cannot be compared', rego('x if count(1) > 0'), 3],
  ['a package in the place of a rule', ['bad.rego', 'package elava.good.flag\n\nx := 1\n'], 0],
  ['data that are no JSON', ['data.json', '{"a": 1,\n "b": [}\n'], 2],
  ['data that are a list', ['data.json', '[1]\n'], 1],
  [
    'a rule policy with an unknown operator',
    ['bad.policy.yaml', 'name: bad\nrules:\n  - name: a\n    effect: deny\n    when: {field: a, no_such: 1}\n'],
    5,
  ],
])('%s', async (_, [file, text], row) => {
  await writeFile(join(directory, file), text);
  const { served, errors } = await store.load();
  expect(served.digest).toBe(good);
  expect(errors.length).toBeGreaterThan(0);
  const places = errors.map((one) => [one.file, one.row]);
  if (row > 0) expect(places).toContainEqual([file, row]);
  await rm(join(directory, file));
  expect(await store.load()).toMatchObject({ errors: [], served: { digest: good } });
});
