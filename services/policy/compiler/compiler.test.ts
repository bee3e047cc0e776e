import { createHash } from 'node:crypto';
import { afterAll, describe, expect, test } from '@jest/globals';
import { loadPolicy } from '@open-policy-agent/opa-wasm';
import { RegoCompiler } from './compiler.ts';
import { errorsOf, fixture, good, json, one } from './testing.ts';

const compiler = new RegoCompiler();
afterAll(() => compiler.close());

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

describe('check', () => {
  // fixtures/broken.json was recorded from the opa 1.22.2 command line: `opa check -f json --max-errors 100 FILE`.
  test('reports what opa check reports, with the same places', async () => {
    const cases: Array<{ file: string; text: string; errors: string[] }> = await json('broken.json');
    const found = [];
    for (const { file, text } of cases) found.push({ file, errors: errorsOf(await compiler.check(one(text, file))) });
    expect(found).toEqual(cases.map(({ file, errors }) => ({ file, errors })));
  });

  test('reports the errors of all files in one go', async () => {
    const files = [
      { path: 'a.rego', text: 'package a\n\np if {\n' },
      { path: 'b.rego', text: 'package b\n\np := "x\n' },
    ];
    const result = await compiler.check({ files });
    expect(new Set(errorsOf(result).map((line) => line.split(':')[0]))).toEqual(new Set(['a.rego', 'b.rego']));
  });

  test('describes what the files define', async () => {
    const { modules, builtins } = good(
      await compiler.check({ files: [await fixture('security.rego'), await fixture('lib.rego')] }),
    );
    expect(modules[0]).toMatchObject({
      file: 'fixtures/security.rego',
      package: 'data.fixtures.security',
      regoVersion: 'v1',
    });
    expect(modules[0]?.annotations).toEqual([{ scope: 'package', title: 'Security' }]);
    expect(modules[0]?.rules).toEqual([
      { name: 'decision', kind: 'complete', default: true, row: 7 },
      {
        name: 'deny',
        kind: 'set',
        row: 13,
        annotations: [{ scope: 'rule', title: 'Open to the world', custom: { severity: 'high' } }],
      },
      { name: 'flag_unencrypted', kind: 'complete', row: 19 },
      { name: 'decision', kind: 'complete', row: 21 },
      { name: 'decision', kind: 'complete', row: 23 },
    ]);
    expect(modules[1]?.rules).toEqual([{ name: 'open_to_world', kind: 'function', row: 3 }]);
    expect(builtins).toEqual(expect.arrayContaining(['net.cidr_contains', 'regex.match', 'sprintf']));
  });

  test('gives OPA its further lines', async () => {
    const result = await compiler.check(one('package x\n\np := count(1, 2)\n'));
    expect(!result.ok && result.errors[0]?.details).toEqual([
      'have: (number, number, ???)',
      'want: (collection: any<string, array[any], object[any: any], set[any]>)',
    ]);
  });

  test('finds a misspelt field of the input by its schema', async () => {
    const inputSchema = {
      type: 'object',
      properties: {
        resource: { type: 'object', properties: { name: { type: 'string' } }, additionalProperties: false },
      },
      additionalProperties: false,
    };
    const text = 'package x\n\np if input.resource.nmae == "a"\n';
    expect(errorsOf(await compiler.check({ ...one(text), inputSchema }))).toEqual([
      'x.rego:3:6: rego_type_error: undefined ref: input.resource.nmae',
    ]);
    expect(errorsOf(await compiler.build({ ...one(text), inputSchema, entrypoints: ['x/p'] }))).toEqual([
      'x.rego:3:6: rego_type_error: undefined ref: input.resource.nmae',
    ]);
    expect(errorsOf(await compiler.check({ ...one(text.replace('nmae', 'name')), inputSchema }))).toEqual([]);
  });

  test('never fetches a schema', async () => {
    const inputSchema = { $ref: 'http://127.0.0.1:9/schema.json' };
    expect(errorsOf(await compiler.check({ ...one('package x\n\np := input.a\n'), inputSchema }))).toEqual([
      'rego_type_error: unable to compile the schema: remote reference loading disabled: http://127.0.0.1:9/schema.json',
    ]);
  });

  test('refuses a package that overlaps with data', async () => {
    const result = await compiler.check({ ...one('package x\n\np := 1\n'), data: { x: { p: 1 } } });
    expect(errorsOf(result)).toEqual(['x.rego:3:1: rego_compile_error: conflicting rule for data path x/p found']);
  });

  test('is strict when asked', async () => {
    const text = 'package x\n\np if {\n\ty := 1\n}\n';
    expect(errorsOf(await compiler.check({ ...one(text), strict: true }))).toEqual([
      'x.rego:4:2: rego_compile_error: assigned var y unused',
    ]);
    expect(errorsOf(await compiler.check(one(text)))).toEqual([]);
  });
});

