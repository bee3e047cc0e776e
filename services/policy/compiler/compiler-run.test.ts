import { afterAll, describe, expect, test } from '@jest/globals';
import { RegoCompiler } from './compiler.ts';
import { errorsOf, fixture, good, json, one } from './testing.ts';

const compiler = new RegoCompiler();
afterAll(() => compiler.close());

describe('test', () => {
  test('the outcome of each, and the line that failed', async () => {
    const text = `package x_test

test_pass if 1 == 1

test_fail if {
	y := 1
	y == 1
	y == helper(1)
	y == 3
}

helper(x) := x + 1

test_twice if true

test_twice if false

test_case[name] if {
	some name, want in {"one": 1, "two": 2}
	want == 1
}

todo_test_later if false

test_print if print("said", 1)

test_conflict if f(1)

f(x) := 1 if x

f(x) := 2 if x
`;
    const { tests } = good(await compiler.test(one(text)));
    expect(
      tests.map(({ name, outcome, row, failedAt }) => [name, outcome, row, failedAt?.row ?? 0, failedAt?.text ?? '']),
    ).toEqual([
      ['test_pass', 'pass', 3, 0, ''],
      ['test_fail', 'fail', 5, 8, 'y == helper(1)'],
      ['test_twice', 'pass', 14, 0, ''],
      ['test_twice#01', 'fail', 16, 16, 'false'],
      ['test_case', 'fail', 18, 20, 'want == 1'],
      ['todo_test_later', 'skip', 23, 0, ''],
      ['test_print', 'pass', 25, 0, ''],
      ['test_conflict', 'error', 27, 0, ''],
    ]);
    const named = new Map(tests.map((t) => [t.name, t]));
    expect(named.get('test_case')?.cases).toEqual([
      { name: ['one'], passed: true },
      { name: ['two'], passed: false },
    ]);
    expect(named.get('test_print')?.output).toBe('said 1\n');
    expect(named.get('test_conflict')?.error).toMatchObject({ code: 'eval_conflict_error', file: 'x.rego', row: 31 });
  });

  // fixtures/coverage.json is the output of the opa 1.22.2 command line, run in this folder:
  // `opa test -c -f json fixtures/lib.rego fixtures/security.rego fixtures/security_test.rego`.
  test('coverage equals that of opa test', async () => {
    const files = await Promise.all(['lib.rego', 'security.rego', 'security_test.rego'].map(fixture));
    const { coverage, tests } = good(await compiler.test({ files, coverage: true }));
    expect(coverage).toEqual(await json('coverage.json'));
    expect(tests).toHaveLength(1);
  });

  test('a failed test has its line with coverage on, too', async () => {
    const { tests, coverage } = good(
      await compiler.test({ ...one('package x\n\ntest_a if {\n\tinput.x\n}\n'), coverage: true }),
    );
    expect([tests[0]?.failedAt?.row, coverage?.coverage]).toEqual([4, 0]);
  });

  test('the filter takes full names; data is there', async () => {
    const x = one('package x\n\ntest_a if data.limit == 3\n\ntest_ab if true\n');
    const { tests } = good(await compiler.test({ ...x, filter: '^data\\.x\\.test_a$', data: { limit: 3 } }));
    expect(tests.map(({ name, outcome }) => [name, outcome])).toEqual([['test_a', 'pass']]);
  });
});

describe('format', () => {
  // What `opa fmt`, `opa fmt --v0-compatible` and, without its import, `opa fmt --v0-v1` of opa 1.22.2 print.
  const v0 = 'package a\np  =  1 { input.x }\nq[x] { x := input.y[_] }\n';

  test('in the version that the file is in', async () => {
    const files = [
      { path: 'v1.rego', text: 'package b\np if   input.x\n' },
      { path: 'v0.rego', text: v0 },
    ];
    expect(good(await compiler.format({ files })).files).toEqual([
      { path: 'v1.rego', text: 'package b\n\np if input.x\n' },
      { path: 'v0.rego', text: 'package a\n\np = 1 {\n\tinput.x\n}\n\nq[x] {\n\tx := input.y[_]\n}\n' },
    ]);
  });

  test('v0 as v1', async () => {
    expect(good(await compiler.format({ ...one(v0), upgrade: true })).files).toEqual([
      { path: 'x.rego', text: 'package a\n\np := 1 if input.x\nq contains x if x := input.y[_]\n' },
    ]);
  });

  test('a file that does not parse', async () => {
    expect(errorsOf(await compiler.format(one('package x\n\np if {\n')))).toEqual([
      'x.rego:4:0: rego_parse_error: unexpected eof token',
    ]);
  });
});

describe('eval', () => {
  const run = async (query: string, rest: object = {}) =>
    good(await compiler.eval({ files: [], query, ...rest })).evaluations.map(({ values }) => values);

  test('one value for each input; sets in order; time as given', async () => {
    expect(await run('{x | some x in input}', { inputs: [['b', 'a', 'c'], []] })).toEqual([[['a', 'b', 'c']], [[]]]);
    expect(await run('time.format(time.now_ns())', { nowNs: 1_700_000_000_000_000_000n })).toEqual([
      ['2023-11-14T22:13:20Z'],
    ]);
    expect(await run('input')).toEqual([[]]);
    expect(await run('input', { inputs: [null, false, 0, ''] })).toEqual([[null], [false], [0], ['']]);
    expect(await run('x := [1, 2][_]; x * data.factor', { data: { factor: 10 } })).toEqual([[10, 20]]);
  });

  // The compiler is a snapshot of an initialised one (scripts/rego-compiler-snapshot.ts): neither may be frozen in it.
  test('the clock runs and random numbers differ', async () => {
    const before = Date.now();
    const [[ns]] = (await run('time.now_ns()')) as [[number]];
    expect(ns / 1e6).toBeGreaterThanOrEqual(before);
    expect(ns / 1e6).toBeLessThanOrEqual(Date.now() + 1);
    const other = new RegoCompiler();
    try {
      const random = { files: [], query: 'uuid.rfc4122("x")' };
      expect(good(await other.eval(random)).evaluations).not.toEqual(good(await compiler.eval(random)).evaluations);
    } finally {
      await other.close();
    }
  });

  test('an evaluation that fails does not take the others along', async () => {
    const x = one('package x\n\np := 1 if input.a\n\np := 2 if input.b\n');
    const { evaluations } = good(
      await compiler.eval({ ...x, query: 'data.x.p', inputs: [{ a: true, b: true }, { b: true }] }),
    );
    expect(evaluations[0]?.error).toMatchObject({ code: 'eval_conflict_error', file: 'x.rego' });
    expect(evaluations[1]).toEqual({ values: [2] });
  });

  test('a query that does not parse has a place of its own', async () => {
    expect(await compiler.eval({ files: [], query: '1 +' })).toMatchObject({
      ok: false,
      errors: [{ code: 'rego_parse_error', file: '', row: 1, col: 3 }],
    });
  });

  test('a policy reaches neither network nor environment', async () => {
    expect(await run('http.send({"method": "GET", "url": "http://127.0.0.1:1/"})')).toEqual([[]]);
    expect(await run('net.lookup_ip_addr("localhost")')).toEqual([[]]);
    expect(await run('opa.runtime()')).toEqual([[{}]]);
  });
});
