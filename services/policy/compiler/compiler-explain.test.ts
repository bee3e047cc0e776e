import { afterAll, expect, test } from '@jest/globals';
import { RegoCompiler } from './compiler.ts';
import { good } from './testing.ts';

const compiler = new RegoCompiler();
afterAll(() => compiler.close());

const files = [
  {
    path: 'a.rego',
    text: `package elava.a

import data.elava.lib
import input.resource as r

deny contains msg if {
	input.resource.type == "s3"
	lib.open(input.resource)
	count(r.tags) > 3
	msg := sprintf("%s", [r.name])
}

flag_x if {
	some t in r.tags
	t == "z"
	not r.missing
}

deny contains "one" if input.resource.nope == 1
`,
  },
  { path: 'lib.rego', text: 'package elava.lib\n\nopen(x) if x.public\n\nopen(x) if {\n\tx.acl == "public"\n}\n' },
];
const input = { resource: { type: 's3', acl: 'public', name: 'n', tags: { a: 'z', b: 'y' } } };
const query = '[v | v := data.elava.a]';

async function explained(inputs: readonly unknown[]) {
  const { explanations } = good(await compiler.explain({ files, query, inputs }));
  return explanations;
}

test('a rule that held, with the values of its conditions', async () => {
  const [explanation] = await explained([input]);
  const rule = explanation?.rules.find(({ name }) => name === 'flag_x');
  expect(rule).toMatchObject({ package: 'data.elava.a', file: 'a.rego', row: 13, times: 1 });
  expect(rule?.held).toEqual([{ known: { t: 'z', 'r.tags': { a: 'z', b: 'y' } }, undefined: ['r.missing'] }]);
});

test('a rule that did not hold: how far it came, and on what it failed', async () => {
  const [explanation] = await explained([input]);
  const missed = explanation?.rules.map(({ row, times, missed: at }) => [row, times, at?.text, at?.met, at?.of]);
  expect(missed).toEqual([
    [6, 0, 'count(r.tags) > 3', 2, 4],
    [13, 1, 't == "z"', 1, 3],
    [19, 0, 'input.resource.nope == 1', 0, 1],
    [3, 0, 'x.public', 0, 1],
    [5, 1, undefined, undefined, undefined],
  ]);
});

test('the functions that the failed condition calls', async () => {
  const [explanation] = await explained([{ resource: { type: 's3', acl: 'private' } }]);
  const missed = explanation?.rules[0]?.missed;
  expect(missed).toMatchObject({ row: 8, col: 2, text: 'lib.open(input.resource)', met: 1 });
  expect(missed?.calls).toEqual([
    { file: 'lib.rego', row: 3 },
    { file: 'lib.rego', row: 5 },
  ]);
});

test('a value that is too long to read is measured instead', async () => {
  const [explanation] = await explained([{ resource: { type: 'x'.repeat(3000) } }]);
  expect(explanation?.rules[0]?.missed?.values.known).toEqual({ 'input.resource.type': { bytes: 3002 } });
});

test('one explanation for each input, and the document beside it', async () => {
  const found = await explained([input, {}]);
  expect(found.map(({ values }) => values)).toEqual([[[{ deny: [], flag_x: true }]], [[{ deny: [] }]]]);
});