describe('Rego versions', () => {
  const versionsOf = async (...texts: string[]) =>
    good(await compiler.check({ files: texts.map((text, i) => ({ path: `${i}.rego`, text })) })).modules.map(
      (m) => m.regoVersion,
    );

  test('v1 first, v0 only where v1 fails, in one set', async () => {
    expect(
      await versionsOf('package a\n\np if data.b.q\n', 'package b\n\nq { input.x }\n\nr[y] { y := input.x[_] }\n'),
    ).toEqual(['v1', 'v0']);
  });

  test('v0 has all future keywords on, without an import', async () => {
    expect(
      await versionsOf('package a\n\np { some x in input.xs; every y in x { y > 1 } }\n\nq contains z { z := 1 }\n'),
    ).toEqual(['v0']);
  });

  test('v0 names that later keywords took stay legal', async () => {
    expect(await versionsOf('package a\n\nand { input.x }\n\nor { and }\n')).toEqual(['v0']);
  });

  test('a rule with `if` is never taken for an unconditional rule of plain v0', async () => {
    const text = 'package a\n\ndecision := "flag" if { input.flagged }\n';
    expect(await versionsOf(text)).toEqual(['v1']);
    const { evaluations } = good(
      await compiler.eval({ ...one(text), query: 'data.a.decision', inputs: [{ flagged: false }, { flagged: true }] }),
    );
    expect(evaluations).toEqual([{ values: [] }, { values: ['flag'] }]);
  });

  test("an error in it, with both versions failing, is v1's", async () => {
    expect(errorsOf(await compiler.check(one('p if { input.x }\n\nq { input.y }\n')))).toEqual([
      'x.rego:1:1: rego_parse_error: package expected',
      'x.rego:3:1: rego_parse_error: `if` keyword is required before rule body',
    ]);
  });

  test('a file that is evidently v0 is not told to use `if`', async () => {
    expect(errorsOf(await compiler.check(one('# what if\np { input.x }\n\nq[y] { y := input.y }\n')))).toEqual([
      'x.rego:2:1: rego_parse_error: package expected',
    ]);
  });
});

describe('builtins', () => {
  test('what the runtime does not supply is an error with a place', async () => {
    const text = 'package x\n\np if {\n\tinput.x\n\thttp.send({"method": "GET", "url": "http://a"})\n}\n';
    const refused = ['x.rego:5:2: rego_type_error: undefined function http.send'];
    expect(errorsOf(await compiler.check({ ...one(text), builtins: ['sprintf'] }))).toEqual(refused);
    expect(errorsOf(await compiler.build({ ...one(text), builtins: [], entrypoints: ['x/p'] }))).toEqual(refused);
    expect(errorsOf(await compiler.check(one(text)))).toEqual([]);
  });

  test('the language itself needs no list', async () => {
    const text =
      'package x\n\np contains $"{y}" if {\n\tsome y in input.ys\n\ty + 1 >= 2\n\tprint(y)\n\tevery z in [y] { z != {3} | {4} }\n}\n';
    expect(errorsOf(await compiler.check({ ...one(text), builtins: [] }))).toEqual([]);
  });

  test('all that OPA has can be asked', async () => {
    const all = await compiler.builtins();
    expect(all.find(({ name }) => name === 'plus')).toEqual({ name: 'plus', infix: '+' });
    expect(all.find(({ name }) => name === 'http.send')).toEqual({ name: 'http.send', nondeterministic: true });
    expect(all.find(({ name }) => name === 're_match')?.deprecated).toBe(true);
    expect(all.length).toBeGreaterThan(190);
  });
});

