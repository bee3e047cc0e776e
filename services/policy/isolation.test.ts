/** What a stranger's policy may do to the process and to others' evaluations: nothing. Each test is of one guard. */
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { buildBundle } from './bundle.ts';
import { RegoCompiler } from './compiler/compiler.ts';
import { PolicyPool, type PoolOptions } from './pool.ts';
import { bundleOf, lineOf, settings } from './testing.ts';

const compiler = new RegoCompiler();
const open: PolicyPool[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((pool) => pool.close()));
});
afterAll(() => compiler.close());

/** Goes over a set's own elements, which takes no memory: the limit of that would end it first. */
const endless =
  'deny contains "never" if { s := {i | some i in numbers.range(1, 3000)}; t := {-1}; s[a]; s[b]; s[c]; t[c] }';
const harmless = 'flag contains "seen" if input.resource.id == "r"';
const line = lineOf({ resource: { id: 'r' } });

function poolOf(options: Partial<PoolOptions> = {}) {
  let restarts = 0;
  const pool = new PolicyPool({
    threads: 1,
    // What takes memory must come to its end of that on a busy machine too.
    deadlineMs: 120_000,
    maxQueue: 16,
    onRestart: () => {
      restarts += 1;
    },
    ...options,
  });
  open.push(pool);
  return { pool, restarts: () => restarts };
}

/** What the one package of a bundle says. */
async function ask(pool: PolicyPool, name: string, rules: string, tenant?: string) {
  const bundle = await bundleOf(compiler, name, rules);
  const [judgement] = await pool.evaluate({ bundle, settings, lines: line, tenant }, [`elava.${name}`]);
  const [said] = judgement?.packages ?? [];
  return { decision: said?.result.decision, reason: said?.result.reason, error: said?.error };
}

describe('a policy that wants too much', () => {
  test('of time is ended with its thread, and the next batch is answered', async () => {
    const { pool, restarts } = poolOf({ deadlineMs: 4_000 });
    const result = await ask(pool, 'endless', endless);
    expect(result).toMatchObject({ decision: 'require_approval', error: 'DEADLINE_EXCEEDED' });
    expect(restarts()).toBe(1);
    expect(await ask(pool, 'harmless', harmless)).toMatchObject({ decision: 'flag' });
  });

  test.each([
    ['a set of 200 MB', 'deny contains s if { some i in numbers.range(1, 200000); s := sprintf("%01000d", [i]) }'],
    [
      'a text of 400 MB by sprintf',
      'deny contains sprintf("%999999d%999999d%999999d%999999d%999999d%999999d%999999d%999999d%999999d%999999d%999999d%999999d%999999d%999999d%999999d%999999d%999999d%999999d", numbers.range(1, 18))',
    ],
    [
      'a text by concat',
      'deny contains concat(d, [x | x := sprintf("%d", [numbers.range(1, 4000)[_]])]) if { d := sprintf("%0100000d", [1]) }',
    ],
    ['a text by regex.replace', 'deny contains regex.replace(x, ".", x) if { x := sprintf("%020000d", [1]) }'],
    [
      'one text named a hundred thousand times',
      'deny contains json.marshal(l) if { x := sprintf("%0500000d", [1]); l := [x | some i in numbers.range(1, 100000)] }',
    ],
    ['a list of 100 million numbers', 'deny contains count(numbers.range_step(1, 100000000, 1))'],
    ['all addresses of a /4', 'deny contains count(net.cidr_expand("10.0.0.0/4"))'],
  ])('of memory, %s, fails by itself and costs no thread', async (_what, rules) => {
    const { pool, restarts } = poolOf();
    const result = await ask(pool, 'greedy', rules);
    expect(result).toMatchObject({ decision: 'require_approval', error: 'POLICY_EVALUATION' });
    expect(await ask(pool, 'harmless', harmless)).toMatchObject({ decision: 'flag' });
    expect(restarts()).toBe(0);
  });

  test('sprintf refuses the width that Go refuses', async () => {
    const { pool, restarts } = poolOf();
    const result = await ask(pool, 'wide', 'flag contains sprintf("%400000000s", ["x"])');
    expect(result.reason).toMatch(/^%!/);
    expect(restarts()).toBe(0);
  });

  test('regex.split does not go back: a pattern that takes JavaScript years has its answer', async () => {
    const { pool, restarts } = poolOf();
    const rules =
      'flag contains "split" if { t := concat("", [sprintf("%05000d", [0]), "!"]); count(regex.split("^(0+)+$", t)) == 1 }';
    expect(await ask(pool, 'split', rules)).toMatchObject({ decision: 'flag' });
    expect(restarts()).toBe(0);
  });
});

describe('tenants', () => {
  test('one that fills its share leaves a thread for the others', async () => {
    const { pool } = poolOf({ threads: 2, deadlineMs: 6_000 });
    let ended = 0;
    const slow = [1, 2, 3].map((i) => ask(pool, `slow${i}`, endless, 'a').finally(() => (ended += 1)));
    // Both of the first would be let in at once if the share did not hold.
    await ask(pool, 'warm', harmless, 'b');
    const answers = await Promise.all([1, 2, 3].map((i) => ask(pool, `quick${i}`, harmless, 'b')));
    expect(answers.map((one) => one.decision)).toEqual(['flag', 'flag', 'flag']);
    expect(ended).toBeLessThan(2);
    await Promise.all(slow);
  });

  test('a revision that took three threads is not tried again, another revision is', async () => {
    const { pool, restarts } = poolOf({ deadlineMs: 3_000 });
    await ask(pool, 'warm', harmless);
    for (let i = 0; i < 3; i++) await ask(pool, 'crash', endless, 'a');
    expect(restarts()).toBe(3);
    const held = await ask(pool, 'crash', endless, 'a');
    expect(held).toMatchObject({ decision: 'require_approval', error: 'POLICY_QUARANTINED' });
    expect(restarts()).toBe(3);
    expect(await ask(pool, 'crash', harmless, 'a')).toMatchObject({ decision: 'flag' });
  });
});

test.each([
  'http.send({"method": "get", "url": "http://127.0.0.1"})',
  'net.lookup_ip_addr("localhost")',
  'opa.runtime()',
  'trace("x")',
])('%s is refused at load, with its place', async (call) => {
  const files = [{ path: 'policies/bad.rego', text: `package elava.bad\n\ndeny contains ${call}\n` }];
  const built = await buildBundle(compiler, { files, tests: [], data: {}, errors: [] });
  expect(built).toMatchObject({
    ok: false,
    errors: [{ file: 'policies/bad.rego', row: 3, message: `undefined function ${call.split('(')[0]}` }],
  });
});
