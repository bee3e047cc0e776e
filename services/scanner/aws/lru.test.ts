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

test('what is not wanted any more is let go', () => {
  const lru = new Lru<number>(10);
  for (const key of ['a own', 'b own', 'c role']) lru.get(key, () => 1);
  lru.deleteWhere((key) => key.endsWith(' own'));
  expect(lru.size).toBe(1);
  expect(lru.get('c role', () => 2)).toBe(1);
});
