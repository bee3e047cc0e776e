import { describe, expect, test } from '@jest/globals';
import { filterOf, list } from './filter.ts';

describe('list', () => {
  test('commas and repetition are the same', () => {
    expect(list('b, c', list('a'))).toEqual(['a', 'b', 'c']);
  });
  test('refuses an empty value', () => {
    expect(() => list(' , ')).toThrow(expect.objectContaining({ type: 'INVALID_REQUEST' }));
  });
});

describe('filterOf', () => {
  test('a tag without a value stands for any value', () => {
    expect(filterOf({ tag: ['env=prod', 'owner', 'a=b=c'] })).toEqual({ tags: { env: 'prod', owner: '*', a: 'b=c' } });
  });
  test('leaves out what was not asked', () => {
    expect(filterOf({ region: ['eu-west-1'], status: '' })).toEqual({ regions: ['eu-west-1'], status: '' });
  });
});
