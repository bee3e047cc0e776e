import { expect, test } from '@jest/globals';
import { verdict } from './chaos-verdict.ts';

const fine = {
  ids: ['a', 'b'],
  expected: ['b', 'a'],
  left: 0,
  incomplete: 0,
  recovery: { slowest: 9000, limit: 10_000 },
};

test('a store that equals the world is fine', () => {
  expect(verdict(fine)).toEqual({ ok: true, text: expect.stringContaining('ok: 2 resources; lost 0, twice 0') });
});
test.each([
  ['a lost one', { ids: ['a'] }, 'lost 1'],
  ['one twice', { ids: ['a', 'b', 'b'] }, 'twice 1'],
  ['one too many', { ids: ['a', 'b', 'c'] }, 'not in the world 1'],
  ['old content', { left: 2 }, 'wrong 2'],
  ['a unit that was not read', { incomplete: 1 }, 'units not read 1'],
  ['a slow recovery', { recovery: { slowest: 10_001, limit: 10_000 } }, 'too slow'],
  ['a victim that did not come back', { recovery: { slowest: Number.NaN, limit: 10_000 } }, 'too slow'],
])('%s is not', (_, more, said) => {
  expect(verdict({ ...fine, ...more })).toEqual({ ok: false, text: expect.stringContaining(said) });
});
