import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { jsonSafe } from './json.ts';

test('what an answer may hold becomes what JSON has', () => {
  const answer = {
    at: new Date('2026-01-31T12:00:00.000Z'),
    bytes: new Uint8Array([1, 2, 3]),
    small: 5n,
    large: 9_007_199_254_740_993n,
    none: undefined,
    nan: Number.NaN,
    list: [new Date(0), undefined, { deep: new Date(0), none: undefined }],
    number: { toJSON: () => '1.5' },
  };
  expect(jsonSafe(answer)).toEqual({
    at: '2026-01-31T12:00:00.000Z',
    bytes: 'AQID',
    small: 5,
    large: '9007199254740993',
    nan: 'NaN',
    list: ['1970-01-01T00:00:00.000Z', undefined, { deep: '1970-01-01T00:00:00.000Z' }],
    number: '1.5',
  });
  expect(jsonSafe(answer)).not.toHaveProperty('none');
});

test('JSON stays as it is', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(JSON.stringify(jsonSafe(value))).toBe(JSON.stringify(value));
    }),
    { examples: [[JSON.parse('{"__proto__": {"a": 1}}')]] },
  );
});