describe('build', () => {
  const policies = async () => ({ files: [await fixture('lib.rego'), await fixture('security.rego')] });
  const entrypoints = ['fixtures/security/decision', 'fixtures/security/deny'];

  // The digests are of /policy.wasm and /plan.json in the bundle that the opa 1.22.2 command line (`go install
  // github.com/open-policy-agent/opa@v1.22.2`) made in this folder with
  // `opa build -t wasm -e fixtures/security/decision -e fixtures/security/deny fixtures/lib.rego fixtures/security.rego`
  // and `opa build -t plan -e fixtures/security/decision fixtures/lib.rego fixtures/security.rego`.
  test('gives the bytes of opa build', async () => {
    const { wasm } = good(await compiler.build({ ...(await policies()), entrypoints }));
    expect(sha256(wasm)).toBe('e2d377ba5baca79c90776bac160a221e7908455df6ee03054faf3e2edbe515df');
    const { plan } = good(await compiler.plan({ ...(await policies()), entrypoints: entrypoints.slice(0, 1) }));
    expect(sha256(plan)).toBe('5ecff156eb5f754575959c4430c47ea57f840201efd2d4d66e29cde91e0fe8a0');
  });

  test('names entrypoints and what the host must supply', async () => {
    const built = good(await compiler.build({ ...(await policies()), entrypoints }));
    expect(built.entrypoints).toEqual({ 'fixtures/security/decision': 0, 'fixtures/security/deny': 1 });
    expect(Object.keys(built.builtins)).toEqual(['sprintf']);
    expect(built.modules.map(({ file }) => file)).toEqual(['fixtures/lib.rego', 'fixtures/security.rego']);
  });

  test('a set of both versions runs', async () => {
    const files = [
      { path: 'new.rego', text: 'package new\n\np contains x if some x in data.old.big\n' },
      { path: 'old.rego', text: 'package old\n\nbig[x] { x := input.xs[_]; x > 1 }\n' },
    ];
    const { wasm } = good(await compiler.build({ files, entrypoints: ['new/p'] }));
    const policy = await loadPolicy(wasm);
    expect(policy.evaluate({ xs: [1, 2] })).toEqual([{ result: [2] }]);
  });

  test('says which entrypoint does not exist, and that one is needed', async () => {
    const x = one('package x\n\np := 1\n');
    expect(errorsOf(await compiler.build({ ...x, entrypoints: ['x/q'] }))).toEqual([
      'build_error: entrypoint "x/q" does not refer to a rule or policy decision',
    ]);
    expect(errorsOf(await compiler.build({ ...x, entrypoints: [] }))).toEqual([
      'build_error: wasm compilation requires at least one entrypoint',
    ]);
  });

  test("reports more errors than the ten that OPA's bundle compiler stops at", async () => {
    const text = `package x\n\n${Array.from({ length: 15 }, (_, i) => `p${i} if y${i}\n`).join('\n')}`;
    expect(errorsOf(await compiler.build({ ...one(text), entrypoints: ['x/p0'] }))).toHaveLength(15);
  });

  test('the same sources are built once, in any order; other ones are not', async () => {
    const mine = new RegoCompiler();
    try {
      const { files } = await policies();
      const first = good(await mine.build({ files, entrypoints }));
      const bytes = sha256(first.wasm);
      structuredClone(first.wasm, { transfer: [first.wasm.buffer] });
      const again = good(await mine.build({ files: [...files].reverse(), entrypoints, optimize: 0 }));
      expect([again.digest, sha256(again.wasm), mine.stats.hits]).toEqual([first.digest, bytes, 1]);
      const other = await Promise.all([
        mine.build({ files, entrypoints: [...entrypoints].reverse() }),
        mine.build({ files, entrypoints, print: true }),
        mine.build({
          files,
          entrypoints,
          builtins: ['sprintf', 'endswith', 'net.cidr_contains', 'count', 'regex.match'],
        }),
      ]);
      expect(new Set([first.digest, ...other.map((result) => good(result).digest)]).size).toBe(4);
      expect(mine.stats.hits).toBe(1);
    } finally {
      await mine.close();
    }
  });
});

test('the artefact is the one that its record names', async () => {
  const recorded = await json('../rego-compiler.json');
  expect(await compiler.version()).toEqual({ opa: 'v1.22.2', go: recorded.go, sha256: recorded.sha256 });
});
