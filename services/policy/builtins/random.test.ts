import { expect, test } from '@jest/globals';
import { randomBuiltins } from './random.ts';

const table = new Map(randomBuiltins);
const at = (nowNs: bigint) => ({ nowNs, cache: new Map<string, unknown>() });

test('the same instant and arguments give the same, others another', () => {
  const uuid = (text: string, nowNs: bigint) => table.get('uuid.rfc4122')?.([text], at(nowNs));
  expect(uuid('a', 1n)).toBe(uuid('a', 1n));
  expect(new Set([uuid('a', 1n), uuid('b', 1n), uuid('a', 2n)]).size).toBe(3);
  expect(uuid('a', 1n)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test('a number is from 0 up to the limit, which is left out', () => {
  const intn = (key: number, n: number) => table.get('rand.intn')?.([String(key), n], at(1n));
  const numbers = new Set(Array.from({ length: 200 }, (_, i) => intn(i, 3)));
  expect(numbers).toEqual(new Set([0, 1, 2]));
  expect(intn(1, -3)).toBe(intn(1, 3));
  expect(intn(1, 0)).toBe(0);
});
