import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from '@jest/globals';
import { buildBundle } from '../bundle.ts';
import { unpackBundle } from '../bundles/archive.ts';
import { RegoCompiler } from '../compiler/compiler.ts';
import { readSources } from '../sources.ts';
import { archiveOf } from './archive-of.ts';
import { benchPolicies } from './bench.ts';
import { explainPolicies } from './explain.ts';
import { formatPolicies, writeFormatted } from './format.ts';
import { junitOf } from './junit.ts';

const compiler = new RegoCompiler();
const settings = {
  environments: { default: { policies: ['elava.a'], strict: false } },
  accounts: {},
  tags: [],
  defaultDecision: 'require_approval',
  joins: {},
  memoryBytes: 64 * 1024 * 1024,
} as const;
const folders: string[] = [];
let directory = '';
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'elava-tools-'));
  folders.push(directory);
});
afterAll(async () => {
  await compiler.close();
  for (const folder of folders) await rm(folder, { recursive: true });
});

const put = async (files: Record<string, string>) => {
  for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text);
};
const good =
  'package elava.a\n\nimport data.lib\n\nflag contains "big" if {\n\tinput.resource.type == "ec2"\n\tlib.big(input.resource)\n}\n';
const lib = 'package lib\n\nbig(resource) if resource.size > 5\n';
const rules =
  'name: p\npackage: a\nrules:\n  - {name: r, effect: deny, when: {field: resource.size, greater_than: 9}}\n';

test('fmt: names what differs, writes it, and then nothing differs', async () => {
  await put({ 'a.rego': good.replaceAll('\t', '  '), 'lib.rego': lib, 'r.policy.yaml': rules });
  const found = await formatPolicies({ directory, compiler }, false);
  expect(found).toMatchObject({ errors: [], files: 2, differ: [{ path: 'a.rego', text: good }] });
  expect(await readFile(join(directory, 'a.rego'), 'utf8')).not.toBe(good);
  await writeFormatted(directory, found);
  expect((await formatPolicies({ directory, compiler }, false)).differ).toEqual([]);
});

test('fmt --upgrade: v0 becomes v1, and stays v0 without it', async () => {
  await put({ 'a.rego': 'package elava.a\n\nflag_old[x] {\n\tx := input.y[_]\n}\n' });
  expect((await formatPolicies({ directory, compiler }, false)).differ).toEqual([]);
  const { differ } = await formatPolicies({ directory, compiler }, true);
  expect(differ[0]?.text).toContain('flag_old contains x if {');
});

test('fmt: what cannot be parsed is named and nothing is written', async () => {
  await put({ 'a.rego': 'package elava.a\n\nflag if {\n', 'lib.rego': lib });
  const { errors, differ } = await formatPolicies({ directory, compiler }, false);
  expect(errors[0]).toMatchObject({ file: 'a.rego', row: 4 });
  expect(differ).toEqual([]);
});

test('build: a bundle that loads again, the same each time, rule policies as Rego', async () => {
  await put({
    'a.rego': good,
    'a_test.rego': 'package a_test\n',
    'lib.rego': lib,
    'r.policy.yaml': rules,
    'data.json': '{"limit": 3}',
  });
  const build = () => archiveOf({ directory, compiler }, { target: 'both', revision: '' });
  const [first, second] = [await build(), await build()];
  if (!first.ok || !second.ok) throw new Error('it does not build');
  expect(second.bytes.equals(first.bytes)).toBe(true);
  expect(first.manifest).toMatchObject({ roots: ['elava', 'lib', 'limit'], rego_version: 1 });
  const found = await unpackBundle(first.bytes, { name: 'b' });
  expect(found).toMatchObject({ errors: [], tests: [], data: { limit: 3 }, revision: first.manifest.revision });
  const paths = found.files.map(({ path }) => path).sort();
  expect(paths).toEqual(['a.rego', 'elava.a.rules.rego', 'lib.rego', 'r.policy.yaml.rego']);
  const again = await buildBundle(compiler, found);
  expect(again).toMatchObject({ ok: true, bundle: { packages: [{ name: 'elava.a' }] } });
});

