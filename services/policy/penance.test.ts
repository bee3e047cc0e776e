import { expect, test } from '@jest/globals';
import { Penance } from './penance.ts';

test('twice as long each time, of the tenant alone, and begun anew after a quiet minute', () => {
  let at = 0;
  const penance = new Penance({ now: () => at });
  expect(penance.waitMs('a')).toBe(0);
  penance.lost('a');
  expect([penance.waitMs('a'), penance.waitMs('b')]).toEqual([1_000, 0]);
  at = 1_500;
  expect(penance.waitMs('a')).toBe(0);
  penance.lost('a');
  expect(penance.waitMs('a')).toBe(2_000);
  for (let i = 0; i < 10; i++) penance.lost('a');
  expect(penance.waitMs('a')).toBe(5_000);
  at += 60_001;
  penance.lost('a');
  expect(penance.waitMs('a')).toBe(1_000);
});

test('the wait ends with its signal', async () => {
  const penance = new Penance({ now: () => 0, firstMs: 60_000 });
  penance.lost('a');
  await expect(penance.done('a', AbortSignal.timeout(5))).rejects.toBeDefined();
  await penance.done('b');
});
