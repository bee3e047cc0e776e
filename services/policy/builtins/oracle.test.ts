/** Every supplied function against OPA's own interpreter, which runs in the compiler: the same Rego, the same answers. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { buildBundle } from '../bundle.ts';
import { RegoCompiler } from '../compiler/compiler.ts';
import { plainValue } from '../host/order.ts';
import { PolicyInstance } from '../host/policy-instance.ts';
import { redirectedNatives } from '../host/policy-module.ts';
import { castBuiltins } from './casts.ts';
import { hostBuiltins } from './index.ts';
import { interpreted } from './interpreter.ts';
import { expressions } from './oracle-expressions.ts';

const nowNs = 1_795_000_000_123_456_789n;
const all = Object.entries(expressions).flatMap(([name, list]) => list.map((expression) => ({ name, expression })));
/** Values whose types the compiler does not know, or it would refuse the calls. */
const input = {
  text: 'x',
  empty: [],
  list: ['x'],
  number: { a: 1 },
  before_winter: [1_793_500_000_000_000_000, 'America/New_York'],
  before_summer: [1_772_955_000_000_000_000, 'America/New_York'],
};
let ours: Record<string, unknown>;
let theirs: Record<string, unknown>;
const compiler = new RegoCompiler();

beforeAll(async () => {
  const rules = all.map(({ expression }, i) => `r${i} := ${expression}`);
  const files = [{ path: 'oracle.rego', text: `package elava.oracle\n\n${rules.join('\n')}\n` }];
  const asked = await compiler.eval({ files, query: 'data.elava.oracle', inputs: [input], nowNs });
  if (!asked.ok) throw new Error(JSON.stringify(asked.errors));
  theirs = asked.evaluations[0]?.values[0] as Record<string, unknown>;
  const built = await buildBundle(compiler, { files, tests: [], data: {}, errors: [] });
  if (!built.ok) throw new Error(JSON.stringify(built.errors));
  const instance = new PolicyInstance(built.bundle.module, {
    builtins: hostBuiltins,
    data: Buffer.from('{}'),
    maximumBytes: 64 * 1024 * 1024,
  });
  instance.setInput(Buffer.from(JSON.stringify(input)), nowNs);
  ours = plainValue(instance.evaluate(0) ?? null) as Record<string, unknown>;
});
afterAll(() => compiler.close());

/** Expression → result; an undefined one is left out. */
function answersOf(name: string, results: Record<string, unknown>): Record<string, unknown> {
  const own = all.map((one, i) => ({ ...one, result: results[`r${i}`] })).filter((one) => one.name === name);
  return Object.fromEntries(own.map(({ expression, result }) => [expression, result]));
}

test.each(Object.keys(expressions))('%s', (name) => {
  expect(answersOf(name, ours)).toEqual(answersOf(name, theirs));
});

/** As random as promised, but not OPA's own answers: random.test.ts. Casts are v0's, and among OPA's own cases. */
const elsewhere = ['rand.intn', 'uuid.rfc4122', ...castBuiltins.map(([name]) => name)];

test('every function that the host answers itself is tried', () => {
  const untried = [...hostBuiltins.keys()].filter((name) => !Object.hasOwn(expressions, name));
  expect(untried.filter((name) => !elsewhere.includes(name) && !interpreted.includes(name))).toEqual([]);
  expect(Object.keys(expressions).filter((name) => !hostBuiltins.has(name))).toEqual([]);
});

test('the host has every function that it takes from the compiled policy', () => {
  expect(redirectedNatives().filter((name) => !hostBuiltins.has(name))).toEqual([]);
});