test('build: what the manifest says of wasm and of v0', async () => {
  await put({ 'a.rego': 'package elava.a\n\nflag_old[x] {\n\tx := input.y[_]\n}\n' });
  const built = await archiveOf({ directory, compiler }, { target: 'wasm', revision: '7' });
  expect(built).toMatchObject({
    ok: true,
    manifest: {
      revision: '7',
      wasm: [{ entrypoint: 'elava/a', module: '/policy.wasm' }],
      file_rego_versions: { '/a.rego': 0 },
    },
  });
});

test('bench: counts what it evaluated', async () => {
  await put({ 'a.rego': good, 'lib.rego': lib });
  const built = await buildBundle(compiler, await readSources(directory));
  if (!built.ok) throw new Error('it does not build');
  // A clock that moves a millisecond at each look: rounds of so many looks.
  let now = 0;
  const clock = () => ++now;
  const options = { policies: ['elava.a'], rounds: 3, roundMs: 10, clock };
  const benched = benchPolicies(built.bundle, settings, [{ resource: { size: 6 } }, {}], options);
  expect(benched).toMatchObject({ inputs: 2, evaluations: 60, failed: 0, microseconds: { min: 550, median: 550 } });
  const unknown = benchPolicies(built.bundle, settings, [{}], { ...options, policies: ['elava.none'] });
  expect(unknown.failed).toBe(unknown.evaluations);
});

test('explain: what held, what nearly did, and why', async () => {
  await put({ 'a.rego': good, 'lib.rego': lib });
  const ask = (resource: object) => explainPolicies({ directory, compiler, settings }, { resource } as object);
  expect(await ask({ type: 'ec2', size: 6 })).toMatchObject({
    policies: ['elava.a'],
    fired: [{ rule: 'elava.a.flag', file: 'a.rego', row: 5, values: [{ known: { 'input.resource.type': 'ec2' } }] }],
    missed: [],
    error: '',
  });
  expect(await ask({ type: 'ec2', size: 5 })).toMatchObject({
    fired: [],
    missed: [
      {
        rule: 'elava.a.flag',
        missed: { text: 'lib.big(input.resource)', met: 1, of: 2 },
        because: [{ rule: 'lib.big', file: 'lib.rego', missed: { values: { known: { 'resource.size': 5 } } } }],
      },
    ],
  });
});

test('explain: broken sources are named', async () => {
  await put({ 'a.rego': 'package elava.a\n\nflag if nope.x\n' });
  const found = await explainPolicies({ directory, compiler, settings }, {});
  expect(found).toMatchObject({ errors: [{ file: 'a.rego', row: 3 }] });
});

test('junit: each outcome, with what XML must not have in it escaped', () => {
  const one = { package: 'data.a', file: 'a.rego', row: 3, micros: 1500 };
  const xml = junitOf({
    tests: [
      { ...one, name: 'test_a', outcome: 'pass' },
      {
        ...one,
        name: 'test_b',
        outcome: 'fail',
        failedAt: { file: 'a.rego', row: 4, col: 2, text: 'x < "1" & \u0007y' },
      },
      { ...one, name: 'test_c', outcome: 'skip' },
    ],
    tables: [{ file: 'a/allowed.json', name: 'row', passed: false, instead: 'deny: no' }],
  });
  expect(xml).toContain('<testsuite name="data.a" tests="3" failures="1" errors="0" skipped="1">');
  expect(xml).toContain('name="test_a" file="a.rego" line="3" time="0.001500"');
  expect(xml).toContain('<failure message="a.rego:4:2: x &lt; &quot;1&quot; &amp; y"/>');
  expect(xml).toContain('<failure message="came to deny: no"/>');
});
