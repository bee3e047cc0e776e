import { afterAll, expect, test } from '@jest/globals';
import { RegoCompiler } from '../compiler/compiler.ts';
import { operators } from './operators.ts';
import { judgeBy } from './testing.ts';

const compiler = new RegoCompiler();
afterAll(() => compiler.close());

/** Operator, operand, values of the field that match, values that do not; `undefined` is a field that is not there. */
const table: ReadonlyArray<readonly [string, unknown, readonly unknown[], readonly unknown[]]> = [
  ['equals', 's3', ['s3'], ['S3', '', null, 3, undefined]],
  ['equals', 3, [3], ['3', 4, undefined]],
  ['equals', null, [null], [0, false, undefined]],
  ['not_equals', 's3', ['ec2', null, 3, undefined], ['s3']],
  ['in', ['a', 3], ['a', 3], ['b', '3', undefined]],
  ['not_in', ['a', 3], ['b', undefined], ['a', 3]],
  ['contains', 'x', ['axb', ['x'], { x: 1 }], ['ab', ['xx'], { y: 'x' }, 3, undefined]],
  ['contains', 3, [[3]], ['3', [33], undefined]],
  ['not_contains', 'x', ['ab', ['y'], undefined], ['x', ['x']]],
  ['starts_with', 'ab', ['abc', 'ab'], ['cab', 3, undefined]],
  ['ends_with', 'bc', ['abc'], ['bca', undefined]],
  ['matches', '^a+$', ['aa'], ['ab', '', 3, undefined]],
  ['not_matches', '^a+$', ['ab', undefined], ['aa']],
  ['greater_than', 5, [6, 5.1], [5, 4, '6', null, undefined]],
  ['greater_than', 'b', ['c'], ['b', 9, undefined]],
  ['at_least', 5, [5, 6], [4, '5', undefined]],
  ['less_than', 5, [4, -1], [5, '4', null, undefined]],
  ['at_most', 5, [5, 4], [6, '4', undefined]],
  ['older_than', '30d', ['2026-10-01T00:00:00Z'], ['2026-11-01T00:00:00Z', '', 3, undefined]],
  ['older_than', '90m', ['2026-11-20T10:29:59Z'], ['2026-11-20T10:30:00Z']],
  ['younger_than', '2w', ['2026-11-19T00:00:00Z'], ['2026-10-01T00:00:00Z', undefined]],
  ['exists', true, ['x', 0, false, []], ['', null, undefined]],
  ['exists', false, ['', null, undefined], ['x', 0, false]],
];

test('each operator, with what matches and what does not', async () => {
  const rules = table.map(
    ([operator, operand], i) =>
      `  - {name: r${i}, effect: deny, when: {field: "resource.f${i}", ${operator}: ${JSON.stringify(operand)}}}`,
  );
  // Each of them in a package of its own, so that one input asks them all.
  const texts = Object.fromEntries(
    rules.map((rule, i) => [`p${i}.policy.yaml`, `name: p\npackage: elava.p${i}\nrules:\n${rule}\n`]),
  );
  const columns = Math.max(...table.map(([, , yes, no]) => yes.length + no.length));
  const inputs = Array.from({ length: columns }, (_, column) => ({
    resource: Object.fromEntries(table.map(([, , yes, no], i) => [`f${i}`, [...yes, ...no][column]])),
  }));
  const results = await judgeBy(compiler, texts, inputs);
  const wrong = results.flatMap(({ policy, result, error }, i) => {
    const [operator, operand, yes, no] = table[Number(policy.slice('elava.p'.length))] ?? ['', '', [], []];
    const column = Math.floor(i / table.length);
    if (column >= yes.length + no.length) return [];
    const wanted = column < yes.length ? 'deny' : 'allow';
    const value = JSON.stringify([...yes, ...no][column]);
    return error === '' && result.decision === wanted
      ? []
      : [`${value} ${operator} ${JSON.stringify(operand)}: ${result.decision} ${error}`];
  });
  expect(wrong).toEqual([]);
});

test('every operator is in the table', () => {
  expect(new Set(table.map(([operator]) => operator))).toEqual(new Set(Object.keys(operators)));
});
