import { describe, expect, test } from '@jest/globals';
import { natives } from './natives.ts';
import { merge } from './values.ts';

describe('a null is a value, as OPA has it', () => {
  test('object.get gives it, not the default', () => {
    const get = natives['object.get'];
    expect(get?.({ types: null }, 'types', ['rds'])).toBeNull();
    expect(get?.({ a: { b: null } }, ['a', 'b'], 1)).toBeNull();
    expect(get?.({}, 'types', ['rds'])).toEqual(['rds']);
    expect(get?.({ a: null }, ['a', 'b'], 1)).toBe(1);
  });

  test('a document that is null is one', () => {
    expect(merge(null, undefined)).toBeNull();
    expect(merge(undefined, null)).toBeNull();
  });
});
