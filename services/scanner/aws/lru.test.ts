import { expect, test } from '@jest/globals';
import { Lru } from './lru.ts';

test('at most so many are kept, and those in use stay', () => {
  const lru = new Lru<string>(3);
  const made: string[] = [];
  const get = (key: string): string =>
    lru.get(key, () => {
      made.push(key);
      return key.toUpperCase();
    });
  for (const key of ['a', 'b', 'c', 'a', 'd', 'a', 'b']) expect(get(key)).toBe(key.toUpperCase());
  expect(made).toEqual(['a', 'b', 'c', 'd', 'b']);
  expect(lru.size).toBe(3);
  lru.delete('a');
  expect(lru.size).toBe(2);
  lru.clear();
  expect(lru.size).toBe(0);
});
