import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { canonicalText, hashText } from './hash.ts';

const json = fc.jsonValue({ maxDepth: 4 });

/** The same value with the keys of all its objects in another order. */
function shuffled(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shuffled);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, item]) => [key, shuffled(item)]),
  );
}

describe('the canonical text', () => {
  test('does not depend on the order of keys', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(canonicalText(shuffled(value))).toBe(canonicalText(value));
      }),
    );
  });

  test('is the same for equal values only', () => {
    fc.assert(
      fc.property(json, json, (a, b) => {
        const equal = JSON.stringify(shuffled(sorted(a))) === JSON.stringify(shuffled(sorted(b)));
        expect(canonicalText(a) === canonicalText(b)).toBe(equal);
      }),
      { numRuns: 2000 },
    );
  });

  test.each([
    ['texts that run into one another', ['ab', 'c'], ['a', 'bc']],
    ['a text that looks like two', ['1:a1:b'], ['a', 'b']],
    ['a number and its text', [1], ['1']],
    ['true and its text', [true], ['t']],
    ['null and an absent key', { a: null }, {}],
    ['a list and what it holds', [['a']], ['a']],
    ['an object and a list', { 0: 'a' }, ['a']],
    ['a key and a value', { a: 'b', c: 'd' }, { a: 'd', c: 'b' }],
  ])('tells %s apart', (_, a, b) => {
    expect(canonicalText(a)).not.toBe(canonicalText(b));
  });

  test('leaves undefined members out, as JSON does', () => {
    expect(canonicalText({ a: 1, b: undefined })).toBe(canonicalText({ a: 1 }));
  });

  test('is right for objects of one size and different keys, one after the other', () => {
    const texts = [
      { b: 1, a: 2 },
      { d: 1, c: 2 },
      { a: 2, b: 1 },
      { c: 2, d: 1 },
    ].map(canonicalText);
    expect(texts[0]).toBe(texts[2]);
    expect(texts[1]).toBe(texts[3]);
    expect(texts[0]).not.toBe(texts[1]);
  });

  test('is right for more shapes that begin alike than are remembered', () => {
    const shapes = Array.from({ length: 40 }, (_, i) => ({ name: i, [`b${i}`]: 1, [`a${i % 7}`]: 2 }));
    const first = shapes.map(canonicalText);
    expect(new Set(first).size).toBe(shapes.length);
    expect(shapes.toReversed().map(canonicalText).reverse()).toEqual(first);
    expect(shapes.map(shuffled).map(canonicalText)).toEqual(first);
  });

  test('is hashed to sixteen hex digits', () => {
    expect(hashText('a')).toMatch(/^[0-9a-f]{16}$/);
    expect(hashText('a')).not.toBe(hashText('b'));
  });
});

/** JSON's own text of it tells -0 from 0 as little as ours does. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, sorted(item)]),
  );
}
